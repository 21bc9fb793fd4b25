"""What each letter says: its content is fixed when the act is done, whatever changes afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from templates.words import label
from vae_portal.actions import assessment_text, dossier_document
from vae_portal.actions import letter_parts as parts
from vae_portal.actions.act import Act
from vae_portal.actions.answers import hours_told, piece_title
from vae_portal.persistence.queries import hearings, juries
from vae_portal.persistence.tables import AssessmentSignature, Deposit, Evidence, Piece
from workflows import clocks, regimes
from workflows.regimes import Matter
from workflows.steps import jury_due

Context = dict[str, Any]


def contexts(kind: str, act: Act) -> list[Context]:
    """The contexts of the letters of one kind owed by an act: one, or one for each block or evaluator."""
    common = parts.common(act.candidacy)
    return [{**common, **own} for own in BUILDERS[kind](act)]


def _request_summary(act: Act) -> list[Context]:
    form = act.candidacy.request
    pieces = act.session.execute(
        select(Piece.kind, Piece.about, Evidence.name)
        .join(Evidence, Evidence.id == Piece.evidence_id)
        .where(Piece.candidacy_id == act.candidacy.id, Evidence.removed_at.is_(None))
        .order_by(Piece.id)
    )
    hours = hours_told(form, act.today)
    return [
        {
            "submitted_at": act.now.isoformat(),
            "nature": label("nature", form.get("nature") or "first").lower(),
            "target": parts.target(act),
            "sections": parts.request_sections(act),
            "experiences": parts.experiences(form),
            "hours_total": hours.total,
            "overlaps": list(hours.overlaps),
            "pieces": [{"title": piece_title(form, p.kind, p.about), "file_name": p.name} for p in pieces],
            "sworn_at": act.now.isoformat(),
        }
    ]


def _receipt(act: Act) -> list[Context]:
    return [parts.two_months(act.today)]


def _supplement(act: Act) -> list[Context]:
    return [
        {
            "items": [{"title": what, "reason": why} for what, why in act.facts.request.to_ask],
            "answer_by": act.given.answer_by.isoformat() if act.given.answer_by else None,
            "clock_stopped": bool(act.details.get("clock_stopped")),
        }
    ]


def _admissible(act: Act) -> list[Context]:
    return [
        {
            "decided_on": act.today.isoformat(),
            "target": parts.target(act),
            "opinions": parts.opinions(act),
            "lapse_on": _lapse_on(act, act.today),
        }
    ]


def _tacitly_admissible(act: Act) -> list[Context]:
    since, legal_day = act.facts.request.acknowledged_on, act.details["admissible_since"]
    assert since is not None  # noqa: S101 - the rule lets no unacknowledged request through
    return [{**parts.two_months(since), "lapse_on": _lapse_on(act, legal_day)}]


def _lapse_on(act: Act, notified_on: date) -> str | None:
    binds = regimes.binds(act.facts.regime, Matter.LAPSE)
    return clocks.lapse_due(notified_on).isoformat() if binds else None


def _inadmissible(act: Act) -> list[Context]:
    return [
        {
            "decided_on": act.today.isoformat(),
            "reason": act.given.reason.strip(),
            "appeal_possible": not act.candidacy.appealed,
            "appeal_link": f"{act.services.settings.base_url}/candidatures/{act.candidacy.number}",
        }
    ]


def _deposit_receipt(act: Act) -> list[Context]:
    sealed = _sealed(act)
    verify_at = f"{act.services.settings.base_url}/verifier"
    said = dossier_document.receipt(json.loads(sealed.manifest_text), sealed.manifest_sha256, verify_at)
    due = jury_due(act.facts.regime, act.today)
    return [said | {"jury_due_on": due.isoformat() if due else None}]


def _evidence_dossier(act: Act) -> list[Context]:
    sealed = _sealed(act)
    return [dossier_document.dossier(act.candidacy, json.loads(sealed.manifest_text), sealed.manifest_sha256)]


def _sealed(act: Act) -> Deposit:
    """The deposit that the act has just made."""
    made = (Deposit.candidacy_id == act.candidacy.id) & (Deposit.number == act.details["deposit"])
    return act.session.scalars(select(Deposit).where(made)).one()


def _interview_convocation(act: Act) -> list[Context]:
    return [parts.appointment(act)]


def _evaluator_convocation(act: Act) -> list[Context]:
    slot = act.given.slot
    people = slot.evaluators if slot else ()
    return [
        {
            **parts.appointment(act),
            "recipient": {"full_name": e.name, "address_lines": []},
            "blocks": [{"code": b["code"], "title": b["title"]} for b in parts.blocks(act, act.facts.targeted)],
        }
        for e in people
    ]


def _attendance_sheet(act: Act) -> list[Context]:
    return [parts.appointment(act)]


def _assessment_summary(act: Act) -> list[Context]:
    """The text as it was signed, nothing more: what the jury reads is what the hash below it covers."""
    interview = hearings.in_force(act.session, act.candidacy.id)
    if interview is None:
        return []
    text = assessment_text.as_read(act.session, act.candidacy, interview)
    signed = {
        s.person_id: s.signed_at.isoformat()
        for s in act.session.scalars(
            select(AssessmentSignature).where(
                AssessmentSignature.interview_id == interview.id,
                AssessmentSignature.text_hash == interview.text_hash,
            )
        )
    }
    rows, blocks = {row["code"]: row for row in text["capabilities"]}, parts.blocks(act, act.facts.targeted)
    for block in blocks:
        for capability in block["capabilities"]:
            capability.update(_assessed(rows[capability["code"]]))
        block["acquired"] = all(c["acquired"] for c in block["capabilities"])
    context = parts.appointment(act)
    context["evaluators"] = [
        {
            "full_name": e["name"],
            "quality": ("membre qualifié" if e["qualified"] else "membre") + ("" if e["present"] else ", absent"),
            "signed_at": signed.get(e["id"]),
        }
        for e in text["evaluators"]
    ]
    return [
        {
            **context,
            "blocks": blocks,
            "company_opinion": "\n\n".join(map(_employer, text.get("employers", ()))) or None,
            "observations": text["observations"] or None,
            "deposit_sha256": text["deposit"]["sha256"] if text["deposit"] else None,
            "text_sha256": interview.text_hash,
        }
    ]


def _assessed(row: assessment_text.Text) -> Context:
    """One capability of the text in the words of the summary."""
    return {
        "acquired": row["acquired"],
        "reason": row["reason"] or None,
        "disagreement": row["disagreement"],
        "observations": row["observations"] or None,
        "modality": label("assessment_modality", row["modality"]) if row["modality"] else None,
        "criteria": [f"{c['text']} : {'rempli' if c['met'] else 'non rempli'}" for c in row["criteria"]],
        "opinions": [
            f"{said['organisation']} : {label('opinion_level', said['level'])}"
            + (f". {said['comment']}" if said["comment"] else "")
            for said in row["employers"]
        ],
    }


def _employer(said: assessment_text.Text) -> str:
    """Who gave an opinion for the company, when, and what it says in general."""
    given_on = datetime.fromisoformat(said["at"]).astimezone(clocks.PARIS)
    told = f"{said['organisation']}, par {said['by']}, le {given_on:%d/%m/%Y}"
    return f"{told} : {said['general']}" if said["general"] else f"{told}."


def _result(act: Act) -> list[Context]:
    return [parts.result(act)]


def _block_certificates(act: Act) -> list[Context]:
    decision = juries.decision_in_force(act.session, act.candidacy)
    if decision is None:
        return []
    granted = {b.block_id for b in decision.blocks if b.acquired}
    ids = act.block_ids()
    codes = {code for code, identifier in ids.items() if identifier in granted}
    shared, awards = parts.decision(act, decision), parts.awards(act, decision)
    return [
        {**shared, **awards[ids[block["code"]]], "block": block, "validity": parts.block_validity(act)}
        for block in parts.blocks(act, frozenset(codes))
    ]


BUILDERS: dict[str, Callable[[Act], list[Context]]] = {
    "request_summary": _request_summary,
    "receipt": _receipt,
    "supplement_request": _supplement,
    "admissible": _admissible,
    "tacitly_admissible": _tacitly_admissible,
    "inadmissible": _inadmissible,
    "deposit_receipt": _deposit_receipt,
    "evidence_dossier": _evidence_dossier,
    "interview_convocation": _interview_convocation,
    "evaluator_convocation": _evaluator_convocation,
    "attendance_sheet": _attendance_sheet,
    "assessment_summary": _assessment_summary,
    "result_all": _result,
    "result_some": _result,
    "result_none": _result,
    "certificate": _result,
    "block_certificate": _block_certificates,
}
