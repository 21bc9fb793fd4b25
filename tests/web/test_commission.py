"""The evaluators' pages: independence, the grid kept and signed, presence, the closing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.actions import preparing
from vae_portal.persistence.tables import (
    Assessment,
    AssessmentSignature,
    Candidacy,
    Capability,
    Interview,
    InterviewEvaluator,
    JournalRow,
    OutboxMail,
    OwnAssessment,
    PersonRole,
)
from workflows.vocabulary import Step


def signed_in(world: World, client: PageClient, local: str) -> PageClient:
    """A browser of that person's own."""
    browser = PageClient(client.app, client.engine)
    browser.sign_in(world.email(local), PASSWORD)
    return browser


@pytest.fixture
def first(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "evaluateur1")


@pytest.fixture
def second(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "evaluateur2")


def grid(browser: PageClient, number: str) -> Page:
    return browser.get(f"/candidatures/{number}/evaluation")


def together(world: World, *apart: str) -> str:
    """A candidacy whose evaluators have shown what they noted alone; they differ on the capability named."""
    return world.candidacy(Step.EVALUATION).judge_alone(apart).number


def signs(browser: PageClient, number: str) -> Page:
    """Reads the whole text and signs it; the grid again."""
    page = browser.get(f"/candidatures/{number}/evaluation/signature")
    return browser.follow(page.submit("Signer l'évaluation", {"password": PASSWORD}))


def verdicts(page: Page, lacking: int = 0) -> dict[str, str]:
    """Every capability acquired but the first so many, which get a reason."""
    names = list(dict.fromkeys(str(tag["name"]) for tag in page.soup.select('input[name^="verdict_"]')))
    given = {name: "not_acquired" if rank < lacking else "acquired" for rank, name in enumerate(names)}
    reasons = {name.replace("verdict", "reason"): "Aucun résultat montré." for name in names[:lacking]}
    return {**given, **reasons, "modality": "projects"}


def step_of(world: World, number: str) -> str:
    with world.services.database.reading() as session:
        return session.scalars(select(Candidacy.step).where(Candidacy.number == number)).one()


def events(world: World) -> list[str]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(JournalRow.event).order_by(JournalRow.id)))


def test_from_the_interview_to_the_signed_grid(world: World, first: PageClient, second: PageClient) -> None:
    number = together(world)
    home = first.get("/mes-entretiens")
    assert number in home.soup.select_one("#a-venir").get_text()
    page = grid(first, number)
    page = first.follow(page.submit("Enregistrer l'évaluation", verdicts(page, lacking=1)))
    assert "Il manque la signature de : Maxime Critère, Andréa Indicateur." in page.text
    text = first.get(f"/candidatures/{number}/evaluation/signature")
    wrong = text.submit("Signer l'évaluation", {"password": "pas le bon du tout"}, expect=422)
    assert "Ce n'est pas votre mot de passe : rien n'a été signé." in wrong.text
    page = first.follow(wrong.submit("Signer l'évaluation", {"password": PASSWORD}))
    assert "La signature manque de : Andréa Indicateur." in page.text
    page = signs(second, number)
    closing = page.soup.find("a", string="Clore l'évaluation")
    assert closing is not None
    assert events(world).count("assessment_signed") == 2
    second.get(str(closing["href"])).submit("Clore l'évaluation")
    assert step_of(world, number) == Step.JURY_PENDING
    with world.services.database.reading() as session:
        lacking = session.scalars(select(Assessment).where(~Assessment.acquired)).one()
    assert lacking.reason == "Aucun résultat montré."


def test_a_change_voids_the_signatures_and_says_so(world: World, first: PageClient, second: PageClient) -> None:
    number = together(world)
    page = grid(first, number)
    page = first.follow(page.submit("Enregistrer l'évaluation", verdicts(page)))
    read_before = second.get(f"/candidatures/{number}/evaluation/signature")
    page = signs(first, number)
    page = first.follow(page.submit("Enregistrer l'évaluation", {"observations": "Relu & complété"}))
    assert "ne vaut plus, le texte a changé" in page.text
    assert "Il manque la signature de : Maxime Critère, Andréa Indicateur." in page.text
    late = read_before.submit("Signer l'évaluation", {"password": PASSWORD}, expect=422)
    assert "Le texte a changé pendant que vous le lisiez" in late.text
    with world.services.database.reading() as session:
        assert len(session.scalars(select(AssessmentSignature)).all()) == 1


class Typist:
    """What static/typed.js sends of a page as it is typed, under the revisions that were last answered."""

    def __init__(self, page: Page) -> None:
        form = page.form("Enregistrer l'évaluation")
        self.http, self.address, self.values = page.client.http, f"{form.action}/saisie", dict(form.values)

    def types(self, expect: int = 200, **values: str) -> dict[str, Any]:
        self.values.update(values)
        answer = self.http.post(self.address, data=self.values)
        assert answer.status_code == expect
        told: dict[str, Any] = answer.get_json()
        self.values["revision"] = told.get("revision", self.values["revision"])
        return told


def text_of(world: World) -> dict[str, tuple[bool, str]]:
    with world.services.database.reading() as session:
        found = select(Capability.code, Assessment).join(Capability, Capability.id == Assessment.capability_id)
        rows = session.execute(found.order_by(Capability.code))
        return {row.code: (row.Assessment.acquired, row.Assessment.observations) for row in rows}


def test_two_evaluators_at_once_are_merged_and_meet_only_in_the_same_part(
    world: World, first: PageClient, second: PageClient
) -> None:
    number = together(world)
    old = grid(second, number)
    page = grid(first, number)
    names = [name for name in verdicts(page) if name.startswith("verdict_")]
    at = [name.replace("verdict", "observations") for name in names]
    page.submit("Enregistrer l'évaluation", {at[0]: "Du premier", at[1]: "Du premier", "modality": "projects"})
    mine = {at[0]: "Mon texte à garder", at[2]: "Du second", "modality": "projects"}
    late = old.submit("Enregistrer l'évaluation", mine, expect=409)
    assert "Un autre membre de la commission a écrit au même endroit" in late.text
    differing = late.soup.select_one("main table").get_text(" ")
    assert "Mon texte à garder" in differing
    assert "Observations sur C2" not in differing  # left alone by the second: it is the first's
    assert text_of(world)["C1"] == (True, "Du premier")
    late.submit("Enregistrer l'évaluation", {at[0]: "Les deux textes réunis"})
    texts = [said for _, said in text_of(world).values()]
    assert texts[:3] == ["Les deux textes réunis", "Du premier", "Du second"]


def test_the_text_is_kept_as_typed_and_what_is_not_complete_waits(
    world: World, first: PageClient, second: PageClient
) -> None:
    number = together(world, "C2")
    page, other = grid(first, number), grid(second, number)
    names = [str(tag["name"]) for tag in page.soup.select('input[name^="verdict_"][value="acquired"]')]
    at = [name.replace("verdict", "observations") for name in names]
    mine, theirs = Typist(page), Typist(other)
    told = mine.types(**{at[0]: "Écrit à mesure", names[1]: "acquired"})
    assert names[1] in told["waiting"]
    assert "Vos avis différaient sur C2" in told["why"]
    assert text_of(world)["C1"] == (True, "Écrit à mesure")
    assert "C2" not in text_of(world)
    before = events(world)
    assert mine.types(**{at[1]: "Tranché ensemble"})["waiting"] == []
    assert text_of(world)["C2"] == (True, "Tranché ensemble")
    theirs.types(**{at[2]: "De l'autre"})  # C1 was left alone on that page
    assert text_of(world)["C1"] == (True, "Écrit à mesure")
    stale = theirs.types(expect=409, **{at[0]: "Trop tard"})
    assert stale["kind"] == "stale"
    assert "Écrit à mesure" in stale["table"]
    assert "Trop tard" in stale["table"]
    unsaid = first.get(f"/candidatures/{number}/evaluation/signature")
    assert "Choisissez la modalité d'évaluation de l'entretien" in unsaid.text
    mine.types(modality="projects")
    signs(first, number)
    assert events(world) == [*before, "assessment_signed"]
    assert "ne valent plus" in mine.types(observations="Encore un mot")["said"]
    assert events(world)[-1] == "signatures_voided"
    assert "ne vaut plus, le texte a changé" in grid(first, number).text


def test_what_is_missing_is_asked_for_beside_its_field(world: World, first: PageClient) -> None:
    number = together(world)
    page = grid(first, number)
    given: dict[str, str | None] = dict(verdicts(page))
    names = [name for name in given if name.startswith("verdict_")]
    given[names[1]] = None
    given |= {names[0]: "not_acquired", names[1].replace("verdict", "observations"): "Texte", "modality": "autre"}
    wrong = page.submit("Enregistrer l'évaluation", given, expect=422)
    assert "Indiquez pourquoi C1 n'est pas acquise." in wrong.text
    assert "Choisissez acquise ou non acquise pour C2 : votre texte s'y rapporte." in wrong.text
    assert "Choisissez la modalité dans la liste." in wrong.text
    empty: dict[str, str | None] = dict.fromkeys(names)
    empty |= {name.replace("verdict", "observations"): "" for name in names}
    nothing = grid(first, number).submit("Enregistrer l'évaluation", {**empty, "modality": "projects"}, expect=409)
    assert "Indiquez au moins une capacité" in nothing.text


def test_a_link_declared_during_the_evaluation_keeps_from_sitting_and_the_planner_is_told(
    world: World, client: PageClient, first: PageClient
) -> None:
    number = world.candidacy(Step.EVALUATION).number
    page = grid(first, number)
    empty = first.follow(page.submit("Déclarer ce lien", {"nature": " "}))
    assert "Dites quel est ce lien" in empty.text
    told = first.follow(page.submit("Déclarer ce lien", {"nature": "Ancien responsable"}))
    assert "Vous ne siégez pas pour ce candidat" in told.text
    other = grid(signed_in(world, client, "evaluateur2"), number)
    assert "Maxime Critère a déclaré un lien avec ce candidat et ne peut pas l'évaluer." in other.text
    planner = signed_in(world, client, "planificateur")
    week = planner.get("/entretiens")
    assert "Entretiens à revoir" in week.text
    assert "Maxime Critère a déclaré un lien avec ce candidat" in week.text
    assert week.soup.select_one(f'a[href="/candidatures/{number}/faire/cancel_interview"]')
    with world.services.database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.template == "commission_conflict")).one()
        assert session.scalars(select(Interview)).one().live
    assert mail.recipient == world.email("planificateur")
    assert "Ancien responsable" not in mail.body
    assert "L'évaluation est commencée" in mail.body
    assert f"/candidatures/{number}/faire/cancel_interview" in mail.body
    again = first.follow(grid(first, number).submit("Je n'ai aucun lien"))
    assert "Entretiens à revoir" not in planner.get("/entretiens").text
    assert "aucun lien déclaré" in again.text
    assert events(world).count("independence_declared") == 4  # each before the evaluation, then a link and its end


def test_who_declares_a_link_reads_no_more_of_what_the_commission_writes(
    world: World, first: PageClient, second: PageClient
) -> None:
    number = together(world)
    page = grid(second, number)
    second.follow(page.submit("Enregistrer l'évaluation", {**verdicts(page), "observations": "Le texte commun"}))
    assert "Le texte commun" in grid(first, number).text
    aside = first.follow(grid(first, number).submit("Déclarer ce lien", {"nature": "Ancien responsable"}))
    assert "ce que la commission écrit ne vous est plus ouvert" in aside.text
    assert "Le texte commun" not in aside.text
    assert aside.soup.select("textarea") == []
    first.get(f"/candidatures/{number}/evaluation/signature", 404)
    assert "Acquise" not in first.get(f"/candidatures/{number}").text
    assert "Le texte commun" in grid(second, number).text
    assert "Le texte commun" in first.follow(aside.submit("Je n'ai aucun lien")).text  # a mistake is taken back


def test_an_evaluation_that_cannot_go_on_is_cancelled_and_another_commission_reads_nothing_of_it(
    world: World, client: PageClient, first: PageClient, second: PageClient
) -> None:
    story = world.candidacy(Step.EVALUATION)
    number, planner = story.number, signed_in(world, client, "planificateur")
    cancelling = f"/candidatures/{number}/faire/cancel_interview"
    assert "elle va à son terme" in planner.get(cancelling, 409).text
    preparing.ask(world.services, story.evaluators[1], number, "C1", "Qui décide ?")
    story.judge_alone()
    page = grid(second, number)
    second.follow(page.submit("Enregistrer l'évaluation", {**verdicts(page), "observations": "Le premier texte"}))
    signs(second, number)
    second.get(cancelling, 409)
    second.follow(grid(second, number).submit("Noter absent"))
    with world.services.database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.template == "commission_short")).one()
    assert cancelling in mail.body
    page = planner.get(cancelling)
    assert "n'y nommez personne" in page.text
    page.submit("Annuler l'entretien", {"reason": " "}, expect=422)
    planner.get(cancelling).submit("Annuler l'entretien", {"reason": "La commission doit être recomposée."})
    assert step_of(world, number) == Step.INTERVIEW_PENDING
    for browser in (first, second, planner):
        browser.get(f"/candidatures/{number}/evaluation", 404)
    for local in ("secretaire", "auditeur"):
        signed_in(world, client, local).get(f"/candidatures/{number}/evaluation", 404)
    with world.services.database.reading() as session:
        former = session.scalars(select(Interview)).one()
        kept = [len(session.scalars(select(table)).all()) for table in (Assessment, OwnAssessment, AssessmentSignature)]
        told = session.scalars(select(OutboxMail.body).where(OutboxMail.template == "interview_cancelled")).all()
    assert (former.live, former.ended, former.observations) == (False, "cancelled", "Le premier texte")
    assert kept == [8, 16, 1]
    assert len(told) == 3
    for body in told:
        assert "ne peut pas le mener à son terme" in " ".join(body.split())
        assert "noté absent" not in body
    story.schedule()
    story.clock.at(story.interview_at + timedelta(minutes=5))
    world.clock.move_to(story.clock.now)
    story.open_evaluation()
    for browser in (first, second):
        dossier = browser.get(f"/candidatures/{number}/dossier")
        assert "Qui décide" not in dossier.text
        own = browser.get(f"/candidatures/{number}/ma-grille")
        assert not own.soup.select("input[type=radio][value=acquired][checked]")
        assert "Le premier texte" not in grid(browser, number).text
    story.judge_alone()
    fresh = grid(first, number)
    assert "Le premier texte" not in fresh.text
    assert fresh.soup.select_one("#signatures") is None


def test_an_absent_evaluator_is_noted_by_another_never_by_themselves(
    world: World, first: PageClient, second: PageClient
) -> None:
    number = world.candidacy(Step.EVALUATION).number
    page = first.follow(grid(first, number).submit("Noter absent"))
    assert "Une commission compte au moins deux évaluateurs." in page.text
    absent = grid(second, number)
    assert "Vous êtes noté absent" not in absent.text or not absent.soup.select("textarea[name=observations]")
    form = page.form("Noter présent")
    own = {**form.values, "person_id": str(world.cast.people["evaluateur1"]), "present": "0"}
    refused = first.follow(first.post(form.action, own))
    assert "Vous êtes là" in refused.text
    first.follow(grid(first, number).submit("Noter présent"))
    with world.services.database.reading() as session:
        assert all(session.scalars(select(InterviewEvaluator.present)))


def test_guesses_at_a_password_are_slowed_down(world: World, first: PageClient) -> None:
    number = together(world)
    page = grid(first, number)
    first.follow(page.submit("Enregistrer l'évaluation", verdicts(page)))
    page = first.get(f"/candidatures/{number}/evaluation/signature")
    for _ in range(10):
        page.submit("Signer l'évaluation", {"password": "essai au hasard"}, expect=422)
    page.submit("Signer l'évaluation", {"password": PASSWORD}, expect=429)


def test_the_grid_is_open_to_who_sits_and_to_nobody_else(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.EVALUATION)
    for local, status in (
        ("evaluateur1", 200),
        ("auditeur", 200),
        ("secretaire", 200),
        ("evaluateur3", 404),
        ("candidat", 404),
        ("conseiller", 404),
        ("planificateur", 404),
        ("jury-employeurs", 404),
        ("conseiller.b", 404),
    ):
        signed_in(world, client, local).get(f"/candidatures/{story.number}/evaluation", status)
    auditor = signed_in(world, client, "auditeur").get(f"/candidatures/{story.number}/evaluation")
    assert auditor.soup.select("main form") == []


def test_a_person_of_two_roles_reads_only_where_they_sit(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.EVALUATION).number
    with world.services.database.writing() as session:
        session.add(PersonRole(person_id=world.cast.people["evaluateur3"], role="advisor"))
    browser = signed_in(world, client, "evaluateur3")
    browser.get(f"/candidatures/{number}")
    browser.get(f"/candidatures/{number}/evaluation", 404)
