"""The page of one candidacy for those who handle it, and the one page where an action without its own is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions.answers import hours_told
from vae_portal.documents.kinds import kind_of
from vae_portal.persistence.queries import case, commissions, dues, hearings, history, referential, requests
from vae_portal.web import acting, case_page, conversation, deposit_view, sharing
from vae_portal.web.access import current_actor, requires
from vae_portal.web.case import Case, load
from vae_portal.web.context import now, reading
from vae_portal.web.places import dossier_page
from vae_portal.web.presentation import day_and_hour, label
from workflows import clocks, following
from workflows.alerts import owed
from workflows.machine import may, roles_for
from workflows.steps import Due
from workflows.vocabulary import Right, Role
from workflows.who_may_do_what import LETTER_RIGHTS, STAFF

blueprint = Blueprint("candidacy", __name__)


@blueprint.get("/candidatures/<number>")
@requires(Right.SEE_CANDIDACY)
def show(number: str) -> ResponseReturnValue:
    """Where a candidacy stands, what is to be done, and everything that led there."""
    found = load(number)
    if found.own:
        return redirect(found.url)
    actor, today = current_actor(), clocks.civil_date(now())
    decisions = case.decisions(reading(), found.row.id)
    codes = {b.id: (b.code, b.title) for b in found.row.version.blocks}
    if decisions and found.facts.interview is None:  # the rules no longer look at it, people do
        found = replace(found, facts=replace(found.facts, interview=hearings.facts(reading(), found.row)))
    facts, running = found.facts, dues.running(reading(), found.row)
    return render_template(
        "candidacy/show.html",
        candidacy=found.row,
        facts=facts,
        today=today,
        phases=case_page.phase_bar(found.row, facts, decisions, running),
        due=case_page.due(running, today),
        alert=_alert(found, running, today),
        acts=found.buttons,
        blocks=case_page.blocks(facts, case_page.granted(found.row, decisions, codes)),
        taking=_taking(found),
        sharing=sharing.panel(found),
        journal_url=url_for("records.candidacy_journal", number=number) if may(Right.READ_JOURNAL, actor) else "",
        decisions=case_page.decided(decisions, codes),
        fraud_url=url_for("fraud.show", number=number) if may(Right.SEE_FRAUD_CASE, actor, facts) else "",
        **conversation.entry(found.row, facts),
        opening=referential.opening_of(reading(), found.row, today),
        **_request(found),
        **_dossier(found),
        **_papers(found),
    )


def _alert(found: Case, running: Due | None, today: date) -> dict[str, Any] | None:
    """That a delay runs out, for those whom `workflows.alerts` tells; with the day they were told by mail."""
    alert = owed(running.delay, (running.on - today).days) if running else None
    if running is None or alert is None or not roles_for(found.facts, current_actor()) & set(alert.to):
        return None
    shown = case_page.due(running, today) or {}
    return {**shown, "told_at": case.told_on(reading(), found.row.id, running.on)}


def _taking(found: Case) -> dict[str, str] | None:
    """The button to take charge of the candidacy, for an advisor who may and does not yet."""
    actor = current_actor()
    if Role.ADVISOR not in roles_for(found.facts, actor) or found.row.advisor_id == actor.person_id:
        return None
    if following.why_not(found.facts, actor.person_id):
        return None
    return {"url": url_for("desk.take", number=found.number), "seen": case.advisor_choice(found.row)}


def _request(found: Case) -> dict[str, Any]:
    """The request: answers for staff, pieces for who may read them, experiences for all who see the candidacy."""
    actor, form = current_actor(), found.row.as_sent
    staff = bool(roles_for(found.facts, actor) & set(STAFF))
    pieces = None
    if may(Right.READ_PIECES, actor, found.facts):
        pieces = [(label("piece", p.kind), p) for p in case.pieces(reading(), found.row)]
    return {
        "staff": staff,
        "sections": case_page.sections(found.row, requests.declared_held(reading(), found.row.id)) if staff else [],
        "experiences": case_page.experiences(form),
        "hours": hours_told(form, found.row.submitted_on or clocks.civil_date(now())),
        "pieces": pieces,
        "to_study": may(Right.REVIEW_PIECES, actor, found.facts),
        "review_url": url_for("review.show", number=found.number) if pieces is not None and staff else "",
        "supplement": case.supplement(reading(), found.row) if staff else [],
    }


def _dossier(found: Case) -> dict[str, Any]:
    """What was last deposited, never what is being written; remarks, and the assessment for who may read it."""
    actor, facts = current_actor(), found.facts
    titles = {c.code: c.title for b in found.row.version.blocks for c in b.capabilities}
    sealed = deposit_view.version(found.row.id) if may(Right.READ_DOSSIER, actor, facts) else None
    assessed = commissions.reads_assessment(reading(), actor, found.row)
    return {
        "admitted": facts.request.notified_on is not None,
        "sealed": sealed.sealed if sealed else None,
        "picture": sealed.picture(found.row.version.blocks) if sealed else None,
        "remarks": [(r.about, r.why) for r in case.remarks(reading(), found.row.id)],
        "dossier_url": dossier_page(found.number),
        "verdicts": case_page.verdicts(facts, titles) if assessed else [],
    }


def _papers(found: Case) -> dict[str, Any]:
    """Documents and history."""
    actor, facts = current_actor(), found.facts
    assessed = commissions.reads_assessment(reading(), actor, found.row)
    hidden = frozenset(
        kind
        for kind, right in LETTER_RIGHTS.items()
        if not may(right, actor, facts) or (right is Right.READ_ASSESSMENT and not assessed)
    )
    return {
        "documents": [
            {
                "number": row.number,
                "title": kind_of(row.kind).title,
                "issued_at": row.issued_at,
                "asked_at": row.asked_at,
                "size": row.stored.size if row.stored else None,
                "failure": row.failure,
            }
            for row in case.documents(reading(), found.row.id, hidden)
        ],
        "events": [
            {
                "icon": label("done_icon", row["event"]),
                "title": label("done", row["event"]),
                "when": f"{day_and_hour(row['at'])}, {row['who'] or label('role', 'clock')}",
                "detail": row["reason"],
            }
            for row in history.actions(reading(), found.row, with_reasons=bool(roles_for(facts, actor) & set(STAFF)))
        ],
    }


@blueprint.route("/candidatures/<number>/faire/<action>", methods=["GET", "POST"])
@requires(Right.SEE_CANDIDACY)
def act(number: str, action: str) -> ResponseReturnValue:
    """Says what an action does and to whom, takes what it needs, and does it."""
    return acting.answer(number, acting.known(action))
