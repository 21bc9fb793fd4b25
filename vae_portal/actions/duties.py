"""What is owed before a session and done: members convoked, organisations written to, or noted as done by post."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from templates.words import label
from vae_portal.actions import leaving, outbox, sessions
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import duties as queries
from vae_portal.persistence.queries import sessions as session_queries
from vae_portal.persistence.tables import Centre, JurySeat, JurySession, SessionDuty, SocialPartner
from workflows import clocks
from workflows.duties import TOLD_TO
from workflows.facts import Actor
from workflows.vocabulary import College, Duty, SessionState

LETTERS = {
    Duty.UNIONS_ASKED: "union_request",
    Duty.EMPLOYERS_TOLD: "employers_notice",
    Duty.COMPOSITION_NOTIFIED: "composition_notice",
}
BY_MAIL = "par courriel"


def convene(services: Services, actor: Actor, session_id: int, revision: int) -> int:
    """Calls every member who was not called yet, with their letter; returns how many. The session is then convened."""
    with sessions.changing(services, actor, session_id, revision) as (session, row):
        if row.state not in sessions.BEFORE_IT_OPENS:
            raise ActionRefused("La séance est ouverte : il est trop tard pour convoquer.")
        called = queries.convoked(session, row.id)
        wanted = [seat for seat in row.seats if seat.person_id not in called]
        if not row.seats:
            raise ActionRefused("Personne ne siège encore : composez le jury avant de le convoquer.")
        if not wanted and row.state == SessionState.CONVENED.value:
            raise ActionRefused("Tous les membres sont déjà convoqués.")
        if row.state == SessionState.PREPARATION.value:
            row.state, row.convened_at = SessionState.CONVENED.value, services.clock()
        convoke(session, services, actor, row, wanted)
        sessions.note(session, services, actor, row, "session_convened", people=[s.person_id for s in wanted])
        return len(wanted)


def convoke(
    session: Session, services: Services, actor: Actor, row: JurySession, seats: Iterable[JurySeat], moved: bool = False
) -> None:
    """A letter and a mail for each of these members, and the day they were called."""
    told, now = _told(session, row), services.clock()
    for seat in seats:
        recipient: dict[str, Any] = {
            "full_name": seat.person.full_name,
            "address_lines": [],
            "college": label("college", seat.college).lower(),
            "organisation": seat.union_name or seat.employers_body or None,
            "president": seat.president,
        }
        letter = told | {"recipient": recipient}
        document = leaving.owe(session, "jury_convocation", None, letter, now, row.centre_id, row.id)
        mail_id = outbox.post(
            session,
            centre_id=row.centre_id,
            to=seat.person.email,
            template="jury_convoked",
            context={
                **_of_mail(told),
                "person_name": seat.person.full_name,
                "link": f"{services.settings.base_url}/jurys/{row.id}",
                "moved": moved,
            },
            now=now,
        )
        _record(session, services, actor, row, Duty.MEMBERS_CONVOKED, person_id=seat.person_id, how=BY_MAIL,
                mail_id=mail_id, document_id=document.id)  # fmt: skip


def send(services: Services, actor: Actor, session_id: int, revision: int, duty: Duty, partner_id: int) -> None:
    """Writes to an organisation: a mail that says it all, and the letter for those who send it by post too."""
    with sessions.changing(services, actor, session_id, revision) as (session, row):
        partner = _partner(session, row, duty, partner_id)
        if not partner.email:
            raise InputRefused(f"{partner.name} n'a pas d'adresse électronique : écrivez par la poste et notez-le ici.")
        told, now = _told(session, row, duty), services.clock()
        recipient = {
            "full_name": partner.name,
            "address_lines": [line.strip() for line in partner.address.splitlines() if line.strip()],
        }
        document = leaving.owe(
            session, LETTERS[duty], None, told | {"recipient": recipient}, now, row.centre_id, row.id
        )
        mail_id = outbox.post(
            session,
            centre_id=row.centre_id,
            to=partner.email,
            template=LETTERS[duty],
            context={**_of_mail(told), "centre_email": told["centre"]["email"],
                     "link": services.settings.base_url},
            now=now,
        )  # fmt: skip
        _record(session, services, actor, row, duty, partner_id=partner.id, how=BY_MAIL, mail_id=mail_id,
                document_id=document.id)  # fmt: skip


def note_done(
    services: Services,
    actor: Actor,
    session_id: int,
    revision: int,
    duty: Duty,
    addressee: int | None,
    done_on: date | None,
    how: str,
) -> None:
    """Notes that it was done otherwise, by post for one: on what day and how. A later note replaces it."""
    how = how.replace("\0", "").strip()
    if done_on is None or done_on > clocks.civil_date(services.clock()):
        raise InputRefused("Indiquez le jour où c'est fait : aujourd'hui ou avant.")
    if not how or len(how) > 200:
        raise InputRefused("Indiquez comment, en 200 caractères au plus : « lettre recommandée », par exemple.")
    with sessions.changing(services, actor, session_id, revision) as (session, row):
        partner_id = person_id = None
        if addressee is not None and duty is Duty.MEMBERS_CONVOKED:
            if addressee not in {seat.person_id for seat in row.seats}:
                raise NotVisible("Cette personne ne siège pas dans ce jury.")
            person_id = addressee
        elif addressee is not None:
            partner_id = _partner(session, row, duty, addressee).id
        _record(
            session, services, actor, row, duty, partner_id=partner_id, person_id=person_id, done_on=done_on, how=how
        )


def _record(session: Session, services: Services, actor: Actor, row: JurySession, duty: Duty, **found: Any) -> None:
    """The row of what was done, the last one said, and the journal of all of them: ids and days, no words."""
    now = services.clock()
    values = {
        "session_id": row.id,
        "duty": duty.value,
        "partner_id": None,
        "person_id": None,
        "mail_id": None,
        "document_id": None,
        "done_on": clocks.civil_date(now),
        "recorded_by": actor.person_id,
        "recorded_at": now,
    } | found
    keys = ("session_id", "duty", "partner_id", "person_id")
    statement = insert(SessionDuty).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(keys), set_={name: values[name] for name in values if name not in keys}
        )
    )
    told = {name: values[name] for name in ("duty", "partner_id", "person_id", "mail_id", "document_id", "done_on")}
    names = {"partner_id": "partner", "person_id": "person", "mail_id": "mail", "document_id": "document"}
    details = {names.get(name, name): value for name, value in told.items() if value is not None}
    sessions.note(session, services, actor, row, "duty_done", **details)


def _partner(session: Session, row: JurySession, duty: Duty, partner_id: int) -> SocialPartner:
    """An organisation of the centre to which that duty is owed."""
    found = session.scalars(
        select(SocialPartner).where(SocialPartner.id == partner_id, SocialPartner.centre_id == row.centre_id)
    ).one_or_none()
    if found is None or College(found.college) not in TOLD_TO.get(duty, ()):
        raise NotVisible("Cette organisation n'existe pas, ou n'est pas à prévenir ici.")
    return found


def _told(session: Session, row: JurySession, duty: Duty = Duty.MEMBERS_CONVOKED) -> dict[str, Any]:
    """What letters about a session say: centre, when and where, on what, and whom they may name."""
    centre = session.get_one(Centre, row.centre_id)
    told: dict[str, Any] = {
        "centre": {
            "name": centre.name,
            "address": centre.address,
            "phone": centre.phone or None,
            "email": centre.email,
        },
        "session": {
            "number": f"JURY-{clocks.civil_date(row.starts_at).year}-{row.id}",
            "starts_at": row.starts_at.isoformat(),
            "place": row.place or None,
            "video_link": row.video_link or None,
        },
    }
    if duty is Duty.MEMBERS_CONVOKED:
        agenda = [line for line in session_queries.agenda(session, row.id) if line.live]
        told["candidates"] = [
            {"number": line.number, "full_name": line.candidate, "certification": line.certification} for line in agenda
        ]
        return told
    told["certifications"] = [
        {"title": c.title, "code": c.code or None} for c in queries.certifications(session, row.id)
    ]
    if duty is Duty.COMPOSITION_NOTIFIED:
        told["members"] = [
            {
                "full_name": seat.person.full_name,
                "college": label("college", seat.college).lower(),
                "organisation": seat.union_name or seat.employers_body or None,
                "role": "préside" if seat.president else "suppléant" if seat.substitute else "titulaire",
            }
            for seat in row.seats
        ]
    return told


def _of_mail(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "centre_name": told["centre"]["name"],
        "starts_at": told["session"]["starts_at"],
        "place": told["session"]["place"],
        "video_link": told["session"]["video_link"],
    }
