"""The acts of a candidacy's story, each done by who may do it, as the pages do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from sqlalchemy import select

from vae_portal.actions import alone, independence, review
from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.demonstration import contents, grids, sittings
from vae_portal.demonstration.clock import StoryClock
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import hearings, juries
from vae_portal.persistence.tables import Person
from workflows import assessment, clocks
from workflows.facts import CLOCK_ACTOR, Actor, BlockDecisionFacts, BlockOpinion, Given, InterviewFacts, SlotFacts
from workflows.vocabulary import Action, Decided, Role

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


class Acts:
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

    def begin(self, blocks: tuple[str, ...] = ()) -> Self:
        """A draft whose form and pieces are complete."""
        self.number = contents.draft(self.services, self.cast, self.candidate, blocks)
        return self

    def act(self, action: Action, actor: Actor, given: Given = Given(), **inputs: object) -> Self:  # noqa: B008 - frozen
        """Does one action as the pages do."""
        perform(self.services, actor, self.number, action, given, inputs=inputs)
        return self

    def submit(self) -> Self:
        """The request is sent."""
        return self.act(A.SUBMIT_REQUEST, self.candidate, Given(sworn=True))

    def acknowledge(self) -> Self:
        """The request is complete."""
        return self.act(A.ACKNOWLEDGE_REQUEST, self.advisor)

    def admit(self) -> Self:
        """Declared admissible."""
        advice = "Appuyez-vous sur des documents réellement tenus, datés, où votre part se voit."
        with self.services.database.reading() as session:
            targeted = contents.facts(session, self.number, self.clock.now).targeted
        opinions = tuple(BlockOpinion(code, "aucun", advice) for code in sorted(targeted))
        return self.act(A.DECLARE_ADMISSIBLE, self.advisor, Given(opinions=opinions))

    def refuse(self) -> Self:
        """Declared inadmissible."""
        reason = "Les activités décrites n'ont pas de rapport direct avec la certification."
        return self.act(A.DECLARE_INADMISSIBLE, self.advisor, Given(reason=reason))

    def ask_supplement(self) -> Self:
        """A piece is asked for."""
        what, why = "Attestation d'employeur", "La période de 2021 n'est couverte par aucun justificatif."
        review.note_missing(self.services, self.advisor, self.number, "experience_proof", what, why)
        answer_by = clocks.last_day(clocks.SUPPLEMENT, clocks.civil_date(self.services.clock()))
        return self.act(A.ASK_SUPPLEMENT, self.advisor, Given(answer_by=answer_by))

    def admit_tacitly(self) -> Self:
        """Silence was kept for two months."""
        return self.act(A.ADMIT_TACITLY, CLOCK_ACTOR)

    # Dossier ---------------------------------------------------------------------------------------------------------

    def describe(self, without: tuple[str, ...] = ()) -> Self:
        """Situations and evidence for every targeted capability but those named."""
        contents.dossier(self.services, self.cast, self.candidate, self.number, without, self.full)
        return self

    def deposit(self) -> Self:
        """The dossier is sealed."""
        return self.act(A.DEPOSIT_DOSSIER, self.candidate, Given(sworn=True))

    def give_back(self) -> Self:
        """Returned with a remark."""
        named = (("Capacité C5", "Le tableau de bord montré ne porte pas de date : joignez une version datée."),)
        return self.act(A.RETURN_DOSSIER, self.advisor, Given(named=named), about_codes=["capability:C5"])

    # Entretien -------------------------------------------------------------------------------------------------------

    def schedule(self, place: str = "") -> Self:
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

    def open_evaluation(self) -> Self:
        """The interview begins."""
        for evaluator in self.evaluators:
            independence.declare(self.services, evaluator, self.number, False, "")
        return self.act(A.OPEN_EVALUATION, self.evaluators[0])

    def judge_alone(self, lacking: tuple[str, ...] = ()) -> Self:
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

    def assess(self, lacking: tuple[str, ...] = ()) -> Self:
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

    def sign(self) -> Self:
        """Both evaluators sign the text as it stands."""
        contents.sign(self.services, [e.person_id for e in self.evaluators], self.number)
        return self

    def close_evaluation(self) -> Self:
        """The assessment is closed."""
        return self.act(A.CLOSE_EVALUATION, self.evaluators[0])

    # Jury ------------------------------------------------------------------------------------------------------------

    def enrol(self, session_id: int) -> Self:
        """On the agenda of a session."""
        with self.services.database.reading() as session:
            row = juries.visible_session(session, self.secretary, session_id)
            facts = juries.facts(row)
        return self.act(A.ENROL_IN_JURY, self.secretary, Given(session=facts))

    def pronounce(self, session_id: int, refused: tuple[str, ...] = ()) -> Self:
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
