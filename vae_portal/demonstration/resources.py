"""Rooms of the demonstration's centre, and when its evaluators are free, said by the acts of the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from vae_portal.actions import availabilities, planning_habits, rooms
from vae_portal.actions.planning_habits import Habits
from vae_portal.actions.rooms import RoomGiven
from vae_portal.actions.services import Services
from vae_portal.demonstration.acts import Cast
from vae_portal.demonstration.clock import StoryClock
from workflows import clocks
from workflows.vocabulary import Role, RoomKind

_ROOMS = (
    RoomGiven(RoomKind.ROOM, "Salle Étau", "1er étage, 1 rue de l'Exemple, 00000 Ville-Fictive"),
    RoomGiven(RoomKind.ROOM, "Salle Gabarit", "2e étage, 1 rue de l'Exemple, 00000 Ville-Fictive"),
    RoomGiven(RoomKind.VIDEO, "Visio A", video_link="https://visio.example/salle-a"),
)
# Two a day for each evaluator at most: a month shows more than one full day.
_HABITS = Habits(60, 15, 2, 2, time(9), time(18), "", True)
# Days of every week on which each is free, and from when to when; the third leaves it to the planner.
_FREE = {
    "evaluateur1": ((0, 1, 3), time(9), time(17)),
    "evaluateur2": ((1, 2, 3), time(9), time(18)),
    "evaluateur3": ((1, 3, 4), time(13), time(18)),
}


def prepare(services: Services, cast: Cast, at: datetime) -> None:
    """Everything that slots are chosen from."""
    then = replace(services, clock=StoryClock(at))
    planner = cast.actor("planificateur", Role.PLANNER)
    planning_habits.change(then, planner, _HABITS)
    for room in _ROOMS:
        rooms.add(then, planner, room)
    for local, (weekdays, begins, ends) in _FREE.items():
        actor = planner if local == "evaluateur3" else cast.actor(local, Role.EVALUATOR)
        for weekday in weekdays:
            days = (clocks.civil_date(at), None)
            availabilities.say_weekly(then, actor, cast.people[local], True, weekday, (begins, ends), days)
