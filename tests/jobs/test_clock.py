"""Silence admits on its legal day, through the same door as people, and only where the rules allow it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import select

from tests.jobs.reading import journal, row
from tests.persistence.rows import a_candidacy
from vae_portal.actions.services import Services
from vae_portal.jobs.clock import admit_tacitly
from vae_portal.persistence.tables import Candidacy, Document, OutboxMail
from workflows.vocabulary import Step

LAST_SILENT_DAY = datetime(2026, 3, 5, 22, 59, tzinfo=UTC)  # still 5 March in Paris
LEGAL_DAY = datetime(2026, 3, 5, 23, 1, tzinfo=UTC)  # 6 March in Paris


def _waiting(services: Services, step: Step = Step.ADMISSIBILITY_REVIEW, since: date | None = date(2026, 1, 5)) -> int:
    with services.database.writing() as session:
        return a_candidacy(session, step, acknowledged_on=since, notified_on=None).id


def _at(services: Services, instant: datetime) -> Services:
    return replace(services, clock=lambda: instant)


def test_silence_admits_on_the_legal_day_not_before(services: Services) -> None:
    candidacy_id = _waiting(services)
    assert admit_tacitly(_at(services, LAST_SILENT_DAY)) == 0
    assert row(services, Candidacy, candidacy_id).step == Step.ADMISSIBILITY_REVIEW
    assert admit_tacitly(_at(services, LEGAL_DAY)) == 1
    admitted = row(services, Candidacy, candidacy_id)
    assert admitted.step == Step.DOSSIER_PREPARATION
    assert admitted.notified_on == date(2026, 3, 6)


def test_the_legal_day_counts_whatever_the_day_the_job_ran(services: Services) -> None:
    candidacy_id = _waiting(services)
    assert admit_tacitly(_at(services, datetime(2026, 4, 20, 8, 0, tzinfo=UTC))) == 1
    assert row(services, Candidacy, candidacy_id).notified_on == date(2026, 3, 6)


def test_it_is_done_once_told_in_the_journal_and_to_the_candidate(services: Services) -> None:
    candidacy_id = _waiting(services)
    assert admit_tacitly(_at(services, LEGAL_DAY)) == 1
    assert admit_tacitly(_at(services, LEGAL_DAY)) == 0
    ((chain, event, details),) = journal(services)
    assert (chain, event) == (f"candidacy:{candidacy_id}", "admit_tacitly")
    assert details["to"] == "dossier_preparation"
    with services.database.reading() as session:
        assert session.scalars(select(Document.kind)).all() == ["tacitly_admissible"]
        assert "tacitly_admissible" in session.scalars(select(OutboxMail.template)).all()


def test_nothing_else_is_admitted(services: Services) -> None:
    others = [
        _waiting(services, since=None),
        _waiting(services, since=date(2026, 1, 6)),
        _waiting(services, Step.ADMISSIBILITY_INCOMPLETE),
    ]
    assert admit_tacitly(_at(services, LEGAL_DAY)) == 0
    assert {row(services, Candidacy, other).revision for other in others} == {0}
