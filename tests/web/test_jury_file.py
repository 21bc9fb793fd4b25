"""The file of a closed jury for the national joint group: whole, checkable, and taken by those who may."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

from flask import Flask
from sqlalchemy import select

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.tables import JurySession, MinutesDeed
from workflows.vocabulary import Step


def signed_in(world: World, app: Flask, local: str) -> PageClient:
    client = PageClient(app, world.services.database.engine)
    client.sign_in(world.email(local), PASSWORD)
    return client


def test_composition_minutes_and_attendance_in_one_archive_that_checks_itself(world: World, app: Flask) -> None:
    world.candidacy(Step.CERTIFIED)
    run_until_empty(world.services)
    with world.services.database.reading() as session:
        key = session.scalars(select(JurySession.id)).one()
        deed = session.scalars(select(MinutesDeed)).one()
    secretary = signed_in(world, app, "secretaire")
    made = secretary.get(f"/jurys/{key}").submit("Emporter le dossier du jury", expect=200)
    with zipfile.ZipFile(io.BytesIO(made.response.data)) as kept:
        assert kept.testzip() is None
        content = {name: kept.read(name) for name in kept.namelist()}
    sums = dict(line.split("  ")[::-1] for line in content.pop("SHA256SUMS").decode().splitlines())
    assert {name: hashlib.sha256(data).hexdigest() for name, data in content.items()} == sums
    assert content[f"{deed.number}.json"] == deed.content.encode()
    assert json.loads(deed.content)
    lines = list(csv.DictReader(io.StringIO(content["composition.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [line["Vote"] for line in lines] == ["oui"] * 4
    assert {line["Collège"] for line in lines} == {"employeurs", "salariés"}
    assert any(name.startswith("documents/minutes-") for name in content)
    assert journal(world.services)[-1][1] == "jury_file_taken_away"


def test_not_before_the_closing_nor_by_a_juror(world: World, app: Flask) -> None:
    world.candidacy(Step.JURY_SCHEDULED)
    with world.services.database.reading() as session:
        key = session.scalars(select(JurySession.id)).one()
    secretary = signed_in(world, app, "secretaire")
    page = secretary.get(f"/jurys/{key}")
    assert "Emporter le dossier du jury" not in page.text
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    refused = secretary.follow(secretary.post(f"/jurys/{key}/dossier", {"csrf_token": token}))
    assert "une fois la séance close" in refused.text
    juror = signed_in(world, app, "jury-salaries")
    token = juror.get(f"/jurys/{key}").soup.select_one("input[name=csrf_token]")["value"]
    juror.post(f"/jurys/{key}/dossier", {"csrf_token": token}, 404)
