"""What a letter or the minutes say of a candidacy is in French: no code, no date as machines write it."""

from __future__ import annotations

import json
import re

from sqlalchemy import select

from tests.support.builders import World
from vae_portal.persistence.tables import Candidacy, Document
from workflows.vocabulary import Step


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


def test_the_summary_of_an_assessment_names_how_it_was_done(world: World) -> None:
    world.candidacy(Step.JURY_PENDING)
    blocks = context_of(world, "assessment_summary")["blocks"]
    told = {c["modality"] for block in blocks for c in block["capabilities"]}
    assert told == {"Présentation de projets ou d'activités"}
