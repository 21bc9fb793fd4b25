"""What the candidate's own page says of their journey: phases with dates, the next thing, the deadline, the history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from vae_portal.documents.kinds import KINDS
from vae_portal.web.own import Own
from vae_portal.web.presentation import (
    due_sentence,
    jury_note,
    label,
    long_day,
    phases,
    plural,
    short_day,
    until,
    urgency,
)
from workflows import clocks
from workflows.dossier import coverage
from workflows.facts import Facts
from workflows.steps import Due
from workflows.vocabulary import Right, Step
from workflows.who_may_do_what import RESULTS, RIGHTS

EDITING = RIGHTS[Right.EDIT_DOSSIER].steps
_NEVER_SHOWN = {"assess"}  # an assessment is the commission's own until the jury has pronounced
# Reasons written for the candidate; the others stay between those who act.
_REASONS_TOLD = {
    "ask_supplement",
    "declare_admissible",
    "declare_inadmissible",
    "return_dossier",
    "move_interview",
    "cancel_interview",
    "record_lapse",
    "reinstate",
    "appeal",
    "withdraw",
    "revoke_decision",
}


def phase_bar(own: Own) -> list[dict[str, str]]:
    """The five phases, with what is done and what is due."""
    candidacy, facts = own.candidacy, own.facts
    notes = {
        "admissibility": _admissibility(own),
        "dossier": _dossier(own),
        "interview": _interview(facts),
        "jury": jury_note(facts.regime, candidacy.deposited_on),
        "result": "Sous 15 jours après le jury",
    }
    if facts.session:
        notes["jury"] = f"Le {short_day(facts.session.starts_at)}"
    if candidacy.decided_on:
        notes["result"] = f"Le {short_day(candidacy.decided_on)}"
    if facts.step is Step.WITHDRAWN:
        return _stopped(own)
    return phases(facts.step, notes)


def _stopped(own: Own) -> list[dict[str, str]]:
    """The phases of a candidacy that was given up: only what was reached is done."""
    reached = {"admissibility": own.candidacy.notified_on, "dossier": own.candidacy.deposited_on}
    notes = {code: f"Le {short_day(day)}" for code, day in reached.items() if day}
    shown = phases(Step.WITHDRAWN, {**notes, "result": "Candidature abandonnée"})
    for phase in shown[:-1]:
        phase["state"] = "done" if phase["note"] else "todo"
    return shown


def _interview(facts: Facts) -> str:
    if facts.interview:
        return f"Le {short_day(facts.interview.slot.starts_at)}"
    if facts.step is Step.INTERVIEW_PENDING:
        return "Date à venir"
    return "" if facts.step in RESULTS else "Après vérification du dossier"


def _admissibility(own: Own) -> str:
    candidacy = own.candidacy
    if candidacy.notified_on:
        return f"Recevable le {short_day(candidacy.notified_on)}"
    if own.facts.step is Step.INADMISSIBLE:
        return "Non recevable"
    if candidacy.acknowledged_on:
        return f"Réponse avant le {short_day(clocks.answer_due(candidacy.acknowledged_on))}"
    if candidacy.submitted_on:
        return f"Envoyée le {short_day(candidacy.submitted_on)}"
    return "Demande en préparation"


def _dossier(own: Own) -> str:
    if own.facts.step in EDITING:
        rows = coverage(own.facts)
        return f"{sum(row.covered for row in rows)} capacités sur {len(rows)}"
    if own.facts.step is Step.LAPSED:
        return "Recevabilité caduque"
    if own.candidacy.deposited_on:
        return f"Déposé le {short_day(own.candidacy.deposited_on)}"
    return "Après la recevabilité"


def deadline(own: Own, running: Due | None, today: date) -> dict[str, str] | None:
    """The day that counts now, in words and days, and how near it is; None when there is none."""
    step, opened, interview = own.facts.step, own.facts.request.opened_until, own.facts.interview
    if step is Step.DRAFT and opened:
        return {"text": f"Demandes ouvertes {until(opened, today)}", "kind": urgency(opened, today)}
    if step is Step.INTERVIEW_SCHEDULED and interview:
        day = clocks.civil_date(interview.slot.starts_at)
        return {"text": f"Entretien le {long_day(day)}, {_distance(day, today)}", "kind": urgency(day, today)}
    if running is None:
        return None
    return {"text": due_sentence("due_to_candidate", running, today), "kind": urgency(running.on, today)}


def _distance(due: date, today: date) -> str:
    from_now = (due - today).days
    return "aujourd'hui" if from_now == 0 else f"dans {plural(from_now, 'jour')}" if from_now > 0 else "passé"


def blocks(facts: Facts, acquired: Iterable[str] = ()) -> list[dict[str, str]]:
    """One row a block: held, acquired, covered so far, targeted or not."""
    covered = {row.capability: row.covered for row in coverage(facts)} if facts.step in EDITING else {}
    rows = []
    for block in facts.blocks:
        if block.code in facts.held or block.code in acquired:
            kind, text = "ok", "acquis"
        elif block.code not in facts.targeted:
            kind, text = "calm", "non visé"
        elif covered:
            done = sum(covered.get(code, False) for code in block.capabilities)
            kind, text = "ok" if done == len(block.capabilities) else "wait", f"{done} / {len(block.capabilities)}"
        elif facts.step in RESULTS:
            kind, text = "calm", "non acquis"
        else:
            kind, text = "calm", "visé"
        rows.append({"code": block.code, "title": block.title, "kind": kind, "text": text, "capabilities": ""})
    return rows


def events(history: Iterable[dict[str, Any]], documents: Iterable[Any], me: str) -> list[dict[str, Any]]:
    """What happened, latest first, each with the documents it brought; documents of nothing shown stand alone."""
    left = list(documents)
    shown = []
    for fact in history:
        if fact["event"] in _NEVER_SHOWN:
            continue
        brought = sorted((d for d in left if d.asked_at == fact["at"]), key=lambda d: d.id)
        left = [d for d in left if d.asked_at != fact["at"]]
        shown.append(
            {
                "at": fact["at"],
                "title": label("done", fact["event"]),
                "icon": label("done_icon", fact["event"]),
                "who": "vous" if fact["who"] == me else fact["who"] or "échéance légale",
                "reason": fact["reason"] if fact["event"] in _REASONS_TOLD else "",
                "documents": [_document(d) for d in brought],
            }
        )
    alone = [
        {"at": d.asked_at, "title": _title(d), "icon": "file-earmark-text", "who": "", "reason": "", "documents": []}
        | {"documents": [_document(d)]}
        for d in left
    ]
    return sorted(shown + alone, key=lambda event: event["at"], reverse=True)


def _document(row: Any) -> dict[str, Any]:
    return {"title": _title(row), "number": row.number, "ready": row.issued_at is not None}


def _title(row: Any) -> str:
    title = KINDS[row.kind].title if row.kind in KINDS else "Document"
    block = (row.context or {}).get("block") or {}
    return f"{title} {block['code']}" if block.get("code") else title
