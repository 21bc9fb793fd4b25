"""Which organisations sat in the juries of a half-year, session by session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import JurySeat, JurySession, Person
from workflows.facts import Actor
from workflows.vocabulary import College, SessionState


@dataclass(frozen=True, slots=True)
class Sat:
    """One session for one organisation."""

    number: str  # of the minutes
    starts_at: datetime
    place: str
    members: tuple[str, ...]  # present
    voting: bool


@dataclass(slots=True)
class Organisation:
    """What one union or employers' body took part in."""

    name: str
    college: College
    called: int = 0  # sessions for which someone was designated
    sat: list[Sat] = field(default_factory=list)

    @property
    def voted(self) -> int:
        """Sessions in which it had a vote."""
        return sum(s.voting for s in self.sat)


def half_year(
    session: Session, viewer: Actor, since: datetime, until: datetime, name: str = ""
) -> tuple[list[Organisation], int]:
    """Every organisation that was called to a closed session, or the one named, and how many sessions were held.

    Two spellings that differ by capitals or spaces are one organisation. Two statements.
    """
    body = func.coalesce(
        func.nullif(JurySeat.union_name, ""), func.nullif(JurySeat.employers_body, ""), Person.employer
    )
    held = (
        JurySession.centre_id == viewer.centre_id,
        JurySession.state == SessionState.CLOSED.value,
        JurySession.starts_at >= since,
        JurySession.starts_at < until,
    )
    rows = session.execute(
        select(JurySession, JurySeat, Person.given_names, Person.family_name, body.label("body"))
        .join(JurySeat, JurySeat.session_id == JurySession.id)
        .join(Person, Person.id == JurySeat.person_id)
        .where(*held)
        .order_by(JurySession.starts_at, JurySession.id, JurySeat.id)
    ).all()
    found: dict[tuple[str, str], Organisation] = {}
    sittings: dict[tuple[str, str], dict[int, list[tuple[JurySession, JurySeat, str]]]] = {}
    for row in rows:
        told = " ".join((row.body or "").split()) or "Organisation non précisée"
        key = (row.JurySeat.college, told.casefold())
        found.setdefault(key, Organisation(told, College(row.JurySeat.college)))
        member = f"{row.given_names} {row.family_name}"
        sittings.setdefault(key, {}).setdefault(row.JurySession.id, []).append((row.JurySession, row.JurySeat, member))
    for key, organisation in found.items():
        organisation.called = len(sittings[key])
        organisation.sat = [_sat(seats) for seats in sittings[key].values() if any(s.present for _, s, _ in seats)]
    wanted = " ".join(name.split()).casefold()
    chosen = [o for (_, plain), o in found.items() if not wanted or plain == wanted]
    count = session.scalar(select(func.count()).select_from(JurySession).where(*held)) or 0
    return sorted(chosen, key=lambda o: (o.college is College.EMPLOYERS, o.name.casefold())), count


def _sat(seats: list[tuple[JurySession, JurySeat, str]]) -> Sat:
    row = seats[0][0]
    present = [(seat, name) for _, seat, name in seats if seat.present]
    return Sat(
        number=row.minutes_number or "",
        starts_at=row.starts_at,
        place=row.place or row.video_link,
        members=tuple(name for _, name in present),
        voting=any(seat.votes for seat, _ in present),
    )
