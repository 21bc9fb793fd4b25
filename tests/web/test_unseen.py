"""Before the jury has pronounced, nothing that evaluators wrote reaches the candidate, whatever address they try."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from tests.support.builders import World
from tests.web.test_conversation import Talk, every_address
from vae_portal.actions import alone, preparing
from vae_portal.actions.alone import OwnPart
from vae_portal.demonstration import grids
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.tables import Document
from workflows.facts import Given
from workflows.vocabulary import Action, OwnVerdict, Step

SECRET = "zébulon"


def test_the_candidate_meets_no_note_no_question_no_verdict_no_summary(app: Flask, world: World) -> None:
    talk = Talk(app, world, Step.EVALUATION)
    story = world.stories[-1]
    services, number = story.services, talk.number
    for evaluator in story.evaluators:
        preparing.save_notes(services, evaluator, number, {"C1": f"{SECRET} note"}, {"C1": 0})
        key = preparing.ask(services, evaluator, number, "C1", f"{SECRET} question ?")
        part = OwnPart(OwnVerdict.NOT_ACQUIRED, f"{SECRET} motif", f"{SECRET} vu")
        seen = {"C1": 0, f"q{key}": 0}
        alone.save(services, evaluator, number, {"C1": part}, {key: f"{SECRET} réponse"}, seen)
        alone.share(services, evaluator, number)
    written = grids.verdicts(story.targeted(), ("C1",))
    verdicts = tuple(replace(v, observations=f"{SECRET} texte") for v in written)
    story.act(Action.ASSESS, story.evaluators[0], Given(verdicts=verdicts), observations=SECRET, modality="projects")
    story.sign().close_evaluation()
    run_until_empty(services)
    summary = talk.one(select(Document.number).where(Document.kind == "assessment_summary"))
    candidate, seen_pages = talk.as_("candidat"), 0
    for path in every_address(talk, candidate):
        answer = candidate.http.get(path)
        data = answer.get_data()
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as kept:
                data = b"\n".join(map(kept.read, kept.namelist()))
        assert SECRET.encode() not in data, path
        assert "récapitulatif des évaluations" not in data.decode("utf-8", "replace").lower(), path
        seen_pages += answer.status_code == 200
    assert seen_pages > 30
    assert candidate.http.get(f"/documents/{summary}").status_code == 404
    for page in ("ma-grille", "evaluation", "evaluation/signature"):
        assert candidate.http.get(f"/candidatures/{number}/{page}").status_code == 404
