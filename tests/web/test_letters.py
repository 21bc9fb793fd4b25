"""What a letter or the minutes say of a candidacy is in French: no code, no date as machines write it."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from tests.support.builders import World
from vae_portal.demonstration.employers import employer_says
from vae_portal.errors import ActionRefused
from vae_portal.persistence.tables import Candidacy, Document
from workflows.vocabulary import OpinionLevel, Step


def context_of(world: World, kind: str) -> dict:  # type: ignore[type-arg]
    """What the only document of a kind was given to say."""
    with world.services.database.reading() as session:
        return dict(session.scalars(select(Document.context).where(Document.kind == kind)).one())


def test_the_summary_of_a_request_says_answers_as_the_candidate_saw_them(world: World) -> None:
    draft = world.candidacy(Step.DRAFT)
    with world.services.database.writing() as session:
        row = session.scalars(select(Candidacy).where(Candidacy.number == draft.number)).one()
        row.request = {**row.request, "nature": "renewal"}
    draft.submit()
    summary = context_of(world, "request_summary")
    assert summary["nature"] == "renouvellement"
    rows = {row["label"]: row["value"] for section in summary["sections"] for row in section["rows"]}
    assert rows["Adresse électronique"] == "candidat@demo.example"
    assert rows["Nationalité"] == "Française"
    assert rows["Situation actuelle"] == "En emploi salarié"
    assert rows["Date de naissance"] == "14 mai 1987"
    assert summary["experiences"][0]["period"] == "3 septembre 2018 à ce jour"
    assert summary["experiences"][0]["working_time"] == "Temps plein"
    assert summary["hours_total"].replace("\u202f", " ") == "11 320 heures"
    assert summary["overlaps"] == ["Les expériences 1 et 2 se recouvrent de mars 2019 à juin 2021."]
    assert "Attestation d'activité, expérience 2" in {p["title"] for p in summary["pieces"]}
    assert not re.search(r"\d{4}-\d\d-\d\d\b(?!T)", json.dumps(summary["sections"]))


def test_the_summary_of_an_assessment_tells_how_it_was_done_where_opinions_differed_and_what_an_employer_saw(
    world: World,
) -> None:
    story = world.candidacy(Step.EVALUATION)
    story.assess(("C7",)).sign()
    said = employer_says(story, story.clock.now, {"C1": OpinionLevel.PARTLY})
    with pytest.raises(ActionRefused, match="La signature manque de"):
        story.close_evaluation()  # what the employer says is part of what is signed
    story.sign().close_evaluation()
    context = context_of(world, "assessment_summary")
    rows = {c["code"]: c for block in context["blocks"] for c in block["capabilities"]}
    assert {row["modality"] for row in rows.values()} == {"Présentation de projets ou d'activités"}
    assert [code for code, row in rows.items() if row["disagreement"]] == ["C7"]
    assert rows["C1"]["opinions"] == [f"{said} : Le fait en partie. Sur mon atelier."]
    assert said in context["company_opinion"]
