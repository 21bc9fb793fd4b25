"""Loads what the rules need to know of one candidacy, in a number of statements that depends on its step alone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from vae_portal.persistence.queries import dossiers, fraud, hearings, juries, offers, requests, review
from vae_portal.persistence.tables import (
    Candidacy,
    CandidacyBlock,
    CertificationVersion,
    OpeningDecision,
    SupplementItem,
    VersionRegime,
)
from vae_portal.persistence.tables import Decision as DecisionRow
from workflows import clocks
from workflows.facts import Block, DossierFacts, EarlierRequest, Facts, RequestFacts
from workflows.regimes import Period, Regime, in_force
from workflows.vocabulary import Action, Right, Step
from workflows.who_may_do_what import RESULTS, RIGHTS, RULES, WITH_INTERVIEW, WITH_SESSION

# What the rules look at where.
_WITH_COMMISSION = {
    *RULES[Action.SCHEDULE_INTERVIEW].steps,
    *RULES[Action.OPEN_EVALUATION].steps,
    *RULES[Action.CLOSE_EVALUATION].steps,
}
_WITH_DOSSIER = {*RULES[Action.DEPOSIT_DOSSIER].steps, *RULES[Action.DEPOSIT_DOSSIER].to}


def load(session: Session, candidacy: Candidacy, now: datetime, scanning: bool) -> Facts:
    """The facts of a candidacy that was loaded with `candidacies.WHOLE`; `now` is an aware instant."""
    step = Step(candidacy.step)
    targeted, held = _blocks(session, candidacy)
    blocks = tuple(
        Block(b.code, b.title, tuple(c.code for c in b.capabilities))
        for b in sorted(candidacy.version.blocks, key=lambda b: b.position)
    )
    return Facts(
        candidacy_id=candidacy.id,
        centre_id=candidacy.centre_id,
        candidate_id=candidacy.person_id,
        step=step,
        blocks=blocks,
        targeted=targeted,
        held=held,
        request=_request(session, candidacy, now, held),
        dossier=dossiers.facts(session, candidacy, scanning) if step in _WITH_DOSSIER else DossierFacts(),
        advisor_id=candidacy.advisor_id,
        handled=hearings.handled(session, [candidacy.id])[candidacy.id] if step in _WITH_COMMISSION else frozenset(),
        interview=hearings.facts(session, candidacy) if step in WITH_INTERVIEW else None,
        offers=offers.facts(session, candidacy.id) if step is Step.INTERVIEW_PENDING else (),
        session=juries.facts_for(session, candidacy) if step in WITH_SESSION else None,
        fraud=fraud.facts_for(session, candidacy) if step in RESULTS else None,
        notice_days=candidacy.centre.notice_days,
        regime=regime_of(session, candidacy, clocks.civil_date(now)),
    )


def _blocks(session: Session, candidacy: Candidacy) -> tuple[frozenset[str], frozenset[str]]:
    codes = {b.id: b.code for b in candidacy.version.blocks}
    rows = session.execute(
        select(CandidacyBlock.block_id, CandidacyBlock.targeted, CandidacyBlock.declared_held, DecisionRow.round)
        .outerjoin(DecisionRow, DecisionRow.id == CandidacyBlock.acquired_by)
        .where(CandidacyBlock.candidacy_id == candidacy.id)
    ).all()
    held = {codes[r.block_id] for r in rows if r.declared_held or (r.round is not None and r.round < candidacy.round)}
    targeted = {codes[r.block_id] for r in rows if r.targeted} - held
    return frozenset(targeted), frozenset(held)


def _request(session: Session, candidacy: Candidacy, now: datetime, held: frozenset[str]) -> RequestFacts:
    version = candidacy.version
    editing = candidacy.step in RIGHTS[Right.EDIT_REQUEST].steps
    problems: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    if editing:
        found = requests.lacking(session, candidacy, held, clocks.civil_date(now))
        problems = tuple(p.sentence for p in found)
        unanswered = tuple(
            session.scalars(
                select(SupplementItem.what)
                .where(SupplementItem.candidacy_id == candidacy.id, ~SupplementItem.closed)
                .where(SupplementItem.answered_at.is_(None))
                .order_by(SupplementItem.id)
            )
        )
    draft = candidacy.step == Step.DRAFT
    studied = candidacy.step in RIGHTS[Right.REVIEW_PIECES].steps
    verifiable = candidacy.step in RIGHTS[Right.VERIFY_IDENTITY].steps
    return RequestFacts(
        certification_id=version.certification_id,
        whole=candidacy.whole,
        registered_from=version.registered_from,
        registered_until=version.registered_until,
        opened_until=opened_until(session, candidacy) if draft else None,
        problems=problems,
        earlier_requests=_earlier(session, candidacy, clocks.civil_date(now)) if draft else (),
        acknowledged_on=candidacy.acknowledged_on,
        unanswered=unanswered,
        to_ask=tuple((judged.what, judged.reason) for judged in review.to_ask(session, candidacy.id))
        if studied
        else (),
        identity_given=verifiable and review.identity_is_readable(session, candidacy.id),
        identity_verified_on=candidacy.identity_verified_on,
        appealed=candidacy.appealed,
        refused_by=candidacy.refused_by,
        notified_on=candidacy.notified_on,
        stepped_on=candidacy.candidate_stepped_on,
    )


def regime_of(session: Session, candidacy: Candidacy, today: date) -> Regime:
    """The regime recorded when the request was sent; until then, that of its version on that day."""
    if candidacy.regime is not None:
        return Regime(candidacy.regime)
    rows = session.scalars(select(VersionRegime).where(VersionRegime.version_id == candidacy.version_id))
    return in_force((Period(Regime(row.regime), row.since, row.until) for row in rows), today)


def opened_until(session: Session, candidacy: Candidacy) -> date | None:
    """Until when the centre's latest opening decision lets new requests in; None without one."""
    return session.scalars(
        select(OpeningDecision.until)
        .where(OpeningDecision.centre_id == candidacy.centre_id, OpeningDecision.version_id == candidacy.version_id)
        .order_by(OpeningDecision.id.desc())
        .limit(1)
    ).first()


def _earlier(session: Session, candidacy: Candidacy, today: date) -> tuple[EarlierRequest, ...]:
    rows = session.execute(
        select(CertificationVersion.certification_id, Candidacy.whole)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .where(Candidacy.person_id == candidacy.person_id, Candidacy.id != candidacy.id)
        .where(extract("year", Candidacy.submitted_on) == today.year)
    )
    return tuple(EarlierRequest(r.certification_id, r.whole) for r in rows)
