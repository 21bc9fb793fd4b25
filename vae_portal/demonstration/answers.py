"""What candidates have still to answer in the demonstration: slots offered, absences excused or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from vae_portal.actions import missed, offers
from vae_portal.actions.offers import Proposed
from vae_portal.actions.services import Services
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.queries import candidacies, habits
from vae_portal.persistence.queries import missed as absences_of
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
        if not excused:
            story.clock.wait(days=1)
            _explained(story)


def _explained(story: Story) -> None:
    with story.services.database.reading() as session:
        candidacy = candidacies.by_number(session, story.candidate, story.number)
        interview_id = absences_of.of(session, candidacy)[0].id
    words = "Mon train a été supprimé ce matin-là ; j'ai l'attestation de retard."
    missed.explain(story.services, story.candidate, story.number, interview_id, words)


def slots_offered(services: Services, cast: Cast, number: str, morning: datetime) -> None:
    """A candidate is offered two slots of a day, and has not chosen yet."""
    then, planner = replace(services, clock=StoryClock(morning)), cast.actor("planificateur", Role.PLANNER)
    today = clocks.civil_date(morning)
    day = first = today + timedelta(days=40)  # beyond the month that is planned
    with services.database.reading() as session:
        room = queries.rooms(session, cast.centre_id)[0].id
        closed = habits.days_off(habits.of_centre(session, cast.centre_id), first, first + timedelta(days=60))
    evaluators = (cast.people["evaluateur1"], cast.people["evaluateur2"])
    while day.weekday() != _WEEKDAY or day in closed:
        day += timedelta(days=1)
    starts = [datetime.combine(day, hour, clocks.PARIS) for hour in _HOURS]
    slots = [Proposed(start, start + timedelta(hours=1), room, evaluators) for start in starts]
    offers.propose(then, planner, number, slots, today + timedelta(days=_ANSWER_WITHIN))
