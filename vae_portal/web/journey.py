"""What the candidate's own page says of their journey: phases with dates, the next thing, the deadline, the history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from vae_portal.documents.kinds import KINDS
from vae_portal.web.own import Own
from vae_portal.web.presentation import before, label, long_day, phases, plural, short_day, until
from workflows import clocks
from workflows.dossier import coverage
from workflows.facts import Facts
from workflows.vocabulary import Step

EDITING = (Step.DOSSIER_PREPARATION, Step.DOSSIER_INCOMPLETE)
WITH_RESULT = (Step.CERTIFIED, Step.PARTIALLY_VALIDATED, Step.NOT_VALIDATED)
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
_ICONS = {
    "submit_request": "send",
    "complete_request": "send",
    "acknowledge_request": "inbox",
    "declare_admissible": "file-earmark-check",
    "admit_tacitly": "file-earmark-check",
    "declare_inadmissible": "file-earmark-x",
    "ask_supplement": "question-circle",
    "deposit_dossier": "safe",
    "return_dossier": "arrow-return-left",
    "schedule_interview": "calendar-event",
    "move_interview": "calendar-event",
    "pronounce": "award",
    "accept_dossier": "check2-circle",
    "open_evaluation": "chat-left-text",
    "close_evaluation": "clipboard-check",
    "enrol_in_jury": "calendar-check",
    "cancel_interview": "calendar-x",
    "record_absence": "calendar-x",
    "remove_from_jury": "calendar-x",
    "refer_back": "arrow-return-left",
    "appeal": "megaphone",
    "resume": "arrow-repeat",
    "withdraw": "slash-circle",
    "record_lapse": "hourglass-bottom",
    "reinstate": "arrow-counterclockwise",
    "revoke_decision": "arrow-counterclockwise",
}


def phase_bar(own: Own) -> list[dict[str, str]]:
    """The five phases, with what is done and what is due."""
    candidacy, facts = own.candidacy, own.facts
    notes = {
        "admissibility": _admissibility(own),
        "dossier": _dossier(own),
        "interview": _interview(facts),
        "jury": "Au plus tard 3 mois après le dépôt",
        "result": "Sous 15 jours après le jury",
    }
    if facts.session:
        notes["jury"] = f"Le {short_day(facts.session.starts_at)}"
    elif candidacy.deposited_on:
        notes["jury"] = f"Avant le {short_day(clocks.jury_due(candidacy.deposited_on))}"
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
    return "" if facts.step in WITH_RESULT else "Après vérification du dossier"


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


def deadline(own: Own, today: date) -> dict[str, str] | None:
    """The day that counts now, in words and days, and how near it is; None when there is none."""
    candidacy, step = own.candidacy, own.facts.step
    due: date | None = None
    text = ""
    if step is Step.DRAFT and own.facts.request.opened_until:
        due = own.facts.request.opened_until
        text = f"Demandes ouvertes {until(due, today)}"
    elif step is Step.ADMISSIBILITY_REVIEW and candidacy.acknowledged_on:
        due = clocks.answer_due(candidacy.acknowledged_on)
        text = f"Réponse de votre centre {before(due, today)}"
    elif step is Step.DOSSIER_PREPARATION and candidacy.notified_on and not _stepped(own):
        due = clocks.lapse_due(candidacy.notified_on)
        text = f"Première démarche à faire {before(due, today)}"
    elif step is Step.INTERVIEW_SCHEDULED and own.facts.interview:
        due = clocks.civil_date(own.facts.interview.slot.starts_at)
        text = f"Entretien le {long_day(due)}, {_distance(due, today)}"
    elif candidacy.deposited_on and step not in (*WITH_RESULT, Step.WITHDRAWN, Step.LAPSED, *EDITING):
        due = clocks.jury_due(candidacy.deposited_on)
        text = f"Jury {before(due, today)}"
    if due is None:
        return None
    return {"text": text, "kind": "bad" if due < today else "wait" if (due - today).days <= 60 else "calm"}


def _distance(due: date, today: date) -> str:
    from_now = (due - today).days
    return "aujourd'hui" if from_now == 0 else f"dans {plural(from_now, 'jour')}" if from_now > 0 else "passé"


def _stepped(own: Own) -> bool:
    stepped, notified = own.candidacy.candidate_stepped_on, own.candidacy.notified_on
    return stepped is not None and stepped >= notified


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
        elif facts.step in WITH_RESULT:
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
                "icon": _ICONS.get(fact["event"], "dot"),
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
