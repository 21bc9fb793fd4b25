"""An employer gives their opinion behind a personal link; the candidate and those who judge read it, nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from tests.support.team import mails
from vae_portal.persistence.tables import Candidacy, EmployerOpinion
from workflows.vocabulary import Step

CHEF = "cheffe@atelier-fictif.example"
EMPLOYER = {"organisation": "Atelier Fictif", "contact": "Dominique Inventé", "email": CHEF, "agreed": "y"}
SAID = "Tenait l'audit interne seule, chaque trimestre."
GENERAL = "Une collègue rigoureuse & patiente."


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


def stranger(world: World, app: Flask) -> PageClient:
    return PageClient(app, world.services.database.engine)


def ask(candidate: PageClient, number: str, **more: Any) -> Page:
    return candidate.get(f"/candidatures/{number}/avis").submit("Envoyer la demande", {**EMPLOYER, **more})


def link(world: World, to: str = CHEF) -> str:
    """The path of the latest link mailed to an employer."""
    mail = mails(world.services, to)[0]
    assert mail.template == "employer_opinion_asked"
    assert mail.secret
    return re.findall(r"https?://[^/\s]+(/avis/\S+)", mail.body)[0]


def filled(page: Page, level: str = "shown", **more: Any) -> dict[str, Any]:
    """Every level chosen, one comment, a name and the oath."""
    form = page.form("Envoyer mon avis")
    keys = sorted({str(tag["name"]) for tag in form.tag.select("input[type=radio]")})
    first = keys[0].replace("level_", "comment_")
    who = {"written_by": "Dominique Inventé, cheffe d'atelier", "general": GENERAL, "sworn": "y"}
    return {**dict.fromkeys(keys, level), first: SAID, **who, **more}


def row(world: World) -> EmployerOpinion:
    with world.services.database.reading() as session:
        return session.scalars(select(EmployerOpinion).order_by(EmployerOpinion.id.desc())).first()


def at_step(world: World, step: Step) -> None:
    """The only candidacy, put at a step without the acts that lead there."""
    with world.services.database.writing() as session:
        session.scalars(select(Candidacy)).one().step = step.value


def given(world: World, app: Flask, number: str) -> str:
    """An opinion asked, written and sent; the path of its link."""
    ask(signed_in(world, app, "candidat"), number)
    path = link(world)
    page = stranger(world, app).get(path)
    page.submit("Envoyer mon avis", filled(page))
    return path


def test_the_whole_way_from_the_question_to_the_opinion_read(world: World, app: Flask) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    candidate, employer = signed_in(world, app, "candidat"), stranger(world, app)
    mine = candidate.get(f"/ma-candidature/{number}")
    shown = candidate.get(mine.soup.find("a", string="Avis de mon employeur")["href"])
    assert shown.statements < 30
    asked = candidate.follow(shown.submit("Envoyer la demande", EMPLOYER))
    assert "lien envoyé" in asked.text
    path = link(world)
    secret = path.rpartition("/")[2]
    assert secret not in asked.response.text
    page = employer.get(path)
    assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.response.headers["Referrer-Policy"] == "same-origin"
    assert page.response.headers["Cache-Control"] == "no-store"
    assert number not in page.response.text
    assert "lien ouvert" in candidate.get(f"/candidatures/{number}/avis").text

    draft = filled(page, sworn=None, written_by="")
    kept = next(name for name in draft if name.startswith("level_"))
    employer.follow(page.submit("Enregistrer le brouillon", {**draft, kept: None}))
    assert SAID not in candidate.get(f"/candidatures/{number}/avis").text
    page = stranger(world, app).get(path)  # left, and come back to from elsewhere
    assert SAID in page.text
    refused = page.submit("Envoyer mon avis", {"sworn": None}, expect=422)
    assert "Indiquez votre nom et votre fonction." in refused.text
    assert "Cochez la case" in refused.text
    assert "Choisissez une réponse pour" in refused.text
    assert SAID in refused.text
    sent = refused.client.follow(refused.submit("Envoyer mon avis", filled(refused)))
    assert "Votre avis est envoyé" in sent.text
    assert not sent.soup.find("textarea")

    told = mails(world.services, world.email("candidat"))[0]
    assert (told.template, told.secret) == ("employer_opinion_given", False)
    assert f"/candidatures/{number}/avis" in told.body
    assert SAID not in told.body
    read = candidate.get(f"/candidatures/{number}/avis")
    assert "avis donné" in read.text
    assert SAID in read.text
    events = [(event, details) for _, event, details in journal(world.services) if event.startswith("employer_")]
    assert [event for event, _ in events] == ["employer_asked", "employer_opened", "employer_answered"]
    for never in ("Atelier", CHEF, "Dominique", SAID, secret):
        assert never not in str(events)


def test_what_is_missing_is_said_and_what_was_typed_is_kept(world: World, app: Flask) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    page = signed_in(world, app, "candidat").get(f"/candidatures/{number}/avis")
    refused = page.submit("Envoyer la demande", {**EMPLOYER, "agreed": None}, expect=422)
    assert "rien ne part sans votre accord" in refused.text
    assert CHEF in refused.response.text
    own = page.submit("Envoyer la demande", {**EMPLOYER, "email": world.email("candidat").upper()}, expect=422)
    assert "propre adresse" in own.text
    assert page.submit("Envoyer la demande", {**EMPLOYER, "email": "pas une adresse"}, expect=422)
    assert row(world) is None


def test_three_at_a_time_one_taken_back_makes_room(world: World, app: Flask) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    candidate = signed_in(world, app, "candidat")
    for rank in range(3):
        ask(candidate, number, email=f"chef{rank}@atelier-fictif.example", contact=f"Chef Inventé {rank}")
    page = candidate.get(f"/candidatures/{number}/avis")
    full = page.submit("Envoyer la demande", EMPLOYER, expect=422)
    assert "3 demandes attendent déjà" in full.text
    page.submit("Retirer la demande à Chef Inventé 1")
    ask(candidate, number)
    dead = stranger(world, app).get(link(world, "chef1@atelier-fictif.example"), 404)
    assert "Ce lien ne s'ouvre pas" in dead.heading


def test_wrong_taken_back_replaced_and_expired_links_look_the_same(world: World, app: Flask) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    candidate, employer = signed_in(world, app, "candidat"), stranger(world, app)
    ask(candidate, number)
    first = link(world)
    writing = employer.get(first)
    again = candidate.get(f"/candidatures/{number}/avis")
    assert "déjà parti aujourd'hui" in again.text
    writing.submit("Enregistrer le brouillon", filled(writing))
    world.clock.advance(days=1)
    candidate.get(f"/candidatures/{number}/avis").submit("Envoyer un nouveau lien à Dominique Inventé")
    second = link(world)
    dead = [stranger(world, app).get(path, 404).text for path in (first, "/avis/inconnu")]
    lost = writing.submit("Envoyer mon avis", filled(writing), expect=404)
    assert SAID in lost.text  # not recorded, and given back
    page = employer.get(second)
    assert SAID in page.text  # the draft outlives its link
    world.clock.advance(days=31)
    dead.append(stranger(world, app).get(second, 404).text)
    page.submit("Envoyer mon avis", filled(page), expect=404)
    assert row(world).answered_at is None
    shown = candidate.get(f"/candidatures/{number}/avis")
    assert "expirée" in shown.text
    shown.submit("Envoyer un nouveau lien à Dominique Inventé")
    third = link(world)
    candidate.get(f"/candidatures/{number}/avis").submit("Retirer la demande à Dominique Inventé")
    assert journal(world.services)[-1][1] == "employer_question_withdrawn"
    assert "Demande d'avis retirée" in signed_in(world, app, "admin").get(f"/journal/{number}").text
    dead.append(stranger(world, app).get(third, 404).text)
    assert len(set(dead)) == 1


def test_sent_once_and_read_by_the_link_until_it_expires(world: World, app: Flask) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    ask(signed_in(world, app, "candidat"), number)
    path, employer = link(world), stranger(world, app)
    page = employer.get(path)
    page.submit("Envoyer mon avis", filled(page))
    twice = employer.follow(page.submit("Envoyer mon avis", filled(page, level="not_shown")))
    assert "Cet avis est déjà envoyé" in twice.text
    assert "Le fait régulièrement" in twice.text
    assert len([1 for _, event, _ in journal(world.services) if event == "employer_answered"]) == 1
    candidate = signed_in(world, app, "candidat")
    assert "Retirer la demande" not in candidate.get(f"/candidatures/{number}/avis").text
    world.clock.advance(days=31)
    employer.get(path, 404)
    assert SAID in signed_in(world, app, "candidat").get(f"/candidatures/{number}/avis").text


def test_two_pages_of_one_link_the_second_keeps_the_text(world: World, app: Flask) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    ask(signed_in(world, app, "candidat"), number)
    path, employer = link(world), stranger(world, app)
    one, two = employer.get(path), employer.get(path)
    one.submit("Enregistrer le brouillon", filled(one))
    stale = two.submit("Enregistrer le brouillon", filled(two, general="Écrit dans l'autre onglet."), expect=409)
    assert "Écrit dans l'autre onglet." in stale.text
    assert row(world).general == GENERAL
    stale.submit("Enregistrer le brouillon")
    assert row(world).general == "Écrit dans l'autre onglet."


def test_after_the_evaluation_nobody_writes_any_more(world: World, app: Flask) -> None:
    story = world.candidacy(Step.EVALUATION)
    ask(signed_in(world, app, "candidat"), story.number)
    path, employer = link(world), stranger(world, app)
    page = employer.get(path)
    at_step(world, Step.JURY_PENDING)
    page.submit("Envoyer mon avis", filled(page), expect=404)
    employer.get(path, 404)
    shown = signed_in(world, app, "candidat").get(f"/candidatures/{story.number}/avis")
    assert "Envoyer la demande" not in shown.text
    assert "Envoyer un nouveau lien" not in shown.text


def test_the_commission_and_the_auditor_read_it_where_they_work(world: World, app: Flask) -> None:
    number = world.candidacy(Step.EVALUATION).number
    given(world, app, number)
    for local in ("evaluateur1", "auditeur"):
        reader = signed_in(world, app, local)
        assert SAID in reader.get(f"/candidatures/{number}/dossier").text
        assert GENERAL in reader.get(f"/candidatures/{number}/evaluation").text
        read = reader.get(f"/candidatures/{number}/avis")
        assert SAID in read.text
        assert CHEF not in read.text
        assert not read.soup.select("main form")


def test_the_jury_reads_it_beside_the_summary(world: World, app: Flask) -> None:
    number = world.candidacy(Step.JURY_SCHEDULED).number
    at_step(world, Step.EVALUATION)
    given(world, app, number)
    at_step(world, Step.JURY_SCHEDULED)
    juror = signed_in(world, app, "jury-employeurs")
    assert GENERAL in juror.get(f"/candidatures/{number}/jury").text
    assert SAID in juror.get(f"/candidatures/{number}/avis").text
    assert GENERAL not in signed_in(world, app, "secretaire").get(f"/candidatures/{number}/jury").text


@pytest.mark.parametrize(
    "local", ["conseiller", "planificateur", "secretaire", "admin", "candidat.b", "conseiller.b", "jury-employeurs"]
)
def test_nobody_else_meets_anything_of_it(world: World, app: Flask, local: str) -> None:
    number = world.candidacy(Step.EVALUATION).number
    given(world, app, number)
    client = signed_in(world, app, local)
    client.get(f"/candidatures/{number}/avis", expect=404)
    for path in (f"/candidatures/{number}", f"/candidatures/{number}/dossier", f"/candidatures/{number}/evaluation"):
        page = client.get(path, expect=(200, 404))
        assert SAID not in page.text
        assert GENERAL not in page.text
        assert "Atelier Fictif" not in page.text


def test_a_link_opens_its_own_question_and_no_other(world: World, app: Flask) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    given(world, app, number)
    ask(signed_in(world, app, "candidat"), number, email="autre@atelier-fictif.example", organisation="Usine Inventée")
    other = stranger(world, app).get(link(world, "autre@atelier-fictif.example"))
    for never in (SAID, "Atelier Fictif", CHEF):
        assert never not in other.text


def test_the_database_keeps_an_opinion_that_was_sent(world: World, app: Flask) -> None:
    given(world, app, world.candidacy(Step.INTERVIEW_PENDING).number)
    for statement in (
        "UPDATE employer_opinion SET general = 'autre'",
        "DELETE FROM opinion_line",
        "UPDATE opinion_line SET level = 'not_shown'",
    ):
        with pytest.raises(IntegrityError, match="does not change"), world.services.database.writing() as session:
            session.execute(text(statement))


def test_the_secret_is_in_no_log_and_in_no_row_but_the_mail(
    world: World, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    path = given(world, app, number)
    secret = path.rpartition("/")[2]
    stranger(world, app).get(path)
    logged = capsys.readouterr().err
    assert "/avis/<secret>" in logged
    assert secret not in logged
    assert secret not in str(journal(world.services))
    assert row(world).secret_hash != secret
