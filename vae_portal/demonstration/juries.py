"""Three jury sessions to look at: one closed with its results, one open on a tie, one whose parity is broken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from vae_portal.actions import duties, minutes_signing, partners, sessions, voting
from vae_portal.actions.partners import PartnerGiven
from vae_portal.actions.services import Services
from vae_portal.demonstration import sittings
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from vae_portal.persistence.tables import JurySession, MinutesDeed, SocialPartner
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import Choice, College, Duty, Role, SessionState

UNIONS = ("Syndicat Un", "Syndicat Deux", "Syndicat Trois")
# Two for, two against: the president, who voted for, decides.
TIED = {
    "jury-employeurs": Choice.FOR,
    "jury-employeurs2": Choice.AGAINST,
    "jury-salaries": Choice.FOR,
    "jury-salaries2": Choice.AGAINST,
}
SIGNED = ("jury-employeurs", "jury-salaries")  # the two others have yet to sign


@dataclass(frozen=True, slots=True)
class Three:
    """The three sessions, by id."""

    past: int
    today: int
    to_come: int


def convene(services: Services, cast: Cast, now: datetime, morning: datetime) -> Three:
    """Who designates members, and three sessions they compose: the past one with every duty done in time."""
    secretary = cast.actor("secretaire", Role.JURY_SECRETARY)
    _organisations(services, secretary, morning - timedelta(days=51))
    this_hour = (now - timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    days = (morning - timedelta(days=10), this_hour, _working_day(morning + timedelta(days=12)) + timedelta(hours=5))
    convened_at = morning - timedelta(days=50)
    three = Three(*(sittings.convene(services, secretary, cast.people, convened_at, day) for day in days))
    _duties_done(services, secretary, three.past, morning - timedelta(days=31), told=(*UNIONS, sittings.EMPLOYERS))
    _duties_done(services, secretary, three.today, morning - timedelta(days=21), told=(*UNIONS[:2], sittings.EMPLOYERS))
    return three


def past_ends(services: Services, cast: Cast, session_id: int, password: str, began_at: datetime) -> None:
    """The past session closed, its minutes signed by half, its results released the next day."""
    secretary = cast.actor("secretaire", Role.JURY_SECRETARY)
    sittings.close_session(services, secretary, session_id, began_at + timedelta(hours=3))
    _signed_by_some(services, cast, session_id, password, began_at + timedelta(hours=4))
    president = cast.actor(sittings.PRESIDENT, Role.JURY_MEMBER)
    sittings.release_results(services, president, session_id, began_at + timedelta(days=1))


def _organisations(services: Services, secretary: Actor, at: datetime) -> None:
    """The register of who designates members: three unions, and the employers."""
    then = replace(services, clock=StoryClock(at))
    for rank, name in enumerate(UNIONS, 1):
        given = PartnerGiven(College.EMPLOYEES, name, f"syndicat{rank}@demo.example", "2 rue de l'Exemple")
        partners.add(then, secretary, given)
    partners.add(then, secretary, PartnerGiven(College.EMPLOYERS, sittings.EMPLOYERS, "employeurs@demo.example", ""))


def _working_day(at: datetime) -> datetime:
    """The same hour on the first day that is no Saturday and no Sunday."""
    return at + timedelta(days=7 - at.weekday() if at.weekday() > 4 else 0)


def _duties_done(
    services: Services, secretary: Actor, session_id: int, called_at: datetime, told: tuple[str, ...]
) -> None:
    """Unions asked and employers told in time, members called; composition notified to those named."""
    with services.database.reading() as session:
        day = clocks.civil_date(session.get_one(JurySession, session_id).starts_at)
        known = {row.name: row.id for row in session.scalars(select(SocialPartner))}
    then = replace(services, clock=StoryClock(called_at))
    duties.convene(then, secretary, session_id, sittings.revision(services, session_id))
    for name in UNIONS:
        _note(services, secretary, session_id, Duty.UNIONS_ASKED, known[name], day - timedelta(days=20))
    _note(services, secretary, session_id, Duty.EMPLOYERS_TOLD, known[sittings.EMPLOYERS], day - timedelta(days=12))
    for name in told:
        _note(services, secretary, session_id, Duty.COMPOSITION_NOTIFIED, known[name], day - timedelta(days=9))


def _note(services: Services, secretary: Actor, session_id: int, duty: Duty, partner: int, done_on: date) -> None:
    seen = sittings.revision(services, session_id)
    that_day = replace(services, clock=StoryClock(clocks.midnight(done_on) + timedelta(hours=10)))
    duties.note_done(that_day, secretary, session_id, seen, duty, partner, done_on, "Courriel du secrétariat")


def _signed_by_some(services: Services, cast: Cast, session_id: int, password: str, at: datetime) -> None:
    """Half of the members sign the minutes on their screen."""
    then = replace(services, clock=StoryClock(at))
    with services.database.reading() as session:
        deed = session.scalars(select(MinutesDeed).where(MinutesDeed.session_id == session_id)).one()
    for local in SIGNED:
        member = cast.actor(local, Role.JURY_MEMBER)
        minutes_signing.sign(then, member, session_id, deed.number, deed.sha256, password, "demonstration")


def a_tie(services: Services, cast: Cast, number: str, session_id: int) -> None:
    """An open session whose jury is divided on one block, and still votes on another."""
    secretary = cast.actor("secretaire", Role.JURY_SECRETARY)
    sittings.open_session(services, secretary, session_id)
    sittings.check_conformity(services, secretary, number, session_id)
    for block, choices in (("BC2", TIED), ("BC3", {"jury-salaries": Choice.FOR})):
        voting.open_vote(services, secretary, number, sittings.revision(services, session_id), block)
        for local, choice in choices.items():
            voting.cast(services, cast.actor(local, Role.JURY_MEMBER), number, block, choice)
    voting.count(services, secretary, number, sittings.revision(services, session_id), "BC2")


def parity_broken(services: Services, cast: Cast, session_id: int) -> None:
    """A session to come where a union's member will not be there: two employers, one employee."""
    secretary = cast.actor("secretaire", Role.JURY_SECRETARY)
    with services.database.reading() as session:
        if session.get_one(JurySession, session_id).state != SessionState.PREPARATION.value:
            return
    seen = sittings.revision(services, session_id)
    changed: dict[str, bool | str] = {"present": False, "absence_reason": "Réunion syndicale le même jour"}
    sessions.change_seat(services, secretary, session_id, seen, cast.people["jury-salaries2"], changed)
