"""A suspected fraud as people live it: told, answered, heard, concluded; nothing withdrawn on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.team import mails
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Award, Candidacy, Decision, Document, FraudCase
from workflows import clocks
from workflows.vocabulary import Step

FACTS = "L'attestation de l'employeur n'a pas été écrite par lui."


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


@pytest.fixture
def certified(world: World) -> Story:
    return world.candidacy(Step.CERTIFIED)


def opened(world: World, app: Flask, number: str) -> PageClient:
    secretary = signed_in(world, app, "secretaire")
    page = secretary.get(f"/candidatures/{number}/fraude")
    done = page.submit("Ouvrir la procédure", {"grievances": FACTS})
    assert "La procédure est ouverte" in secretary.follow(done).text
    return secretary


def test_told_answered_heard_and_concluded(world: World, app: Flask, certified: Story) -> None:
    number = certified.number
    secretary = opened(world, app, number)
    assert "Faits reprochés" in mails(world.services, world.email("candidat"))[0].subject
    president, candidate = signed_in(world, app, "jury-employeurs"), signed_in(world, app, "candidat")
    waiting = president.get(f"/candidatures/{number}/fraude")
    assert "attendez sa réponse" in waiting.text
    assert "des faits vous sont reprochés" in candidate.get(f"/ma-candidature/{number}").text
    page = candidate.get(f"/ma-candidature/{number}/griefs")
    assert FACTS in page.text
    candidate.follow(page.submit("Envoyer ma réponse", {"answer": "C'est bien lui.", "hearing_asked": "y"}))
    assert "a répondu" in mails(world.services, world.email("secretaire"))[0].body
    assert "demandé à être entendue" in president.get(f"/candidatures/{number}/fraude").text
    today = clocks.civil_date(world.clock())
    heard = secretary.get(f"/candidatures/{number}/fraude").submit("Noter l'audition", {"heard_on": today.isoformat()})
    assert "L'audition est notée" in secretary.follow(heard).text
    ended = president.get(f"/candidatures/{number}/fraude").submit(
        "Conclure la procédure", {"established": "yes", "conclusion": "L'employeur a confirmé par écrit."}
    )
    assert "fraude établie" in president.follow(ended).text
    with world.services.database.reading() as session:
        assert session.scalars(select(Candidacy.step).where(Candidacy.number == number)).one() == Step.CERTIFIED.value
        assert session.scalars(select(Document).where(Document.kind == "fraud_notice")).one().context["grievances"]
    events = [event for _, event, _ in journal(world.services) if event.startswith("fraud")]
    assert events == ["fraud_case_opened", "fraud_answered", "fraud_hearing_noted", "fraud_case_ended"]
    assert "fraude établie" in candidate.get(f"/ma-candidature/{number}/griefs").text.lower()
    act = president.get(f"/candidatures/{number}/faire/revoke_decision")
    done = act.submit("Rapporter la décision", {"ground": "fraud", "reason": "Fraude établie le jour même."})
    president.follow(done)
    with world.services.database.reading() as session:
        decision = session.scalars(select(Decision)).one()
        assert decision.fraud_case_id is not None
        assert session.scalars(select(Award.withdrawn_at)).all()


def test_without_an_answer_one_waits_for_the_delay(world: World, app: Flask, certified: Story) -> None:
    opened(world, app, certified.number)
    world.clock.move_to(world.clock() + timedelta(days=16))
    president = signed_in(world, app, "jury-employeurs")
    page = president.get(f"/candidatures/{certified.number}/fraude")
    done = page.submit("Conclure la procédure", {"established": "no", "conclusion": "Aucune preuve."})
    assert "close sans suite" in president.follow(done).text
    with pytest.raises(IntegrityError, match="does not change"), world.services.database.writing() as session:
        session.execute(text("UPDATE fraud_case SET conclusion = 'autre'"))


def test_only_who_pronounced_concludes_and_bad_input_loses_nothing(world: World, app: Flask, certified: Story) -> None:
    number = certified.number
    secretary = opened(world, app, number)
    assert "Conclure la procédure" not in secretary.get(f"/candidatures/{number}/fraude").text
    colleague = signed_in(world, app, "jury-salaries").get(f"/candidatures/{number}/fraude")
    assert "Conclure la procédure" not in colleague.text
    candidate = signed_in(world, app, "candidat")
    refused = candidate.get(f"/ma-candidature/{number}/griefs").submit(
        "Envoyer ma réponse", {"answer": "x" * 10_001}, expect=422
    )
    assert "x" * 10_001 in refused.text
    with world.services.database.reading() as session:
        assert session.scalars(select(FraudCase)).one().answer == ""
