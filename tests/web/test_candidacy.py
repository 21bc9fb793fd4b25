"""A candidacy's page, and that of every action without one of its own: for the right person, at the right step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.actions import independence, review
from vae_portal.demonstration import sittings, story
from vae_portal.demonstration.story import Story
from vae_portal.jobs.alerts import send_alerts
from vae_portal.persistence.tables import (
    ActReason,
    Candidacy,
    Document,
    JurySession,
    Remark,
    StoredObject,
)
from vae_portal.web.act_forms import FORMS
from vae_portal.web.offered import OWN_PAGE
from workflows import clocks
from workflows.admissibility import reason_given
from workflows.vocabulary import Action, Role, Step
from workflows.who_may_do_what import RULES, TABLE

A = Action


def nothing(_world: World, _story: Story) -> dict[str, Any]:
    return {}


def acknowledged(_world: World, story: Story) -> dict[str, Any]:
    story.acknowledge()
    return {}


def at_the_interview(world: World, story: Story) -> dict[str, Any]:
    for evaluator in story.evaluators:
        independence.declare(world.services, evaluator, story.number, False, "")
    world.clock.move_to(story.interview_at + timedelta(minutes=1))
    return {}


def past_the_lapse(world: World, _story: Story) -> dict[str, Any]:
    with world.services.database.reading() as session:
        notified = session.scalars(select(Candidacy.notified_on)).one()
    world.clock.move_to(clocks.midnight(clocks.lapse_due(notified)) + timedelta(days=2))
    return {}


def with_a_session(world: World, _story: Story) -> dict[str, Any]:
    return {"session_id": str(world.jury_session(world.clock() + timedelta(days=30)))}


def a_piece_missing(_world: World, story: Story) -> dict[str, Any]:
    review.note_missing(story.services, story.advisor, story.number, "experience_proof", "Contrat", "Il manque.")
    return {}


def in_session(world: World, story: Story) -> dict[str, Any]:
    with world.services.database.reading() as session:
        row = session.scalars(select(JurySession)).one()
    world.clock.move_to(row.starts_at + timedelta(minutes=10))
    sittings.open_session(world.services, story.secretary, row.id)
    return {}


def assessed_and_signed(_world: World, story: Story) -> dict[str, Any]:
    story.assess().sign()
    return {}


OPINIONS = {f"opinions-{rank}-gaps": "aucun" for rank in range(3)}
REASON = {"reason": "Parce que « l'essai » & <b>rien</b> d'autre"}


@dataclass(frozen=True)
class Way:
    """Where an action is done, by whom, and what is typed."""

    step: Step
    who: str
    typed: dict[str, Any] = field(default_factory=dict)
    before: Callable[[World, Story], dict[str, Any]] = nothing


WAYS: dict[Action, Way] = {
    A.ACKNOWLEDGE_REQUEST: Way(Step.ADMISSIBILITY_REVIEW, "conseiller"),
    A.ASK_SUPPLEMENT: Way(
        Step.ADMISSIBILITY_REVIEW,
        "conseiller",
        {},
        a_piece_missing,
    ),
    A.DECLARE_ADMISSIBLE: Way(Step.ADMISSIBILITY_REVIEW, "conseiller", OPINIONS, acknowledged),
    A.DECLARE_INADMISSIBLE: Way(Step.ADMISSIBILITY_REVIEW, "conseiller", REASON, acknowledged),
    A.APPEAL: Way(Step.INADMISSIBLE, "candidat", REASON),
    A.RETURN_DOSSIER: Way(
        Step.DOSSIER_REVIEW,
        "conseiller",
        {
            "rows-0-about": "capability:C5",
            "rows-0-why": "Rien ne la montre",
            "rows-1-what": "La reliure",
            "rows-1-why": "Elle gêne",
        },
    ),
    A.ACCEPT_DOSSIER: Way(Step.DOSSIER_REVIEW, "conseiller"),
    A.RECORD_LAPSE: Way(Step.DOSSIER_PREPARATION, "admin", {}, past_the_lapse),
    A.REINSTATE: Way(Step.LAPSED, "admin", REASON),
    A.CANCEL_INTERVIEW: Way(Step.INTERVIEW_SCHEDULED, "planificateur", REASON),
    A.RECORD_ABSENCE: Way(Step.INTERVIEW_SCHEDULED, "evaluateur1", {"excused": "yes"}, at_the_interview),
    A.OPEN_EVALUATION: Way(Step.INTERVIEW_SCHEDULED, "evaluateur2", {}, at_the_interview),
    A.CLOSE_EVALUATION: Way(Step.EVALUATION, "evaluateur2", {}, assessed_and_signed),
    A.ENROL_IN_JURY: Way(Step.JURY_PENDING, "secretaire", {}, with_a_session),
    A.REMOVE_FROM_JURY: Way(Step.JURY_SCHEDULED, "secretaire"),
    A.REFER_BACK: Way(Step.JURY_SCHEDULED, "jury-salaries", REASON, in_session),
    A.REVOKE_DECISION: Way(Step.CERTIFIED, "jury-employeurs", {**REASON, "ground": "error_of_law"}),
    A.RESUME: Way(Step.PARTIALLY_VALIDATED, "candidat"),
    A.WITHDRAW: Way(Step.DOSSIER_PREPARATION, "candidat", {"sure": "y"}),
}


def row_of(world: World, number: str) -> Candidacy:
    with world.services.database.reading() as session:
        return session.scalars(select(Candidacy).where(Candidacy.number == number)).one()


def page_url(number: str, action: Action) -> str:
    return f"/candidatures/{number}/faire/{action.value}"


def test_every_form_is_walked() -> None:
    by_people = {rule.action for rule in TABLE if rule.by != (Role.CLOCK,)}
    assert set(WAYS) == by_people - set(OWN_PAGE)
    assert set(FORMS) <= set(WAYS)


def test_a_story_leads_to_every_step() -> None:
    assert set(story.WAYS) == set(Step)


@pytest.mark.parametrize("action", [a for a in WAYS if a not in FORMS], ids=str)
def test_an_action_without_a_form_of_its_own_needs_a_reason_at_most(action: Action) -> None:
    assert set(RULES[action].needs) <= {reason_given}


@pytest.mark.parametrize("action", WAYS, ids=str)
def test_the_right_person_does_it_at_the_right_step(world: World, client: PageClient, action: Action) -> None:
    way = WAYS[action]
    story = world.candidacy(way.step)
    typed = {**way.typed, **way.before(world, story)}
    before = row_of(world, story.number)
    client.sign_in(world.email(way.who), PASSWORD)
    page = client.get(page_url(story.number, action))
    assert "Ce qui va se passer" in page.text
    if any(letter.amendable for letter in RULES[action].letters):
        page = page.submit(page_url(story.number, action), typed, expect=200)
        assert row_of(world, story.number).revision == before.revision
        typed = {"do": "send"}
    done = page.submit(page_url(story.number, action), typed)
    after = row_of(world, story.number)
    assert after.revision == before.revision + 1
    assert after.step in (RULES[action].to or (before.step,))
    assert "C'est fait" in client.follow(done).text


@pytest.mark.parametrize("action", [a for a in WAYS if "reason" in WAYS[a].typed or a is A.RETURN_DOSSIER], ids=str)
def test_a_form_left_empty_is_shown_again(world: World, client: PageClient, action: Action) -> None:
    way = WAYS[action]
    story = world.candidacy(way.step)
    way.before(world, story)
    client.sign_in(world.email(way.who), PASSWORD)
    page = client.get(page_url(story.number, action))
    again = page.submit(page_url(story.number, action), expect=422)
    assert again.soup.select_one("#erreurs")
    assert row_of(world, story.number).step == way.step.value


def test_what_was_typed_is_kept_as_typed(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    url = page_url(number, A.RETURN_DOSSIER)
    typed = {"rows-0-what": "Contrat « A & <B> »", "rows-3-why": "sans nom"}
    again = client.get(url).submit(url, typed, expect=422)
    assert again.form(url).values["rows-0-what"] == typed["rows-0-what"]
    assert {e["href"] for e in again.soup.select("#erreurs a")} == {"#rows-0-why", "#rows-3-about"}
    assert again.soup.select_one("details.more").has_attr("open")
    long = again.submit(url, {"rows-0-why": "x" * 2001}, expect=422)
    assert "2000 caractères au plus" in long.text
    done = again.submit(url, {"rows-0-why": "Parce que", "rows-3-why": ""})
    assert done.location.endswith(number)
    with world.services.database.reading() as session:
        assert [(r.about, r.why) for r in session.scalars(select(Remark))] == [(typed["rows-0-what"], "Parce que")]


def test_remarks_are_chosen_or_free(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    url = page_url(number, A.RETURN_DOSSIER)
    page = client.get(url)
    offered = {option.get_text(): option["value"] for option in page.soup.select("#rows-0-about option")}
    assert offered["Situation 3 : Programme d'audits internes"].startswith("situation:")
    assert offered["Le dossier entier"]
    assert "Capacité C8" in offered
    assert "Fichier : programme-audits.pdf" in offered
    page.submit(url, WAYS[A.RETURN_DOSSIER].typed)
    with world.services.database.reading() as session:
        told = {(r.about, r.about_code) for r in session.scalars(select(Remark))}
        assert told == {("Capacité C5", "capability:C5"), ("La reliure", "")}
    assert "Elle gêne" in client.get(f"/candidatures/{number}").text


def test_a_form_without_its_revision_or_with_a_wrong_one_changes_nothing(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    url = page_url(number, A.ACKNOWLEDGE_REQUEST)
    page = client.get(url)
    for wrong in (None, "", "abc", "1.5", "9" * 400):
        again = page.submit(url, {"revision": wrong}, expect=422 if wrong != "9" * 400 else 409)
        assert row_of(world, number).acknowledged_on is None
    assert again.status == 409
    page.submit(url)
    assert row_of(world, number).acknowledged_on


def test_someone_acted_in_between(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW)
    story.acknowledge()
    client.sign_in(world.email("conseiller"), PASSWORD)
    url = page_url(story.number, A.DECLARE_INADMISSIBLE)
    page = client.get(url)
    story.admit()
    stale = page.submit(url, REASON, expect=409)
    assert stale.heading == "Quelqu'un a agi entre-temps"
    assert "Déclarée recevable, par Dominique Fictif" in stale.text
    assert REASON["reason"] in [t.get_text().removeprefix("\n") for t in stale.soup.select("textarea")]
    assert row_of(world, story.number).step == Step.DOSSIER_PREPARATION.value


@pytest.mark.parametrize("action", WAYS, ids=str)
def test_an_action_of_another_step_says_why_not(world: World, client: PageClient, action: Action) -> None:
    story = world.candidacy(Step.WITHDRAWN)
    client.sign_in(world.email(WAYS[action].who), PASSWORD)
    sees = WAYS[action].who in ("conseiller", "admin", "planificateur", "secretaire", "candidat")
    page = client.get(page_url(story.number, action), expect=409 if sees else 404)
    if sees:
        assert "Ce n'est pas possible pour le moment" in page.text


def test_an_action_of_another_role_says_so(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client.sign_in(world.email("auditeur"), PASSWORD)
    url = page_url(number, A.ACKNOWLEDGE_REQUEST)
    assert "ne relève pas de votre rôle" in client.get(url, expect=409).text
    token = {"csrf_token": client.get("/candidatures").soup.select_one("[name=csrf_token]")["value"]}
    refused = client.post(url, {"revision": "1", **token}, 409)
    assert "ne relève pas de votre rôle" in refused.text
    assert row_of(world, number).acknowledged_on is None


def test_unknown_actions_candidacies_and_centres_are_not_found(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    client.get(f"/candidatures/{number}/faire/danser", expect=404)
    client.get(f"/candidatures/{number}/faire/admit_tacitly", expect=404)
    client.get(page_url("2026-9999", A.ACKNOWLEDGE_REQUEST), expect=404)
    other = PageClient(client.app)
    other.sign_in(world.email("conseiller.b"), PASSWORD)
    other.get(f"/candidatures/{number}", expect=404)
    other.get(page_url(number, A.ACKNOWLEDGE_REQUEST), expect=404)


def test_no_session_to_enrol_in_teaches_the_next_step(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.JURY_PENDING).number
    client.sign_in(world.email("secretaire"), PASSWORD)
    url = page_url(number, A.ENROL_IN_JURY)
    assert "Aucune séance à venir" in client.get(url).text
    world.jury_session(world.clock() + timedelta(days=10))
    assert "Choisissez une séance" in client.get(url).submit(url, expect=422).text
    assert client.get(url).submit(url, {"session_id": "999999"}, expect=422)


# The page itself


@pytest.mark.parametrize("step", [s for s in Step if s is not Step.DRAFT], ids=str)
def test_the_page_shows_at_every_step(world: World, client: PageClient, step: Step) -> None:
    number = world.candidacy(step).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get(f"/candidatures/{number}")
    assert page.heading == "Camille Exemple"
    assert len(page.soup.select(".phases li")) == 5
    assert "Responsable QSE adjointe" in page.text
    for link in page.soup.select(".panel.next .acts a"):
        assert client.http.get(link["href"]).status_code in (200, 302)


def test_the_candidate_is_sent_to_their_own_page(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client.sign_in(world.email("candidat"), PASSWORD)
    assert client.get(f"/candidatures/{number}", expect=302).location == f"/ma-candidature/{number}"


def test_pieces_and_assessment_are_for_those_who_may_read_them(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.JURY_PENDING).number
    seen = {}
    for who in ("conseiller", "planificateur", "secretaire", "auditeur", "admin", "evaluateur1"):
        reader = PageClient(client.app)
        reader.sign_in(world.email(who), PASSWORD)
        text = reader.get(f"/candidatures/{number}").text
        seen[who] = ("piece-identite.pdf" in text, "C1" in text and "acquise" in text, "Récapitulatif des éval" in text)
    assert {who for who, (pieces, _, _) in seen.items() if pieces} == {"conseiller", "auditeur", "admin"}
    readers = {"secretaire", "auditeur", "evaluateur1"}
    assert {who for who, (_, assessed, _) in seen.items() if assessed} == readers
    assert {who for who, (_, _, summary) in seen.items() if summary} == readers


def test_documents_in_preparation_issued_and_failed(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    assert "en préparation" in client.get(f"/candidatures/{number}").text
    with world.services.database.writing() as session:
        session.scalars(select(Document)).one().failure = "Le modèle nomme un champ inconnu."
    assert "Le modèle nomme un champ inconnu." in client.get(f"/candidatures/{number}").text
    with world.services.database.writing() as session:
        paper = session.scalars(select(Document)).one()
        paper.object_key, paper.issued_at = session.scalars(select(StoredObject.key)).first(), world.clock()
        reference = paper.number
    links = [a["href"] for a in client.get(f"/candidatures/{number}").soup.select("a[href^='/documents/']")]
    assert links == [f"/documents/{reference}"]


def test_history_tells_reasons_to_staff_only(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.INTERVIEW_SCHEDULED)
    client.sign_in(world.email("auditeur"), PASSWORD)
    page = client.get(f"/candidatures/{story.number}")
    with world.services.database.reading() as session:
        reason = session.scalars(select(ActReason.reason)).first()
    assert " ".join(reason.split()) in page.text
    assert page.soup.select_one(f"a[href='/journal/{story.number}']")
    evaluator = PageClient(client.app)
    evaluator.sign_in(world.email("evaluateur1"), PASSWORD)
    read = evaluator.get(f"/candidatures/{story.number}")
    assert reason not in read.text
    assert "12 allée de l'Invention" not in read.text


def test_whoever_must_act_reads_that_a_delay_runs_out(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW)
    story.acknowledge()
    due = clocks.answer_due(clocks.civil_date(story.clock.now))
    page = {}
    for who, left in (("conseiller", 16), ("conseiller", 15), ("auditeur", 15), ("conseiller", 1)):
        world.clock.move_to(clocks.midnight(due - timedelta(days=left)) + timedelta(hours=10))
        send_alerts(world.services)
        reader = PageClient(client.app)
        reader.sign_in(world.email(who), PASSWORD)
        page[who, left] = reader.get(f"/candidatures/{story.number}").text
    assert [key for key, text in page.items() if "Alerte" in text] == [("conseiller", 15), ("conseiller", 1)]
    assert "Rappelé par courriel le" in page["conseiller", 15]
