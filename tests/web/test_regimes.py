"""A candidacy keeps the regime of the day its request was sent: recorded, shown, cited in letters, counted."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from vae_portal.actions import referential
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused
from vae_portal.jobs.alerts import send_alerts
from vae_portal.persistence.queries import dues
from vae_portal.persistence.tables import Candidacy, Document, OutboxMail, VersionRegime
from workflows.regimes import Regime
from workflows.vocabulary import Step

TEXT = files("vae_portal.data").joinpath("rncp-28242.yaml").read_text("utf-8")
NONE = "regimes: [] # none stated: France VAE [choice]"


def stating(*lines: str) -> str:
    assert NONE in TEXT
    return TEXT.replace(NONE, "regimes:\n" + "\n".join(f"  - {{{line}}}" for line in lines))


def under(world: World, *lines: str) -> None:
    with world.services.database.writing() as session:
        assert referential.import_yaml(session, stating(*lines)) == world.cast.version_id


def the(services: Services) -> Candidacy:
    with services.database.reading() as session:
        return session.scalars(select(Candidacy)).one()


def test_the_regime_of_the_day_of_sending_is_kept(app: Flask, services: Services, world: World) -> None:
    under(world, "regime: transitional, since: 2020-01-01")
    story = world.candidacy(Step.DOSSIER_REVIEW)
    assert the(services).regime == Regime.TRANSITIONAL
    under(world, "regime: france_vae, since: 2020-01-01")  # in use, yet said anew: what was sent keeps its own
    assert the(services).regime == Regime.TRANSITIONAL
    client = PageClient(app, services.database.engine)
    client.sign_in(world.email("candidat"), PASSWORD)
    page = client.get(f"/ma-candidature/{story.number}")
    assert "Régime transitoire" in page.text
    assert "à titre indicatif" in page.text
    with services.database.reading() as session:
        letters = {row.kind: row.context for row in session.scalars(select(Document))}
        assert letters["receipt"]["law"]["answer"] == "article R. 335-7 du code de l'éducation"
        assert letters["admissible"]["lapse_on"] is None
        assert letters["deposit_receipt"]["jury_due_on"] is None
        mails = {row.template: row.body for row in session.scalars(select(OutboxMail))}
        assert "R. 335-7" in " ".join(mails["receipt"].split())
        assert session.scalar(select(dues.due_on())) is None  # no text sets a day
    services.clock.advance(days=400)  # type: ignore[attr-defined]
    assert send_alerts(services) == 0


def test_a_version_that_says_nothing_is_under_france_vae(services: Services, world: World) -> None:
    world.candidacy(Step.ADMISSIBILITY_REVIEW)
    assert the(services).regime == Regime.FRANCE_VAE
    with pytest.raises(IntegrityError, match="ck_candidacy_regime_recorded"), services.database.writing() as session:
        session.execute(update(Candidacy).values(regime=None))


def test_two_regimes_on_one_day_are_refused_by_the_file_and_by_the_database(services: Services, world: World) -> None:
    lines = ("regime: transitional, since: 2024-01-01, until: 2025-01-01", "regime: france_vae, since: 2025-01-01")
    with pytest.raises(InputRefused, match="se recouvrent"):
        under(world, *lines)
    for line in ("regime: autre, since: 2024-01-01", "regime: france_vae", "regime: france_vae, since: demain"):
        with pytest.raises(InputRefused, match="régime 1"):
            under(world, line)
    under(world, "regime: transitional, since: 2024-01-01, until: 2024-12-31", lines[1])
    with services.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(VersionRegime)) == 2
    day = date(2024, 12, 31)
    row = VersionRegime(version_id=world.cast.version_id, regime="france_vae", since=day, until=day + timedelta(1))
    with pytest.raises(IntegrityError, match="ex_version_regime_days"), services.database.writing() as session:
        session.add(row)
