"""A référentiel read from a file is proposed, corrected and confirmed by a person, and only then becomes a version."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, cast

from sqlalchemy.orm import Session

from storage.port import Readable
from vae_portal.actions import proposal_form, referential, rncp_export, rncp_proposal
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.tables import ReferentialProposal
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right

MOST_YAML_BYTES = 1 << 20
MOST_EXPORT_BYTES = 4 << 30  # unpacked; the export of a day is some 470 MB
_MOST_CONTENT_BYTES = 512 << 10  # what a form can send back
_READ_BYTES = 1 << 18
_NOT_THERE = "Cette proposition n'existe pas, ou ne vous est pas ouverte."
_CLOSED = "Cette proposition est déjà devenue une version, ou a été abandonnée."
_STALE = "Quelqu'un a enregistré cette proposition depuis que vous l'avez ouverte : rien n'a été remplacé."


class _Bounded:
    """A stream read from its beginning, which was read already to see what it is, and no further than a limit."""

    def __init__(self, head: bytes, stream: Readable, most_bytes: int) -> None:
        self._head, self._stream, self._left = head, stream, most_bytes

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; InputRefused beyond the limit."""
        data = self._head[:size] or self._stream.read(size)
        self._head = self._head[size:]
        self._left -= len(data)
        if self._left < 0:
            raise InputRefused("Ce fichier est trop long pour un référentiel ou un export du RNCP.")
        return data


def receive(services: Services, actor: Actor, stream: Readable, name: str, number: str) -> int:
    """Reads a YAML référentiel, or one fiche of the RNCP's export (XML, or its ZIP), and keeps it as a proposal.

    An export passes by 64 KiB and is kept nowhere, a ZIP in a temporary file. Raises InputRefused; returns the id.
    """
    head = b""
    while len(head) < 4 and (more := stream.read(_READ_BYTES)):
        head += more
    if head.startswith(b"PK"):
        source, read = "rncp", _from_zip(head, stream, name, number)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        source, read = "rncp", _from_export(_Bounded(head, stream, MOST_EXPORT_BYTES), number)
    else:
        source, read = "yaml", (_from_yaml(_Bounded(head, stream, MOST_YAML_BYTES)), [])
    if len(read[0]["blocks"]) > proposal_form.MOST_BLOCKS:
        raise InputRefused(f"Cette fiche a plus de {proposal_form.MOST_BLOCKS} blocs : importez-la par la commande.")
    content = proposal_form.content_of(read[0])
    if len(journal.canonical(content)) > _MOST_CONTENT_BYTES:
        raise InputRefused("Cette fiche est trop longue pour être relue sur une page : importez-la par la commande.")
    with services.database.writing() as session:
        if not may(Right.MANAGE_CERTIFICATIONS, actor):
            raise NotVisible(_NOT_THERE)
        now = services.clock()
        row = ReferentialProposal(
            centre_id=actor.centre_id,
            source=source,
            content=content,
            doubts=read[1],
            made_by=actor.person_id,
            made_at=now,
            saved_by=actor.person_id,
            saved_at=now,
        )
        session.add(row)
        session.flush()
        _tell(session, row, "proposal_received", actor, now)
        return row.id


def _from_zip(head: bytes, stream: Readable, name: str, number: str) -> tuple[dict[str, Any], list[str]]:
    whole = _Bounded(head, stream, MOST_EXPORT_BYTES)
    with tempfile.TemporaryFile(prefix="vae-rncp-") as file:
        while chunk := whole.read(_READ_BYTES):
            file.write(chunk)
        file.seek(0)
        with rncp_proposal.unpacked(cast(BinaryIO, file), name) as inside:
            return _from_export(_Bounded(b"", inside, MOST_EXPORT_BYTES), number)


def _from_export(stream: _Bounded, number: str) -> tuple[dict[str, Any], list[str]]:
    fiche = rncp_export.find(cast(BinaryIO, stream), rncp_export.number_of(number))
    return rncp_proposal.proposed(fiche)


def _from_yaml(stream: _Bounded) -> dict[str, Any]:
    text = b""
    while chunk := stream.read(_READ_BYTES):
        text += chunk
    try:
        return referential.read(text.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise InputRefused("Ce fichier n'est ni un export du RNCP, ni un texte en UTF-8.") from fault


def save(services: Services, actor: Actor, proposal_id: int, revision: int, content: dict[str, Any]) -> None:
    """Keeps what was corrected, whatever is still wrong; raises StaleForm, ActionRefused once closed, NotVisible."""
    with _open(services, actor, proposal_id, revision) as (session, row, now):
        _keep(session, row, content, actor, now)


def confirm(services: Services, actor: Actor, proposal_id: int, revision: int, content: dict[str, Any]) -> int:
    """Makes the version, as the command line does, once every block was read again; returns its id.

    Whatever is refused, what was corrected is kept: InputRefused by field is raised after that.
    """
    refusal: InputRefused | None = None
    version_id = 0
    with _open(services, actor, proposal_id, revision) as (session, row, now):
        _keep(session, row, content, actor, now)
        faults = proposal_form.faults(content)
        if faults:
            refusal = InputRefused("La version n'est pas créée.", faults)
        else:
            try:
                with session.begin_nested():
                    data = referential.checked(proposal_form.data_of(content))
                    version_id = referential.import_data(session, data)
            except InputRefused as fault:
                refusal = InputRefused(str(fault), fault.fields or {"version": str(fault)})
            else:
                row.closed_at, row.version_id = now, version_id
                session.flush()
                _tell(session, row, "certification_imported", actor, now, version=version_id)
    if refusal is not None:
        raise refusal
    return version_id


def give_up(services: Services, actor: Actor, proposal_id: int) -> None:
    """Closes a proposal without a version."""
    with _open(services, actor, proposal_id, None) as (session, row, now):
        row.closed_at = now
        session.flush()
        _tell(session, row, "proposal_given_up", actor, now)


@contextmanager
def _open(
    services: Services, actor: Actor, proposal_id: int, revision: int | None
) -> Iterator[tuple[Session, ReferentialProposal, datetime]]:
    with services.database.writing() as session:
        row = session.get(ReferentialProposal, proposal_id, with_for_update=True)
        if row is None or row.centre_id != actor.centre_id or not may(Right.MANAGE_CERTIFICATIONS, actor):
            raise NotVisible(_NOT_THERE)
        if row.closed_at is not None:
            raise ActionRefused(_CLOSED)
        if revision is not None and revision != row.revision:
            raise StaleForm(_STALE)
        yield session, row, services.clock()


def _keep(session: Session, row: ReferentialProposal, content: dict[str, Any], actor: Actor, now: datetime) -> None:
    if len(journal.canonical(content)) > _MOST_CONTENT_BYTES:
        raise InputRefused("La proposition est trop longue pour être enregistrée.")
    # Regimes are read from the file and shown; no field of the form changes them.
    content["regimes"] = row.content.get("regimes") or []
    row.content, row.revision = content, row.revision + 1
    row.saved_by, row.saved_at = cast(int, actor.person_id), now
    session.flush()
    _tell(session, row, "proposal_saved", actor, now, revision=row.revision)


def _tell(
    session: Session, row: ReferentialProposal, event: str, actor: Actor, now: datetime, **details: object
) -> None:
    digest = hashlib.sha256(journal.canonical(row.content)).hexdigest()
    told = {"proposal": row.id, "sha256": digest, **details}
    journal.record(session, journal.centre_chain(row.centre_id), event, actor.person_id, now, told)
