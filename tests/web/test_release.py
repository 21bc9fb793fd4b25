"""Results leave together, when the president says so, and the candidate knows nothing a minute before."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select, text

from tests.jobs.reading import jobs, journal
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.team import mails
from tests.web.test_conversation import Talk, every_address
from vae_portal.actions import results
from vae_portal.actions.perform import perform
from vae_portal.demonstration import sittings
from vae_portal.documents.fill import fill
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.tables import Award, Candidacy, Decision, Document, JurySession
from workflows.facts import Given
from workflows.vocabulary import Action, Ground, Role, Step


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


def close(world: World) -> int:
    """The session that pronounced is closed; its id."""
    with world.services.database.reading() as session:
        row = session.scalars(select(JurySession)).one()
    secretary = world.cast.actor("secretaire", Role.JURY_SECRETARY)
    sittings.close_session(world.services, secretary, row.id, world.clock())
    return row.id


REVOKED = Given(reason="Erreur de droit.", ground=Ground.ERROR_OF_LAW)
TITLES = ("result_all", "result_some", "result_none", "certificate", "block_certificate")
TOLD = re.compile(
    r"certification obtenue|vous avez obtenu|blocs? acquis|non admissible|décision prononcée|résultat de votre", re.I
)


@pytest.mark.parametrize("step", [Step.CERTIFIED, Step.PARTIALLY_VALIDATED, Step.NOT_VALIDATED])
def test_between_pronouncing_and_release_the_candidate_meets_none_of_it(app: Flask, world: World, step: Step) -> None:
    story = world.candidacy(step, released=False)
    close(world)
    run_until_empty(world.services)
    talk = Talk.__new__(Talk)
    talk.app, talk.world, talk.services, talk.number = app, world, world.services, story.number
    candidate, seen = talk.as_("candidat"), 0
    for path in every_address(talk, candidate):
        if path.startswith(("/ma-candidature/nouvelle", "/aide", "/verifier", "/donnees", "/certifications")):
            continue
        answer = candidate.http.get(path)
        data = answer.get_data()
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as kept:
                data = b"\n".join(map(kept.read, kept.namelist()))
        found = TOLD.search(data.decode("utf-8", "replace"))
        assert found is None, (path, found)
        seen += answer.status_code == 200
    assert seen > 20
    page = candidate.get(f"/ma-candidature/{story.number}")
    assert "Inscrit à un jury" in page.text
    with world.services.database.reading() as session:
        assert session.scalars(select(Award.id)).all() == []
        assert not session.scalars(select(Document.id).where(Document.kind.startswith("result"))).all()
    assert "result" not in {mail.template for mail in mails(world.services, world.email("candidat"))}


def test_released_by_the_president_everything_leaves(app: Flask, world: World) -> None:
    story = world.candidacy(Step.CERTIFIED, released=False)
    president, secretary = signed_in(world, app, "jury-employeurs"), signed_in(world, app, "secretaire")
    with world.services.database.reading() as session:
        key = session.scalars(select(JurySession.id)).one()
    assert "Remettre les résultats" not in president.get(f"/jurys/{key}").text  # not before it is closed
    close(world)
    assert "Remettre les résultats" not in secretary.get(f"/jurys/{key}").text
    page = president.get(f"/jurys/{key}")
    assert "Aucun candidat ne connaît le sien" in page.text
    done = president.follow(page.submit("Remettre les résultats"))
    assert "1 résultat est remis" in done.text
    candidate = signed_in(world, app, "candidat")
    assert "Vous avez obtenu la certification" in candidate.get(f"/ma-candidature/{story.number}").text
    run_until_empty(world.services)
    assert {status for name, status, _ in jobs(world.services) if name == "tell_result"} == {"succeeded"}
    with world.services.database.reading() as session:
        awards = session.scalars(select(Award).order_by(Award.serial)).all()
        kinds = sorted(session.scalars(select(Document.kind).where(Document.kind.in_(TITLES))))
    assert [a.serial for a in awards] == [1, 2, 3, 4]
    assert [a.block_id is None for a in awards] == [False, False, False, True]
    assert kinds == ["block_certificate"] * 3 + ["certificate", "result_all"]
    assert "1 sur 1 résultat ; 5 sur 5 documents" in president.get(f"/jurys/{key}").text
    assert "result" in {mail.template for mail in mails(world.services, world.email("candidat"))}
    results.tell(world.services, awards[0].decision_id)  # a job that is tried again
    with world.services.database.reading() as session:
        assert len(session.scalars(select(Award.id)).all()) == 4
    events = [event for _, event, _ in journal(world.services)]
    assert events.count("release_result") == events.count("results_released") == 1


def test_a_page_that_is_old_or_a_second_press_releases_nothing_more(app: Flask, world: World) -> None:
    world.candidacy(Step.CERTIFIED, released=False)
    key = close(world)
    first, second = signed_in(world, app, "jury-employeurs"), signed_in(world, app, "jury-employeurs")
    one, other = first.get(f"/jurys/{key}"), second.get(f"/jurys/{key}")
    first.follow(one.submit("Remettre les résultats"))
    assert "Quelqu'un a changé cette séance" in second.follow(other.submit("Remettre les résultats")).text
    assert len([name for name, _, _ in jobs(world.services) if name == "tell_result"]) == 1


def test_a_decision_revoked_before_the_release_was_never_known(app: Flask, world: World) -> None:
    story = world.candidacy(Step.CERTIFIED, released=False)
    key = close(world)
    perform(world.services, story.president, story.number, Action.REVOKE_DECISION, REVOKED)
    run_until_empty(world.services)
    candidate = signed_in(world, app, "candidat")
    page = candidate.get(f"/ma-candidature/{story.number}")
    for words in ("Décision prononcée", "rapportée", "Erreur de droit"):
        assert words not in page.text
    assert "decision_revoked" not in {mail.template for mail in mails(world.services, world.email("candidat"))}
    assert "n'a rendu aucune décision" in signed_in(world, app, "jury-employeurs").get(f"/jurys/{key}").text


def test_a_decision_revoked_afterwards_withdraws_what_it_granted(app: Flask, world: World) -> None:
    story = world.candidacy(Step.CERTIFIED)
    perform(world.services, story.president, story.number, Action.REVOKE_DECISION, REVOKED)
    with world.services.database.reading() as session:
        awards = session.scalars(select(Award)).all()
        code = awards[-1].code
    assert len(awards) == 4
    assert all(a.withdrawn_at is not None for a in awards)
    assert "retiré" in signed_in(world, app, "secretaire").get("/registre").text
    told = PageClient(app).get("/verifier").submit("Vérifier", {"code": code}, expect=200)
    assert "Titre retiré le" in told.text


def test_late_results_show_on_the_session_and_in_the_list(app: Flask, world: World) -> None:
    world.candidacy(Step.CERTIFIED, released=False)
    key = close(world)
    secretary = signed_in(world, app, "secretaire")
    assert "bad" not in str(secretary.get("/jurys").soup.find(string=re.compile("Résultats à notifier")).parent)
    world.clock.move_to(world.clock() + timedelta(days=20))
    late = secretary.get("/jurys").soup.find(string=re.compile("Résultats à notifier")).parent
    assert "bad" in " ".join(late.get("class", []))
    assert "À notifier" in secretary.get(f"/jurys/{key}").text


# What the papers say


def pictures(data: bytes) -> list[Image.Image]:
    with zipfile.ZipFile(io.BytesIO(data)) as kept:
        return [Image.open(io.BytesIO(kept.read(n))) for n in kept.namelist() if n.startswith("word/media/")]


def test_the_qr_code_of_each_title_leads_to_what_confirms_it(app: Flask, world: World) -> None:
    world.candidacy(Step.CERTIFIED)
    visitor, read = PageClient(app), []
    with world.services.database.reading() as session:
        papers = session.scalars(
            select(Document).where(Document.kind.in_(("certificate", "block_certificate"))).order_by(Document.id)
        ).all()
        numbers = set(session.scalars(select(Award.number)))
    assert len(papers) == 4
    for paper in papers:
        (picture,) = pictures(fill(paper.kind, paper.context))
        (code,) = zxingcpp.read_barcodes(picture.convert("L").resize((400, 400)))
        address = code.text.removeprefix(world.services.settings.base_url)
        page = visitor.get(address)
        assert "Authentique" not in page.text  # a link checks nothing by itself
        answer = page.submit("Vérifier", expect=200).text
        assert "Authentique : titre délivré le" in answer
        assert "C. E." in answer
        for secret in ("Camille", "Exemple", world.stories[0].number):
            assert secret not in answer
        read.append(next(number for number in numbers if number in answer))
    assert set(read) == numbers


def test_how_long_it_is_valid_is_the_version_s(app: Flask, world: World) -> None:
    with world.services.database.writing() as session:
        session.execute(text("UPDATE certification_version SET block_validity_months = 60"))
    world.candidacy(Step.PARTIALLY_VALIDATED)
    with world.services.database.reading() as session:
        awards = session.scalars(select(Award).order_by(Award.id)).all()
        letter = session.scalars(select(Document).where(Document.kind == "result_some")).one().context
    assert [(a.valid_until.year - a.granted_on.year) for a in awards] == [5, 5]
    assert letter["validity_competences"].startswith("24 mois, jusqu'au")
    assert [c["code"] for c in letter["competences_acquired"]] == ["C8"]
    world.clock.move_to(world.clock() + timedelta(days=5 * 366))
    told = PageClient(app).get("/verifier").submit("Vérifier", {"code": awards[0].code}, expect=200)
    assert "validité a pris fin" in told.text


def test_the_decision_stays_as_it_was_pronounced(world: World) -> None:
    story = world.candidacy(Step.CERTIFIED)
    with world.services.database.reading() as session:
        row = session.scalars(select(Decision).join(Candidacy).where(Candidacy.number == story.number)).one()
    assert row.told_at is not None
    assert row.revoked_at is None
