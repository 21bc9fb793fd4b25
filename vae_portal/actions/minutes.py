"""The minutes of a session as deeds: drawn at the closing, then corrected by deeds of their own, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions import leaving, minutes_text, outbox, sessions_rights
from vae_portal.actions.minutes_text import Text
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.persistence import journal, numbering, queue
from vae_portal.persistence.queries import juries, minutes
from vae_portal.persistence.tables import Document, JurySession, MinutesDeed, Person
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import Deed, SessionState

MOST_LINES = 100
LONGEST_LINE = 1000  # characters


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a deed is made of, once its number is drawn."""

    kind: Deed
    year: int
    serial: int
    text: Text
    reason: str = ""


def draw(session: Session, services: Services, actor: Actor, row: JurySession, now: datetime) -> MinutesDeed:
    """Draws the number of the minutes of a session that closes, fixes their text and owes what follows."""
    year = clocks.civil_date(now).year
    serial = numbering.minutes_serial(session, row.centre_id, year)
    row.minutes_number, row.closed_at = numbering.minutes_number(year, serial), now
    row.state = SessionState.CLOSED.value
    session.flush()
    drawn = _Drawn(Deed.MINUTES, year, serial, minutes_text.text_of(session, row))
    return _establish(session, services, actor, row, drawn, now)


def correct(services: Services, actor: Actor, session_id: int, number: str, reason: str, lines: list[str]) -> str:
    """Corrects a deed by another, with its own number and signatures; returns that number.

    Raises NotVisible, ActionRefused for whoever does not run the session, InputRefused by field.
    """
    reason, kept = reason.strip(), [line.strip() for line in lines if line.strip()]
    _require_words(reason, kept)
    now = services.clock()
    with services.database.writing() as session:
        row = juries.visible_session(session, actor, session_id, lock=True)
        row, former = minutes.deed(session, actor, row.id, number)
        if not sessions_rights.may_run(row, actor):
            raise ActionRefused("Seuls le secrétariat du jury et la personne qui préside corrigent un procès-verbal.")
        year = clocks.civil_date(now).year
        serial = numbering.minutes_serial(session, row.centre_id, year)
        text = _correction(session, former, numbering.minutes_number(year, serial), reason, kept, now)
        drawn = _Drawn(Deed.CORRECTION, year, serial, text, reason)
        deed = _establish(session, services, actor, row, drawn, now)
        details = {"session": row.id, "deed": deed.id, "sha256": deed.sha256, "minutes": deed.number}
        chain = journal.centre_chain(row.centre_id)
        told = {**details, "corrects": former.number}
        journal.record(session, chain, "minutes_corrected", actor.person_id, now, told)
        return deed.number


def _require_words(reason: str, lines: list[str]) -> None:
    faults = {}
    if not reason:
        faults["reason"] = "Indiquez pourquoi le procès-verbal est corrigé."
    elif len(reason) > 2000:
        faults["reason"] = "Écrivez 2000 caractères au plus."
    if not lines:
        faults["lines"] = "Écrivez ce qu'il faut lire, et au lieu de quoi."
    elif len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        faults["lines"] = f"Écrivez {MOST_LINES} lignes au plus, de {LONGEST_LINE} caractères au plus."
    if faults:
        raise InputRefused(" ".join(faults.values()), faults)


def _correction(
    session: Session, former: MinutesDeed, number: str, reason: str, lines: list[str], now: datetime
) -> Text:
    """The text of a correction: what it corrects, why, what to read; signed by those who signed the first."""
    before = minutes_text.read(former)
    return {
        "format": minutes_text.FORMAT,
        "deed": Deed.CORRECTION.value,
        "centre": minutes_text.centre_of(session, former.centre_id),
        "session": before["session"] | {"number": number},
        "president_name": before["president_name"],
        "corrects": {"number": former.number, "sha256": former.sha256, "made_at": former.made_at.isoformat()},
        "made_at": now.isoformat(),
        "reason": reason,
        "lines": lines,
        "signatories": before["signatories"],
    }


def _establish(
    session: Session, services: Services, actor: Actor, row: JurySession, drawn: _Drawn, now: datetime
) -> MinutesDeed:
    """The row of a deed, its Word document made of the very same text, its sealing, and who is to sign told."""
    content, sha256 = minutes_text.canonical(drawn.text), minutes_text.hash_of(drawn.text)
    kind = "minutes" if drawn.kind is Deed.MINUTES else "minutes_correction"
    context = {**drawn.text, "text_sha256": sha256}
    document: Document = leaving.owe(session, kind, None, context, now, row.centre_id, row.id)
    deed = MinutesDeed(
        centre_id=row.centre_id,
        session_id=row.id,
        deed=drawn.kind.value,
        year=drawn.year,
        serial=drawn.serial,
        number=numbering.minutes_number(drawn.year, drawn.serial),
        reason=drawn.reason,
        content=content,
        sha256=sha256,
        made_by=actor.person_id,
        made_at=now,
        document_id=document.id,
    )
    session.add(deed)
    session.flush()
    queue.defer(session, queue.SEAL_MINUTES, deed_id=deed.id)
    _ask_to_sign(session, services, row, deed, drawn.text)
    return deed


def _ask_to_sign(session: Session, services: Services, row: JurySession, deed: MinutesDeed, text: Text) -> None:
    """A mail to each who signs: the link leads to the text, which the mail does not hold."""
    ids = [line["id"] for line in text["signatories"]]
    people = select(Person).where(Person.id.in_(ids), Person.disabled_at.is_(None)).order_by(Person.id)
    base = services.settings.base_url
    for person in session.scalars(people):
        context: dict[str, Any] = {
            "person_name": person.full_name,
            "centre_name": text["centre"]["name"],
            "minutes_number": deed.number,
            "corrects": text.get("corrects", {}).get("number", ""),
            "starts_at": row.starts_at,
            "link": f"{base}/jurys/{row.id}/proces-verbal/{deed.number}/signature",
        }
        outbox.post(
            session,
            centre_id=row.centre_id,
            to=person.email,
            template="minutes_to_sign",
            context=context,
            now=deed.made_at,
        )


def sheet(services: Services, actor: Actor, session_id: int) -> str:
    """Owes the attendance sheet of the members as they sit now; the same again unless somebody came or went.

    Raises NotVisible, ActionRefused.
    """
    now = services.clock()
    with services.database.writing() as session:
        row = juries.visible_session(session, actor, session_id, lock=True)
        if not sessions_rights.may_run(row, actor):
            raise ActionRefused("Seuls le secrétariat du jury et la personne qui préside le peuvent.")
        if row.state not in (SessionState.CONVENED, SessionState.OPEN):
            raise ActionRefused("La feuille d'émargement s'établit une fois le jury convoqué, avant la clôture.")
        context = _sheet_context(session, row)
        last = minutes.latest_document(session, row.id, "jury_attendance_sheet")
        if last is not None and {k: last.context.get(k) for k in context} == context:
            return last.number
        return leaving.owe(session, "jury_attendance_sheet", None, context, now, row.centre_id, row.id).number


def _sheet_context(session: Session, row: JurySession) -> Text:
    text = minutes_text.text_of(session, row)
    where = {name: text["session"][name] for name in ("starts_at", "place", "video_link")}
    names = ("full_name", "college", "organisation", "seat", "president")
    return {
        "centre": text["centre"],
        "session": where,
        "certifications": text["certifications"],
        "members": [{name: member[name] for name in names} for member in text["members"]],
    }
