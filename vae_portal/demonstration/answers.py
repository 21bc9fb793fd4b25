"""What candidates have still to answer in the demonstration: slots offered, absences excused or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from vae_portal.actions import offers
from vae_portal.actions.offers import Proposed
from vae_portal.actions.services import Services
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.queries import offers as queries
from workflows import clocks
from workflows.facts import Given
from workflows.vocabulary import Action, Role, Step

# Who did not come: one excused, the other not, who has explained since.
ABSENT = {"candidat.absent1": ("Odile", "Empêchée"), "candidat.absent2": ("Pavel", "Manquant")}
_BEGAN_BEFORE = 70  # days: from a first request to an interview missed some days ago
_ANSWER_WITHIN = 5  # days
_HOURS = (time(10), time(14))
_WEEKDAY = 3  # a Thursday: both evaluators are free


def absences(services: Services, cast: Cast, morning: datetime) -> None:
    """Two interviews to which nobody came."""
    for rank, local in enumerate(ABSENT):
        story = Story(services, cast, StoryClock(morning - timedelta(days=_BEGAN_BEFORE + 2 * rank)), local)
        story.to(Step.INTERVIEW_SCHEDULED)
        story.clock.at(story.interview_at + timedelta(minutes=30))
        excused = rank == 0
        reason = "Arrêt de travail reçu la veille." if excused else ""
        story.act(Action.RECORD_ABSENCE, story.planner, Given(excused=excused, reason=reason))


def slots_offered(services: Services, cast: Cast, number: str, morning: datetime) -> None:
    """A candidate is offered two slots of a day, and has not chosen yet."""
    then, planner = replace(services, clock=StoryClock(morning)), cast.actor("planificateur", Role.PLANNER)
    with services.database.reading() as session:
        room = queries.rooms(session, cast.centre_id)[0].id
    evaluators = (cast.people["evaluateur1"], cast.people["evaluateur2"])
    today = clocks.civil_date(morning)
    day = today + timedelta(days=40)  # beyond the month that is planned
    while day.weekday() != _WEEKDAY:
        day += timedelta(days=1)
    starts = [datetime.combine(day, hour, clocks.PARIS) for hour in _HOURS]
    slots = [Proposed(start, start + timedelta(hours=1), room, evaluators) for start in starts]
    offers.propose(then, planner, number, slots, today + timedelta(days=_ANSWER_WITHIN))
