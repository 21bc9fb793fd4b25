"""The words of a candidacy's page: its five phases with their dates, what is due when, answers, blocks, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from vae_portal.web.presentation import before, choices, label, long_day, phases, short_day, until
from vae_portal.web.request_forms import RequestForm
from workflows import clocks, dossier, request_form
from workflows.facts import Facts
from workflows.vocabulary import Step

_BEFORE_JURY = (
    Step.DOSSIER_REVIEW,
    Step.INTERVIEW_PENDING,
    Step.INTERVIEW_SCHEDULED,
    Step.EVALUATION,
    Step.JURY_PENDING,
    Step.JURY_SCHEDULED,
)
SOON_DAYS = max(clocks.JURY_ALERT_DAYS)


@dataclass(frozen=True, slots=True)
class Due:
    """A legal due date at the present step, with the sentence that says it and how urgent it is."""

    on: date
    sentence: str
    kind: str  # bad, wait or calm


def due(candidacy: Any, facts: Facts, today: date) -> Due | None:
    """The delay that runs at this step (workflows.clocks), None where none does; the worklist sorts by the same."""
    request = facts.request
    if facts.step is Step.ADMISSIBILITY_REVIEW and request.acknowledged_on:
        day = clocks.answer_due(request.acknowledged_on)
        return _due(day, f"Réponse du centre {before(day, today)}. Sans réponse, la demande est recevable.", today)
    if facts.step is Step.DOSSIER_PREPARATION and request.notified_on and not _stepped(facts):
        day = clocks.lapse_due(request.notified_on)
        return _due(day, f"Recevabilité valable sans démarche du candidat {until(day, today)}.", today)
    if facts.step in _BEFORE_JURY and candidacy.deposited_on:
        day = clocks.jury_due(candidacy.deposited_on)
        return _due(day, f"Jury {before(day, today)}.", today)
    return None


def _stepped(facts: Facts) -> bool:
    stepped, notified = facts.request.stepped_on, facts.request.notified_on
    return bool(stepped and notified and stepped >= notified)


def _due(day: date, sentence: str, today: date) -> Due:
    left = (day - today).days
    return Due(day, sentence, "bad" if left < 0 else "wait" if left <= SOON_DAYS else "calm")


def phase_bar(candidacy: Any, facts: Facts, decisions: list[Any]) -> list[dict[str, str]]:
    """The five phases, with the dates done and the dates due."""
    notes = {
        "admissibility": _admissibility(candidacy, facts),
        "dossier": _dossier(candidacy, facts),
        "interview": "Après vérification du dossier",
        "jury": "Au plus tard 3 mois après le dépôt",
        "result": "",
    }
    if facts.interview:
        notes["interview"] = f"Le {short_day(facts.interview.slot.starts_at)}"
    if facts.session:
        notes["jury"] = f"Séance du {short_day(facts.session.starts_at)}"
    elif candidacy.deposited_on:
        notes["jury"] = f"Avant le {short_day(clocks.jury_due(candidacy.deposited_on))}"
    in_force = next((d for d in decisions if d.revoked_at is None and d.round == candidacy.round), None)
    if in_force:
        notes["result"] = f"Prononcé le {short_day(in_force.pronounced_at)}"
    if facts.step is Step.WITHDRAWN:
        notes["result"] = f"Abandon le {short_day(candidacy.stepped_at)}"
    return phases(facts.step, notes)


def _admissibility(candidacy: Any, facts: Facts) -> str:
    if facts.request.notified_on:
        return f"Recevable le {short_day(facts.request.notified_on)}"
    if facts.step is Step.INADMISSIBLE:
        return f"Non recevable le {short_day(candidacy.stepped_at)}"
    if facts.request.acknowledged_on:
        return f"Réponse avant le {short_day(clocks.answer_due(facts.request.acknowledged_on))}"
    return f"Demande envoyée le {short_day(candidacy.submitted_on)}" if candidacy.submitted_on else ""


def _dossier(candidacy: Any, facts: Facts) -> str:
    if candidacy.deposited_on:
        return f"Déposé le {short_day(candidacy.deposited_on)}"
    if facts.request.notified_on and not _stepped(facts):
        return f"Valable jusqu'au {short_day(clocks.lapse_due(facts.request.notified_on))}"
    return "En cours" if facts.step is Step.DOSSIER_PREPARATION else "Après la recevabilité"


# The request

# The words of the form that the candidate filled.
_LABELS = {name: str(getattr(RequestForm, name).args[0]) for name in request_form.FIELDS}
_ALWAYS = ("birth_name", "given_names", "birth_date")


def answers(form: dict[str, Any]) -> list[tuple[str, str]]:
    """What the candidate answered about themselves, under its labels."""
    return [(words, _shown(key, form.get(key))) for key, words in _LABELS.items() if form.get(key) or key in _ALWAYS]


def experiences(form: dict[str, Any]) -> list[dict[str, str]]:
    """The experience lines: title, period and activities."""
    lines = []
    for line in form.get("experiences") or []:
        period = " à ".join(filter(None, (_month(line.get("started_on")), _month(line.get("ended_on")) or "ce jour")))
        hours = f", {line['total_hours']} heures" if line.get("total_hours") else ""
        organisation = str(line.get("organisation") or "organisation non indiquée")
        status = _named("status", str(line.get("status") or ""))
        lines.append(
            {
                "title": str(line.get("job") or "Emploi non indiqué"),
                "detail": ", ".join(filter(None, (organisation, status, f"{period}{hours}"))),
                "activities": str(line.get("activities") or ""),
            }
        )
    return lines


def _shown(key: str, value: Any) -> str:
    if key.endswith("_date"):
        day = request_form.as_date(value)
        return short_day(day) if day else str(value or "")
    if key in request_form.CODES:
        return _named(key, str(value or ""))
    return str(value or "")


def _named(kind: str, code: str) -> str:
    try:
        return label(kind, code) if code else ""
    except LookupError:
        return code


def _month(value: Any) -> str:
    day = request_form.as_date(value)
    return short_day(day) if day else str(value or "")


# The dossier and what the jury decided


def blocks(facts: Facts, granted: frozenset[str]) -> list[dict[str, str]]:
    """Every block of the certification: held before, acquired in this round, targeted, or neither."""
    rows = []
    for block in facts.blocks:
        kind, text = "calm", "visé" if block.code in facts.targeted else "non visé"
        if block.code in facts.held or block.code in granted:
            kind, text = "ok", "acquis" if block.code in granted else "déjà acquis"
        rows.append({"code": block.code, "title": block.title, "kind": kind, "text": text})
    return rows


def granted(candidacy: Any, decisions: list[Any], codes: dict[int, tuple[str, str]]) -> frozenset[str]:
    """Codes of the blocks acquired by the decision in force of this round."""
    return frozenset(
        codes[block.block_id][0]
        for row in decisions
        if row.revoked_at is None and row.round == candidacy.round
        for block in row.blocks
        if block.acquired
    )


def coverage(facts: Facts, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Targeted blocks with their capabilities, as `coverage_table` shows them."""
    covers = {cover.capability: cover for cover in dossier.coverage(facts)}
    return [
        {
            "code": block.code,
            "title": block.title,
            "capabilities": [_cover(covers[code], titles[code]) for code in block.capabilities],
        }
        for block in facts.blocks
        if block.code in facts.targeted
    ]


def _cover(cover: dossier.Cover, title: str) -> dict[str, Any]:
    kind, text = "bad", "pas de situation"
    if cover.covered:
        kind, text = "ok", f"{cover.evidence} preuve{'s' if cover.evidence > 1 else ''}"
    elif cover.situations:
        kind, text = "wait", "pas de preuve"
    return {
        "code": cover.capability,
        "title": title,
        "kind": kind,
        "text": text,
        "detail": ", ".join(cover.situations),
    }


def verdicts(facts: Facts, titles: dict[str, str]) -> list[dict[str, Any]]:
    """What the commission assessed, by targeted block, for those who may read it."""
    known = {v.capability: v for v in facts.interview.verdicts} if facts.interview else {}
    return [
        {
            "code": block.code,
            "title": block.title,
            "capabilities": [
                {
                    "code": code,
                    "title": titles[code],
                    "kind": ("ok" if known[code].acquired else "bad") if code in known else "calm",
                    "text": ("acquise" if known[code].acquired else "non acquise") if code in known else "pas encore",
                    "detail": known[code].reason if code in known else "",
                }
                for code in block.capabilities
            ],
        }
        for block in facts.blocks
        if block.code in facts.targeted and known
    ]


def decided(decisions: list[Any], codes: dict[int, tuple[str, str]]) -> list[dict[str, Any]]:
    """Each decision in words, block by block; `codes` gives code and title of a block by its id."""
    return [
        {
            "outcome": label("outcome", row.outcome),
            "when": long_day(row.pronounced_at),
            "round": row.round,
            "revoked": f"Rapportée le {short_day(row.revoked_at)} : {row.revoked_reason}" if row.revoked_at else "",
            "blocks": [
                {
                    "code": codes[block.block_id][0],
                    "title": codes[block.block_id][1],
                    "kind": "ok" if block.acquired else "bad",
                    "text": "acquis" if block.acquired else "non acquis",
                    "detail": block.reason,
                }
                for block in sorted(row.blocks, key=lambda b: codes[b.block_id][0])
            ],
        }
        for row in decisions
    ]


ICONS = {code: "check2" for code, _ in choices("done")} | {
    "submit_request": "send",
    "acknowledge_request": "inbox",
    "ask_supplement": "question-circle",
    "complete_request": "reply",
    "declare_inadmissible": "x-circle",
    "appeal": "arrow-counterclockwise",
    "deposit_dossier": "archive",
    "return_dossier": "arrow-return-left",
    "schedule_interview": "calendar-event",
    "move_interview": "calendar-event",
    "cancel_interview": "calendar-x",
    "record_absence": "person-x",
    "open_evaluation": "unlock",
    "assess": "pencil",
    "enrol_in_jury": "people",
    "remove_from_jury": "calendar-x",
    "refer_back": "arrow-return-left",
    "pronounce": "patch-check",
    "revoke_decision": "arrow-counterclockwise",
    "withdraw": "box-arrow-right",
    "record_lapse": "hourglass-bottom",
}
