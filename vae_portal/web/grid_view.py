"""What the pages of an assessment show: the commission's text, and the grids of each evaluator side by side."""

from __future__ import annotations

from typing import Any

from vae_portal.persistence.queries import preparations
from vae_portal.persistence.queries.commissions import VerdictView
from vae_portal.web.context import reading
from vae_portal.web.presentation import label
from workflows import assessment
from workflows.facts import Facts
from workflows.vocabulary import OwnVerdict

_KINDS = {OwnVerdict.ACQUIRED: "ok", OwnVerdict.NOT_ACQUIRED: "bad", OwnVerdict.UNDECIDED: "calm"}


def targeted_blocks(candidacy: Any, facts: Facts) -> list[Any]:
    """The blocks of this round, in the order of the fiche."""
    return [b for b in candidacy.version.blocks if b.code in facts.targeted]


def written_blocks(candidacy: Any, facts: Facts, verdicts: dict[int, VerdictView]) -> list[dict[str, Any]]:
    """The targeted blocks with what the commission wrote on each capability."""
    apart = set(assessment.differing(facts))
    return [
        {
            "code": b.code,
            "title": b.title,
            "capabilities": [_row(c, verdicts.get(c.id), c.code in apart) for c in b.capabilities],
        }
        for b in targeted_blocks(candidacy, facts)
    ]


def _row(capability: Any, verdict: VerdictView | None, apart: bool) -> dict[str, Any]:
    kind, text = "calm", "à évaluer"
    if verdict is not None:
        kind, text = ("ok", "acquise") if verdict.acquired else ("bad", "non acquise")
    return {
        "id": capability.id,
        "code": capability.code,
        "title": capability.title,
        "kind": kind,
        "text": text,
        "detail": detail(verdict, capability.criteria, apart),
        "by": verdict.by if verdict else "",
    }


def detail(verdict: VerdictView | None, criteria: list[str], apart: bool) -> str:
    """All that is written beside a verdict, on one line."""
    if verdict is None:
        return ""
    told = [label("assessment_modality", verdict.modality) if verdict.modality else "", verdict.reason]
    told += ["Les avis différaient, la commission a tranché" if apart else "", verdict.observations]
    told += criteria_told(criteria, verdict.criteria)
    return ". ".join(filter(None, (text.strip().rstrip(".") for text in told)))


def criteria_told(criteria: list[str], met: dict[str, bool]) -> list[str]:
    """Each criterion that was looked at, met or not."""
    ranked = [(text, met.get(str(rank))) for rank, text in enumerate(criteria, 1)]
    return [f"{text} : {'rempli' if yes else 'non rempli'}" for text, yes in ranked if yes is not None]


def side_by_side(candidacy: Any, facts: Facts, interview: Any) -> dict[int, dict[str, Any]]:
    """What each evaluator noted on each capability, by its id; nothing until all who are there have shown theirs."""
    heard = facts.interview
    if heard is None or not assessment.together(heard):
        return {}
    grids = preparations.shown_grids(reading(), interview.id, heard.shared)
    seats = [seat for seat in interview.evaluators if seat.person_id in heard.shared]
    return {
        c.id: {
            "agreement": assessment.agreement(heard, c.code),
            "noted": [_noted(seat.person.full_name, grids[c.id].get(seat.person_id), c.criteria) for seat in seats],
        }
        for b in targeted_blocks(candidacy, facts)
        for c in b.capabilities
    }


def _noted(name: str, row: Any | None, criteria: list[str]) -> dict[str, Any]:
    verdict = OwnVerdict(row.verdict) if row else OwnVerdict.UNDECIDED
    return {
        "name": name,
        "row": row,
        "kind": _KINDS[verdict],
        "text": label("own_verdict", verdict),
        "modality": label("assessment_modality", row.modality) if row and row.modality else "",
        "criteria": criteria_told(criteria, row.criteria) if row else [],
    }
