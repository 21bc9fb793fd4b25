"""An evaluation under way: questions prepared, one evaluator's grid shown, the other's still to fill in."""

from __future__ import annotations

from vae_portal.actions import alone, preparing
from vae_portal.demonstration import grids
from vae_portal.demonstration.story import Story

_QUESTIONS = (
    ("C1", "Comment avez-vous choisi les indicateurs de la revue de direction ?"),
    ("C7", "Que s'est-il passé après le dernier audit interne que vous avez mené ?"),
)


def one_shown(story: Story) -> None:
    """The first evaluator has noted and asked; the second has shown their grid and waits."""
    services, number = story.services, story.number
    first, second = story.evaluators
    note = "Bien situé, mais la part du candidat dans la décision est à préciser à l'entretien."
    preparing.save_notes(services, first, number, {"C1": note}, {"C1": 0})
    for code, text in _QUESTIONS:
        preparing.ask(services, first, number, code, text)
    parts = grids.own_parts(story.targeted(), ("C7",), ())
    alone.save(services, second, number, parts, {}, dict.fromkeys(parts, 0))
    alone.share(services, second, number)
