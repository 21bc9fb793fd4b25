"""Each hour: tells whoever must act that a legal delay runs out, once for each alert of `workflows.alerts`."""

from __future__ import annotations

from datetime import date, timedelta

import structlog
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.actions import leaving, letter_parts, outbox
from vae_portal.actions.services import Services
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, dues
from vae_portal.persistence.tables import Candidacy, DeadlineAlert, Person
from workflows.alerts import ALERTS, Alert, owed
from workflows.clocks import civil_date
from workflows.facts import CLOCK_ACTOR
from workflows.regimes import Regime
from workflows.steps import Due, clock_of
from workflows.vocabulary import Role, Step

log = structlog.get_logger(__name__)


def send_alerts(services: Services) -> int:
    """How many alerts were told; one candidacy in trouble does not make the others wait."""
    today = civil_date(services.clock())
    with services.database.reading() as session:
        waiting = [number for alert in ALERTS for number in session.scalars(_reached(alert, today))]
    told, faults = 0, []
    for number in dict.fromkeys(waiting):
        try:
            told += _tell(services, number, today)
        except Exception as fault:
            log.exception("alert_failed", candidacy=number)
            faults.append(fault)
    if faults:
        raise faults[0]
    return told


def _reached(alert: Alert, today: date) -> Select[str]:
    """Numbers of the candidacies whose day for this alert has come and which were told nothing as pressing."""
    due = dues.due_on()
    told = select(DeadlineAlert.id).where(
        DeadlineAlert.candidacy_id == Candidacy.id,
        DeadlineAlert.due_on == due,
        DeadlineAlert.days_left <= alert.days_left,
    )
    return (
        select(Candidacy.number)
        .where(or_(*(_runs(alert, regime) for regime in Regime)))
        .where(due <= today + timedelta(days=alert.days_left), ~exists(told))
        .order_by(due, Candidacy.id)
    )


def _runs(alert: Alert, regime: Regime) -> ColumnElement[bool]:
    """At these steps, under this regime, the delay of the alert runs."""
    steps = [step for step in Step if clock_of(step, regime) == alert.clock]
    return (Candidacy.regime == regime.value) & Candidacy.step.in_(steps)


def _tell(services: Services, number: str, today: date) -> int:
    """In one transaction: the row that makes it once, the journal, the mails."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, CLOCK_ACTOR, number)
        due = dues.running(session, candidacy)
        alert = owed(due.delay, (due.on - today).days) if due else None
        if due is None or alert is None or not _first(services, session, candidacy, due, alert):
            return 0
        details = {"due_on": due.on, "days_left": (due.on - today).days}
        chain = journal.candidacy_chain(candidacy.id)
        journal.record(session, chain, "deadline_told", None, services.clock(), details)
        for person in _people(session, candidacy, alert, today):
            outbox.post(
                session,
                centre_id=candidacy.centre_id,
                to=person.email,
                template=alert.template,
                context={
                    **leaving.about_candidacy(candidacy, person, services.settings.base_url),
                    "due_on": due.on.isoformat(),
                    "days_left": (due.on - today).days,
                    "article": letter_parts.law(candidacy)[alert.clock.delay.name],
                },
                now=services.clock(),
                candidacy_id=candidacy.id,
            )
        return 1


def _first(services: Services, session: Session, candidacy: Candidacy, due: Due, alert: Alert) -> bool:
    row = insert(DeadlineAlert).values(
        candidacy_id=candidacy.id, due_on=due.on, days_left=alert.days_left, told_at=services.clock()
    )
    return session.execute(row.on_conflict_do_nothing().returning(DeadlineAlert.id)).first() is not None


def _people(session: Session, candidacy: Candidacy, alert: Alert, today: date) -> list[Person]:
    """Each once; the administrators when a centre has nobody in these roles."""
    found: dict[int, Person] = {}
    for role in alert.to:
        if role is Role.ADVISOR:
            told = leaving.advisors_of(session, candidacy, today)
        else:
            told = leaving.holding(session, candidacy.centre_id, role)
        found |= {person.id: person for person in told}
    found.pop(candidacy.person_id, None)  # nobody is told about their own as staff
    return list(found.values()) or leaving.holding(session, candidacy.centre_id, Role.ADMINISTRATOR)
