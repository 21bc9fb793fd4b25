"""Independence (D6412-6): declared, asked for, presumed; what a link does, and what the candidate never reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.persistence.queries import candidacies, facts
from vae_portal.persistence.tables import (
    Candidacy,
    IndependenceDeclaration,
    Interview,
    JournalRow,
    OfferedSlot,
    OutboxMail,
    PastEmployer,
    Person,
    PersonRole,
    PlanningHabits,
    Room,
)
from workflows.vocabulary import Role, Step


@pytest.fixture
def first(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "evaluateur1")


def signed_in(world: World, client: PageClient, local: str) -> PageClient:
    browser = PageClient(client.app, client.engine)
    browser.sign_in(world.email(local), PASSWORD)
    return browser


def mails(world: World, template: str) -> dict[str, str]:
    with world.services.database.reading() as session:
        rows = session.scalars(select(OutboxMail).where(OutboxMail.template == template))
        return {row.recipient: row.body for row in rows}


def step(world: World) -> str:
    with world.services.database.reading() as session:
        return session.scalars(select(Candidacy.step)).one()


def declare(browser: PageClient, number: str, nature: str = "Ancien responsable") -> PageClient:
    page = browser.get(f"/candidatures/{number}/evaluation")
    browser.follow(page.submit("Déclarer ce lien", {"nature": nature}))
    return browser


def test_a_link_declared_after_the_planning_frees_the_slot(world: World, client: PageClient, first: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    page = first.get(f"/candidatures/{number}/evaluation")
    back = first.follow(page.submit("Déclarer ce lien", {"nature": "Ancien responsable"}))
    assert "L'entretien est annulé" in back.text
    assert "Annulé : commission à recomposer" in back.text
    assert step(world) == Step.INTERVIEW_PENDING.value
    with world.services.database.reading() as session:
        interview = session.scalars(select(Interview)).one()
        events = session.scalars(select(JournalRow.event).order_by(JournalRow.id)).all()
    assert (interview.live, interview.ended) == (False, "conflict")
    assert events[-2:] == ["independence_declared", "cancel_interview"]
    told = mails(world, "interview_cancelled")
    assert set(told) == {world.email(local) for local in ("candidat", "evaluateur1", "evaluateur2")}
    (planner,) = mails(world, "commission_conflict").values()
    assert "Le créneau est libéré" in planner
    for body in (*told.values(), planner):
        assert "Ancien responsable" not in body
        assert "Maxime" not in body.replace("Bonjour Maxime Critère", "")
    week = signed_in(world, client, "planificateur").get("/entretiens")
    assert "créneau libéré : un lien a été déclaré" in week.text


def test_the_candidate_reads_neither_who_declared_nor_why(world: World, client: PageClient, first: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    candidate = signed_in(world, client, "candidat")
    leaving = candidate.get(f"/candidatures/{number}/faire/withdraw")
    before = candidate.get(f"/ma-candidature/{number}").text.count("Maxime")
    declare(first, number)
    page = candidate.get(f"/ma-candidature/{number}")
    assert page.text.count("Maxime") <= before
    assert "le centre" in page.text
    assert "Ancien responsable" not in page.text
    stale = candidate.post(leaving.form("withdraw").action, leaving.form("withdraw").values, expect=(409, 422))
    assert "Maxime" not in stale.text


def test_a_link_declared_at_once_by_both_is_two_declarations_and_one_freed_slot(
    world: World, client: PageClient, first: PageClient
) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    second = signed_in(world, client, "evaluateur2")
    old = second.get(f"/candidatures/{number}/evaluation")
    declare(first, number)
    form = old.form("Déclarer ce lien")
    second.post(form.action, {**form.values, "nature": "Voisin"}, expect=404)  # they sit no more: nothing to say
    assert step(world) == Step.INTERVIEW_PENDING.value


def test_who_shares_an_employer_declares_before_they_sit(world: World, client: PageClient, first: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    one = world.cast.people["evaluateur1"]
    with world.services.database.writing() as session:
        session.add(PastEmployer(person_id=one, name="MECANIQUE-EXEMPLE"))
    planner = signed_in(world, client, "planificateur")
    page = planner.get(f"/candidatures/{number}/entretien")
    assert "Maxime Critère et ce candidat ont une organisation en commun (MECANIQUE-EXEMPLE)" in page.text
    assert page.soup.select_one(f'input[name="evaluators"][value="{one}"]').has_attr("disabled")
    form = page.form("Planifier l'entretien")
    asked = planner.post(form.action, {**form.values, "place": "Salle bleue", "ask": str(one)}, expect=200)
    assert "déclaration demandée" in asked.text
    assert asked.soup.select_one("#place")["value"] == "Salle bleue"
    assert "/mes-declarations" in mails(world, "independence_asked")[world.email("evaluateur1")]
    first.get(f"/candidatures/{number}", 404)  # being asked opens nothing else
    mine = first.get("/mes-declarations")
    assert "Camille Exemple" in mine.text
    assert "Mécanique Exemple SAS" in mine.text
    assert signed_in(world, client, "evaluateur2").get("/mes-declarations").text.count("Camille") == 0
    empty = first.follow(mine.submit("Je n'ai aucun lien avec Camille Exemple"))
    assert "Rien à déclarer" in empty.text
    page = planner.get(f"/candidatures/{number}/entretien")
    assert not page.soup.select_one(f'input[name="evaluators"][value="{one}"]').has_attr("disabled")
    assert "n'a déclaré aucun lien" in page.text


def test_a_link_closes_what_is_offered_before_that_evaluator(
    world: World, client: PageClient, first: PageClient
) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    offer_slots(world, ("evaluateur1", "evaluateur2"), ("evaluateur1", "evaluateur3"), ("evaluateur2", "evaluateur3"))
    planner, candidate = (signed_in(world, client, local) for local in ("planificateur", "candidat"))
    says_linked(world, planner, first, number, "evaluateur1")
    page = candidate.get(f"/ma-candidature/{number}/creneaux")
    assert len(page.soup.select('input[name="offer"]')) == 1
    told = " ".join(mails(world, "offers_conflict")[world.email("planificateur")].split())
    assert "2 créneaux proposés au candidat devant cet évaluateur sont retirés" in told
    assert "Il en reste un, que le candidat peut encore prendre." in told
    assert mails(world, "offers_withdrawn") == {}  # something is left to choose
    says_linked(world, planner, signed_in(world, client, "evaluateur2"), number, "evaluateur2")
    page = candidate.get(f"/ma-candidature/{number}/creneaux")
    assert "Aucun créneau ne vous est proposé pour le moment" in page.text
    (withdrawn,) = mails(world, "offers_withdrawn").values()
    assert step(world) == Step.INTERVIEW_PENDING.value
    with world.services.database.reading() as session:
        last = session.scalars(select(OutboxMail.body).where(OutboxMail.template == "offers_conflict")).all()[-1]
        rows = session.scalars(select(JournalRow).where(JournalRow.event == "independence_declared")).all()
    last = " ".join(last.split())
    assert "Il n'en reste aucun" in last
    assert [len(row.details["offers"]) for row in rows] == [2, 1]
    for words in (page.text, withdrawn, told, last):
        assert "Ancien responsable" not in words
        assert "Maxime" not in words
        assert "Andréa" not in words
    again = planner.get(f"/candidatures/{number}/creneaux")  # and the planner offers others, or books
    assert again.form("Proposer ces créneaux")
    assert planner.get(f"/candidatures/{number}/entretien").form("Planifier l'entretien")


def says_linked(world: World, planner: PageClient, browser: PageClient, number: str, local: str) -> None:
    """Asked by the planner, an evaluator declares a link."""
    form = planner.get(f"/candidatures/{number}/entretien").form("Planifier l'entretien")
    planner.post(form.action, {**form.values, "ask": str(world.cast.people[local])}, expect=200)
    page = browser.get("/mes-declarations")
    browser.follow(page.submit("Déclarer ce lien", {"nature": "Ancien responsable"}))


def offer_slots(world: World, *commissions: tuple[str, str]) -> None:
    """A slot before each of these commissions, offered to the one candidate there is."""
    now, people = world.clock(), world.cast.people
    with world.services.database.writing() as session:
        room = Room(centre_id=world.cast.centre_id, kind="room", name="Salle 1", address="1 rue de l'Exemple")
        session.add_all([room, PlanningHabits(centre_id=world.cast.centre_id, candidate_chooses=True)])
        session.flush()
        candidacy_id = session.scalars(select(Candidacy.id)).one()
        for rank, commission in enumerate(commissions):
            starts_at = now + timedelta(days=25 + rank)
            session.add(
                OfferedSlot(
                    candidacy_id=candidacy_id,
                    during=Range(starts_at, starts_at + timedelta(hours=1), bounds="[)"),
                    room_id=room.id,
                    evaluators=sorted(people[local] for local in commission),
                    offered_by=people["planificateur"],
                    offered_at=now,
                    answer_by=now.date() + timedelta(days=7),
                )
            )


def test_nobody_declares_who_neither_sits_nor_was_asked(world: World, first: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    token = first.get("/mes-disponibilites").form("Noter une fois").values["csrf_token"]
    first.post(f"/candidatures/{number}/independance", {"csrf_token": token, "linked": "no"}, expect=404)
    with world.services.database.reading() as session:
        assert session.scalars(select(IndependenceDeclaration)).all() == []


def test_a_candidates_own_employer_counts_too(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    with world.services.database.writing() as session:
        session.get_one(Person, world.cast.people["candidat"]).employer = "Tolerie Exemple (SARL)"
    page = signed_in(world, client, "planificateur").get(f"/candidatures/{number}/entretien")
    assert "organisation en commun (Tôlerie Exemple)" in page.text


def test_every_advisor_who_handled_the_file_is_kept_out(world: World) -> None:
    story = world.candidacy(Step.INTERVIEW_PENDING)
    advisor = world.cast.people["conseiller"]
    with world.services.database.writing() as session:
        session.add(PersonRole(person_id=advisor, role=Role.EVALUATOR.value))
        session.scalars(select(Candidacy)).one().advisor_id = world.cast.people["conseiller2"]  # handed over since
    with world.services.database.reading() as session:
        candidacy = candidacies.by_number(session, world.cast.actor("planificateur", Role.PLANNER), story.number)
        loaded = facts.load(session, candidacy, world.clock(), False)
    assert loaded.handled == {advisor}
