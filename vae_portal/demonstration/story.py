"""Walks a candidacy to any step by the acts that lead there, days passing in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from vae_portal.demonstration import contents, sittings
from vae_portal.demonstration.acts import A, Acts
from vae_portal.persistence.tables import JurySession
from workflows import clocks
from workflows.vocabulary import Step


class Story(Acts):
    """One candidacy's way, from nothing to a step."""

    def to(self, step: Step, jury_session: int | None = None) -> Story:
        """Walks from nothing to a step, days passing in between; from jury_scheduled on, in a session."""
        WAYS[step].walk(self, jury_session)
        return self


def _to_review(story: Story, _: int | None) -> None:
    story.begin().submit().clock.wait(days=2)


def _to_preparation(story: Story, _: int | None) -> None:
    _to_review(story, _)
    story.acknowledge().clock.wait(days=12)
    story.admit().clock.wait(days=10)


def _to_dossier_review(story: Story, _: int | None) -> None:
    _to_preparation(story, _)
    story.describe().clock.wait(days=20)
    story.deposit().clock.wait(days=2)


def _to_interview_pending(story: Story, _: int | None) -> None:
    _to_dossier_review(story, _)
    story.act(A.ACCEPT_DOSSIER, story.advisor).clock.wait(days=1)


def _to_interview_scheduled(story: Story, _: int | None) -> None:
    _to_interview_pending(story, _)
    story.schedule()


def _to_evaluation(story: Story, _: int | None) -> None:
    _to_interview_scheduled(story, _)
    story.clock.at(story.interview_at + timedelta(minutes=5))
    story.open_evaluation()


def _to_jury_pending(story: Story, _: int | None, lacking: tuple[str, ...] = ()) -> None:
    _to_evaluation(story, _)
    story.assess(lacking).sign().clock.wait(hours=1)
    story.close_evaluation().clock.wait(days=2)


def _to_jury_scheduled(story: Story, jury_session: int | None, lacking: tuple[str, ...] = ()) -> None:
    if jury_session is None:
        raise ValueError("a candidacy is enrolled in a session")
    _to_jury_pending(story, None, lacking)
    story.enrol(jury_session)


def _pronounced(lacking: tuple[str, ...], refused: tuple[str, ...]) -> Callable[[Story, int | None], None]:
    def way(story: Story, jury_session: int | None) -> None:
        _to_jury_scheduled(story, jury_session, lacking)
        with story.services.database.reading() as session:
            starts_at = session.get_one(JurySession, jury_session).starts_at
        story.clock.at(starts_at + timedelta(minutes=10))
        sittings.open_session(story.services, story.secretary, jury_session or 0)
        story.pronounce(jury_session or 0, refused)

    return way


def _to_incomplete(story: Story, _: int | None) -> None:
    _to_review(story, _)
    story.ask_supplement()


def _to_inadmissible(story: Story, _: int | None) -> None:
    _to_review(story, _)
    story.acknowledge().clock.wait(days=12)
    story.refuse()


def _to_dossier_incomplete(story: Story, _: int | None) -> None:
    _to_dossier_review(story, _)
    story.give_back()


def _to_withdrawn(story: Story, _: int | None) -> None:
    _to_preparation(story, _)
    story.act(A.WITHDRAW, story.candidate)


def _to_lapsed(story: Story, _: int | None) -> None:
    _to_preparation(story, _)
    with story.services.database.reading() as session:
        due = clocks.lapse_due(contents.whole(session, story.number).notified_on or story.clock.now.date())
    story.clock.at(clocks.midnight(due) + timedelta(days=2))
    story.act(A.RECORD_LAPSE, story.administrator)


@dataclass(frozen=True, slots=True)
class Way:
    """How a story comes to a step; in the demonstration, how many days ago it began and who lives it."""

    began: int  # the story's own delays bring it to a plausible present
    name: tuple[str, str]
    walk: Callable[[Story, int | None], object]


WAYS = {
    Step.DRAFT: Way(3, ("Léo", "Brouillon"), lambda story, _: story.begin()),
    Step.ADMISSIBILITY_REVIEW: Way(6, ("Inès", "Étude"), _to_review),
    Step.ADMISSIBILITY_INCOMPLETE: Way(8, ("Malo", "Complément"), _to_incomplete),
    Step.INADMISSIBLE: Way(20, ("Zoé", "Recours"), _to_inadmissible),
    Step.DOSSIER_PREPARATION: Way(40, ("Jules", "Preuve"), _to_preparation),
    Step.DOSSIER_REVIEW: Way(50, ("Anaïs", "Dépôt"), _to_dossier_review),
    Step.DOSSIER_INCOMPLETE: Way(60, ("Théo", "Remarque"), _to_dossier_incomplete),
    Step.INTERVIEW_PENDING: Way(55, ("Lina", "Agenda"), _to_interview_pending),
    Step.INTERVIEW_SCHEDULED: Way(58, ("Hugo", "Rendezvous"), _to_interview_scheduled),
    Step.EVALUATION: Way(68, ("Emma", "Évaluée"), _to_evaluation),
    Step.JURY_PENDING: Way(75, ("Noé", "Attente"), _to_jury_pending),
    Step.JURY_SCHEDULED: Way(80, ("Jade", "Inscrite"), _to_jury_scheduled),
    Step.CERTIFIED: Way(92, ("Lucas", "Certifié"), _pronounced((), ())),
    Step.PARTIALLY_VALIDATED: Way(93, ("Mila", "Partielle"), _pronounced(("C7",), ("BC3",))),
    Step.NOT_VALIDATED: Way(94, ("Tom", "Ajourné"), _pronounced(("C1", "C5", "C7"), ("BC1", "BC2", "BC3"))),
    Step.WITHDRAWN: Way(61, ("Eva", "Renonce"), _to_withdrawn),
    Step.LAPSED: Way(260, ("Paul", "Caduc"), _to_lapsed),
}
