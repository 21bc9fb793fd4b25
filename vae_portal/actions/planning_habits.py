"""How a centre plans its interviews: what a planner sets once, and every proposal of a slot goes by."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import time

from sqlalchemy.dialects.postgresql import insert

from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence import journal
from vae_portal.persistence.queries.habits import PARTS_OF_FRANCE
from vae_portal.persistence.tables import PlanningHabits
from workflows.facts import Actor
from workflows.interview import EVALUATORS_AT_LEAST
from workflows.machine import may
from workflows.vocabulary import Right

# What the tables hold, as bounds of the form's numbers.
BOUNDS = {
    "sitting_minutes": (15, 480),
    "break_minutes": (0, 240),
    "most_a_day": (1, 20),
    "evaluators": (EVALUATORS_AT_LEAST, 6),
}


@dataclass(frozen=True, slots=True)
class Habits:
    """What a planner sets."""

    sitting_minutes: int
    break_minutes: int
    most_a_day: int
    evaluators: int
    day_begins: time
    day_ends: time
    holidays_of: str
    candidate_chooses: bool


def change(services: Services, actor: Actor, given: Habits) -> None:
    """Sets the habits of the actor's centre; raises NotVisible, InputRefused by field."""
    if not may(Right.PLAN_INTERVIEWS, actor) or actor.centre_id is None:
        raise NotVisible("Seul un coordinateur du centre règle la planification.")
    faults = {
        name: f"Indiquez un nombre de {least} à {most}."
        for name, (least, most) in BOUNDS.items()
        if not least <= getattr(given, name) <= most
    }
    if given.day_ends <= given.day_begins:
        faults["day_ends"] = "La journée doit finir après avoir commencé."
    if given.holidays_of not in PARTS_OF_FRANCE:
        faults["holidays_of"] = "Choisissez dans la liste."
    if faults:
        raise InputRefused(" ".join(faults.values()), faults)
    with services.database.writing() as session:
        values = asdict(given)
        row = insert(PlanningHabits).values(centre_id=actor.centre_id, **values)
        session.execute(row.on_conflict_do_update(index_elements=["centre_id"], set_=values))
        chain = journal.centre_chain(actor.centre_id)
        journal.record(session, chain, "planning_habits_changed", actor.person_id, services.clock(), values)
