"""Signing the minutes on screen, or adding the scan of the sheet signed by hand: both under the deed's own hash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.dialects.postgresql import insert

from storage.antivirus import scan as look_for_virus
from storage.checks import AllowedType, download_name
from storage.errors import FileRefused, ScannerDown
from storage.port import Readable, Received
from vae_portal.actions import disposal, minutes_text, passwords, receiving, sessions_rights, throttle
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import minutes
from vae_portal.persistence.tables import MinutesScan, MinutesSignature, Person
from workflows.facts import Actor

log = structlog.get_logger(__name__)

WRONG_PASSWORD = "Ce n'est pas votre mot de passe : rien n'a été signé."  # noqa: S105 - a sentence
ANOTHER_TEXT = "Ce n'est pas le texte de ce procès-verbal : rien n'a été signé. Relisez-le avant de signer."
NOT_PRESENT = "Seules signent les personnes qui ont siégé : le texte du procès-verbal ne vous nomme pas parmi elles."
MOST_BYTES = 25_000_000
_SCANS = (AllowedType.PDF, AllowedType.JPEG, AllowedType.PNG)
_NO_VERDICT = "L'antivirus ne répond pas : rien n'a été gardé. Réessayez dans quelques minutes."


def sign(
    services: Services, actor: Actor, session_id: int, number: str, text_hash: str, password: str, network: str
) -> None:
    """Signs a deed, named by the hash of the text that was read, the password given again.

    Raises NotVisible, ActionRefused, InputRefused for a wrong password, TriedTooOften, StaleForm for another text.
    """
    throttle.spend(services, "signature", str(actor.person_id), network)
    with services.database.writing() as session:
        person = session.get_one(Person, actor.person_id)
        if not passwords.matches(person.password_hash, password):
            raise InputRefused(WRONG_PASSWORD, {"password": WRONG_PASSWORD})
        throttle.forgive(session, services, "signature", str(actor.person_id), network)
        row, deed = minutes.deed(session, actor, session_id, number)
        if text_hash != deed.sha256:
            raise StaleForm(ANOTHER_TEXT)
        if not minutes_text.names(deed, actor.person_id):
            raise ActionRefused(NOT_PRESENT)
        now = services.clock()
        signature = insert(MinutesSignature).values(
            deed_id=deed.id, person_id=actor.person_id, sha256=text_hash, signed_at=now
        )
        signed = session.execute(signature.on_conflict_do_nothing().returning(MinutesSignature.deed_id)).first()
        if signed is None:
            return  # the same press twice
        details = {"session": row.id, "deed": deed.id, "minutes": deed.number, "sha256": deed.sha256}
        journal.record(session, journal.centre_chain(row.centre_id), "minutes_signed", actor.person_id, now, details)


def add_scan(services: Services, actor: Actor, session_id: int, number: str, name: str, stream: Readable) -> None:
    """Keeps the scan of a deed signed by hand as it was sent: its type and the antivirus first, then its row.

    Raises NotVisible, ActionRefused, FileRefused.
    """
    with services.database.reading() as session:
        row, deed = minutes.deed(session, actor, session_id, number)
        if not sessions_rights.may_run(row, actor):
            raise ActionRefused("Seuls le secrétariat du jury et la personne qui préside le peuvent.")
        deed_id, sha256, centre_id = deed.id, deed.sha256, row.centre_id
    if not name.strip():
        raise FileRefused("Choisissez le fichier de la feuille signée, puis envoyez-le.")
    with _received(services, stream) as received, services.database.writing() as session:
        now = services.clock()
        key = receiving.keep(session, received.key, received.sha256, received.size, received.media_type, now)
        kept = insert(MinutesScan).values(
            deed_id=deed_id,
            deed_sha256=sha256,
            name=download_name(name, received.type.extensions)[:255],
            sha256=received.sha256,
            object_key=key,
            added_by=actor.person_id,
            added_at=now,
        )
        added = session.execute(kept.on_conflict_do_nothing().returning(MinutesScan.id)).first()
        if added is None:
            return  # the same file twice
        details = {"session": session_id, "deed": deed_id, "minutes": number, "sha256": received.sha256}
        journal.record(session, journal.centre_chain(centre_id), "minutes_scanned", actor.person_id, now, details)


@contextmanager
def _received(services: Services, stream: Readable) -> Iterator[Received]:
    """What the store took, found without virus; bytes that were not recorded, or kept before, do not stay."""
    received = services.store.put_stream(stream, limit_bytes=MOST_BYTES, allowed=_SCANS)
    try:
        if services.scanning:
            _require_clean(services, received)
        yield received
    finally:
        disposal.discard_unused(services, received.key)


def _require_clean(services: Services, received: Received) -> None:
    chunks = services.store.open_range(received.key)
    try:
        verdict = look_for_virus(chunks, services.settings.clamd_url)
    except ScannerDown as fault:
        raise FileRefused(_NO_VERDICT) from fault
    finally:
        chunks.close()
    if verdict.infected:
        log.warning("minutes_scan_infected", sha256=received.sha256, signature=verdict.signature)
        raise FileRefused(f"L'antivirus a reconnu « {verdict.signature} » : le fichier n'est pas gardé.")
