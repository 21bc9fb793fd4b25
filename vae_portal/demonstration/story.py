"""Walks a candidacy to any step by the acts that lead there, each done by who may do it, on the day it would be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from vae_portal.actions import alone, independence, review
from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.demonstration import contents, grids, sittings
from vae_portal.demonstration.clock import StoryClock
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import hearings, juries
from vae_portal.persistence.tables import JurySession, Person
from workflows import assessment, clocks
from workflows.facts import CLOCK_ACTOR, Actor, BlockDecisionFacts, BlockOpinion, Given, InterviewFacts, SlotFacts
from workflows.vocabulary import Action, Decided, Role, Step

A = Action
INTERVIEW_AFTER_DAYS = 20  # from the day it is planned: more than any usual notice


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in one centre: ids of people by the part before the @ of their address."""

    centre_id: int
    version_id: int
    people: dict[str, int]

    def actor(self, local: str, *roles: Role) -> Actor:
        """This person acting in these roles."""
        return Actor(self.people[local], self.centre_id, frozenset(roles))


class Story:
    """One candidacy's way, told act by act; `clock` says when each act is done."""

    def __init__(
        self, services: Services, cast: Cast, clock: StoryClock, candidate: str = "candidat", full: bool = False
    ) -> None:
        self.services = replace(services, clock=clock)
        self.full = full  # every file of every situation, and what each one shows
        self.cast, self.clock = cast, clock
        self.candidate = cast.actor(candidate, Role.CANDIDATE)
        self.advisor = cast.actor("conseiller", Role.ADVISOR)
        self.planner = cast.actor("planificateur", Role.PLANNER)
        self.evaluators = [cast.actor("evaluateur1", Role.EVALUATOR), cast.actor("evaluateur2", Role.EVALUATOR)]
        self.secretary = cast.actor("secretaire", Role.JURY_SECRETARY)
        self.president = cast.actor("jury-employeurs", Role.JURY_MEMBER)
        self.administrator = cast.actor("admin", Role.ADMINISTRATOR)
        self.number = ""
        self.interview_at = clock.now

    # Recevabilité ----------------------------------------------------------------------------------------------------

    def begin(self, blocks: tuple[str, ...] = ()) -> Story:
        """A draft whose form and pieces are complete."""
        self.number = contents.draft(self.services, self.cast, self.candidate, blocks)
        return self

    def act(self, action: Action, actor: Actor, given: Given = Given(), **inputs: object) -> Story:  # noqa: B008 - frozen
        """Does one action as the pages do."""
        perform(self.services, actor, self.number, action, given, inputs=inputs)
        return self

    def submit(self) -> Story:
        """The request is sent."""
        return self.act(A.SUBMIT_REQUEST, self.candidate, Given(sworn=True))

    def acknowledge(self) -> Story:
        """The request is complete."""
        return self.act(A.ACKNOWLEDGE_REQUEST, self.advisor)

    def admit(self) -> Story:
        """Declared admissible."""
        advice = "Appuyez-vous sur des documents réellement tenus, datés, où votre part se voit."
        with self.services.database.reading() as session:
            targeted = contents.facts(session, self.number, self.clock.now).targeted
        opinions = tuple(BlockOpinion(code, "aucun", advice) for code in sorted(targeted))
        return self.act(A.DECLARE_ADMISSIBLE, self.advisor, Given(opinions=opinions))

    def refuse(self) -> Story:
        """Declared inadmissible."""
        reason = "Les activités décrites n'ont pas de rapport direct avec la certification."
        return self.act(A.DECLARE_INADMISSIBLE, self.advisor, Given(reason=reason))

    def ask_supplement(self) -> Story:
        """A piece is asked for."""
        what, why = "Attestation d'employeur", "La période de 2021 n'est couverte par aucun justificatif."
        review.note_missing(self.services, self.advisor, self.number, "experience_proof", what, why)
        answer_by = clocks.last_day(clocks.SUPPLEMENT, clocks.civil_date(self.services.clock()))
        return self.act(A.ASK_SUPPLEMENT, self.advisor, Given(answer_by=answer_by))

    def admit_tacitly(self) -> Story:
        """Silence was kept for two months."""
        return self.act(A.ADMIT_TACITLY, CLOCK_ACTOR)

    # Dossier ---------------------------------------------------------------------------------------------------------

    def describe(self, without: tuple[str, ...] = ()) -> Story:
        """Situations and evidence for every targeted capability but those named."""
        contents.dossier(self.services, self.cast, self.candidate, self.number, without, self.full)
        return self

    def deposit(self) -> Story:
        """The dossier is sealed."""
        return self.act(A.DEPOSIT_DOSSIER, self.candidate, Given(sworn=True))

    def give_back(self) -> Story:
        """Returned with a remark."""
        named = (("Capacité C5", "Le tableau de bord montré ne porte pas de date : joignez une version datée."),)
        return self.act(A.RETURN_DOSSIER, self.advisor, Given(named=named), about_codes=["capability:C5"])

    # Entretien -------------------------------------------------------------------------------------------------------

    def schedule(self, place: str = "") -> Story:
        """An interview is booked for two evaluators, three weeks ahead."""
        with self.services.database.reading() as session:
            candidacy = contents.whole(session, self.number)
            people = session.scalars(select(Person).where(Person.id.in_([e.person_id for e in self.evaluators])))
            evaluators = hearings.evaluator_facts(session, candidacy, people)
        self.interview_at = self.clock.now + timedelta(days=INTERVIEW_AFTER_DAYS)
        while True:
            end = self.interview_at + timedelta(hours=1)
            slot = SlotFacts(self.interview_at, end, place or f"Salle {int(self.number[-4:])}", evaluators=evaluators)
            try:
                return self.act(A.SCHEDULE_INTERVIEW, self.planner, Given(slot=slot))
            except InputRefused:  # one of them sits elsewhere at that hour: the next one
                self.interview_at += timedelta(hours=1)

    def open_evaluation(self) -> Story:
        """The interview begins."""
        for evaluator in self.evaluators:
            independence.declare(self.services, evaluator, self.number, False, "")
        return self.act(A.OPEN_EVALUATION, self.evaluators[0])

    def judge_alone(self, lacking: tuple[str, ...] = ()) -> Story:
        """Each evaluator fills in their own grid and shows it; they differ on the first capability that is lacking."""
        for evaluator in self.evaluators:
            lenient = lacking[:1] if evaluator is self.evaluators[0] else ()
            parts = grids.own_parts(self.targeted(), lacking, lenient)
            alone.save(self.services, evaluator, self.number, parts, {}, dict.fromkeys(parts, 0))
            alone.share(self.services, evaluator, self.number)
        return self

    def heard(self) -> InterviewFacts | None:
        """The interview in force, as the rules see it."""
        with self.services.database.reading() as session:
            return contents.facts(session, self.number, self.clock.now).interview

    def targeted(self) -> tuple[str, ...]:
        """Codes of the capabilities to prove in this round."""
        with self.services.database.reading() as session:
            return contents.facts(session, self.number, self.clock.now).targeted_capabilities

    def assess(self, lacking: tuple[str, ...] = ()) -> Story:
        """Every targeted capability is acquired but those named, once each evaluator has judged alone."""
        heard = self.heard()
        if heard is not None and not assessment.together(heard):
            self.judge_alone(lacking)
        verdicts = grids.verdicts(self.targeted(), lacking)
        return self.act(
            A.ASSESS,
            self.evaluators[0],
            Given(verdicts=verdicts),
            observations="Entretien mené à l'appui du dossier de preuves.",
            modality="projects",
        )

    def sign(self) -> Story:
        """Both evaluators sign the text as it stands."""
        contents.sign(self.services, [e.person_id for e in self.evaluators], self.number)
        return self

    def close_evaluation(self) -> Story:
        """The assessment is closed."""
        return self.act(A.CLOSE_EVALUATION, self.evaluators[0])

    # Jury ------------------------------------------------------------------------------------------------------------

    def enrol(self, session_id: int) -> Story:
        """On the agenda of a session."""
        with self.services.database.reading() as session:
            row = juries.visible_session(session, self.secretary, session_id)
            facts = juries.facts(row)
        return self.act(A.ENROL_IN_JURY, self.secretary, Given(session=facts))

    def pronounce(self, session_id: int, refused: tuple[str, ...] = ()) -> Story:
        """Every targeted block is granted by consensus but those named; the session must be open."""
        sittings.check_conformity(self.services, self.secretary, self.number, session_id)
        with self.services.database.reading() as session:
            targeted = contents.facts(session, self.number, self.clock.now).targeted
        decisions = tuple(
            BlockDecisionFacts(
                block=code,
                decided=Decided.CONSENSUS,
                acquired=code not in refused,
                reason="Décision du jury.",
            )
            for code in sorted(targeted)
        )
        return self.act(A.PRONOUNCE, self.president, Given(decisions=decisions))

    # The way to each step --------------------------------------------------------------------------------------------

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
