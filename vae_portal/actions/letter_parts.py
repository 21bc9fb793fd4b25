"""The parts that several letters share: who, what for, the interview, the blocks, the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from templates.words import label
from vae_portal.actions.act import Act
from vae_portal.actions.answers import by_section, held_blocks, period, said
from vae_portal.persistence.queries import hearings, juries
from vae_portal.persistence.tables import Assessment, Award, Candidacy, Decision
from vae_portal.seal_code import code_of
from workflows import clocks, results
from workflows.facts import SlotFacts
from workflows.regimes import DEFAULT, LAW, Matter, Regime
from workflows.request_form import Section


def common(candidacy: Candidacy) -> dict[str, Any]:
    """Centre, candidate, candidacy and certification, as every letter names them."""
    certification, person, form = candidacy.version.certification, candidacy.person, candidacy.request
    return {
        "centre": {
            "name": candidacy.centre.name,
            "address": candidacy.centre.address,
            "phone": candidacy.centre.phone or None,
            "email": candidacy.centre.email,
        },
        "candidate": {
            "full_name": civil_name(form) or person.full_name,
            "address_lines": [line.strip() for line in str(form.get("address", "")).splitlines() if line.strip()],
            "birth_date": form.get("birth_date") or None,
            "birth_place": form.get("birth_town") or None,
        },
        "candidacy": {"number": candidacy.number},
        "law": law(candidacy),
        "certification": {
            "title": certification.title,
            "code": certification.code,
            "rncp": f"RNCP {certification.rncp}",
        },
    }


def law(candidacy: Candidacy) -> dict[str, str | None]:
    """The article that rules each matter for this candidacy, as letters cite it; None where no text rules it."""
    known = LAW[Regime(candidacy.regime) if candidacy.regime else DEFAULT]
    return {matter.value: known[matter].cited if matter in known else None for matter in Matter}


def civil_name(form: dict[str, Any]) -> str:
    """Given names and family name as the request states them: settled once it is sent."""
    given = " ".join(str(form.get("given_names") or "").replace(",", " ").split())
    family = str(form.get("usual_name") or form.get("birth_name") or "").strip()
    return f"{given} {family}" if given and family else ""


def target(act: Act) -> str:
    """What the candidacy is for, in words."""
    if act.candidacy.whole:
        return "la certification entière"
    return "les blocs " + ", ".join(sorted(act.facts.targeted))


def opinions(act: Act) -> list[dict[str, Any]]:
    """The gaps and recommendations of each block asked for, in the order of the fiche."""
    stated = {opinion.block: opinion for opinion in act.given.opinions}
    return [
        {
            "block": block,
            "gaps": stated[block["code"]].gaps.strip(),
            "recommendations": stated[block["code"]].recommendations.strip() or None,
        }
        for block in blocks(act, act.facts.targeted & stated.keys())
    ]


def two_months(acknowledged_on: date) -> dict[str, str]:
    """The three days of the two-month clock (R6412-4)."""
    return {
        "completed_on": acknowledged_on.isoformat(),
        "answer_due_on": clocks.answer_due(acknowledged_on).isoformat(),
        "tacit_on": clocks.silence_counts_from(acknowledged_on).isoformat(),
    }


def request_sections(act: Act) -> list[dict[str, Any]]:
    """Every answer of the request under its label, by section, then the blocks declared as held already."""
    form = act.candidacy.request
    told = [(label("section", section), rows) for section, rows in by_section(form, act.candidacy.person.email)]
    told.append((label("section", Section.HELD_BLOCKS), held_blocks(form, act.facts.held)))
    return [
        {"title": title, "rows": [{"label": name, "value": value} for name, value in rows if value]}
        for title, rows in told
        if any(value for _, value in rows)
    ]


def experiences(form: dict[str, Any]) -> list[dict[str, Any]]:
    """The experience lines of the request."""
    return [
        {
            "job": str(line.get("job", "")),
            "status": said("status", line.get("status")) or None,
            "organisation": "\n".join(filter(None, (line.get("organisation"), line.get("organisation_address")))),
            "family": said("family", line.get("family")) or None,
            "certification": line.get("certification") or None,
            "period": period(line),
            "working_time": line.get("working_time") or None,
            "total_hours": line.get("total_hours") or None,
            "activities": str(line.get("activities", "")),
        }
        for line in form.get("experiences", [])
    ]


def appointment(act: Act) -> dict[str, Any]:
    """The interview that is being booked, or the one in force, with its commission."""
    slot = act.given.slot or (act.facts.interview.slot if act.facts.interview else None)
    if slot is None:
        raise ValueError("no interview to write about")
    return appointment_of(slot)


def appointment_of(slot: SlotFacts) -> dict[str, Any]:
    """When, where and before whom, of any interview."""
    return {
        "interview": {
            "starts_at": slot.starts_at.isoformat(),
            "ends_at": slot.ends_at.isoformat(),
            "place": slot.place or None,
            "video_link": slot.video_link or None,
        },
        "evaluators": [
            {"full_name": e.name, "quality": "membre qualifié" if e.qualified else "membre"}
            for e in sorted(slot.evaluators, key=lambda e: e.person_id)
        ],
    }


def blocks(act: Act, codes: frozenset[str]) -> list[dict[str, Any]]:
    """These blocks with their capabilities, in the order of the fiche."""
    return blocks_of(act.candidacy, codes)


def blocks_of(candidacy: Candidacy, codes: frozenset[str]) -> list[dict[str, Any]]:
    """The same, of any candidacy."""
    return [
        {
            "code": b.code,
            "title": b.title,
            "capabilities": [{"code": c.code, "title": c.title} for c in b.capabilities],
        }
        for b in candidacy.version.blocks
        if b.code in codes
    ]


def block_validity(act: Act) -> str:
    """How long an acquired block stays valid, set per version of the certification."""
    months = act.candidacy.version.block_validity_months
    return "illimitée" if months is None else f"{months} mois"


def decision(act: Act, row: Decision | None) -> dict[str, Any]:
    """Who pronounced, and when."""
    seats = act.facts.session.seats if act.facts.session else ()
    name = next((s.name for s in seats if row and s.person_id == row.pronounced_by), "")
    day = clocks.civil_date(row.pronounced_at) if row else act.today
    return {"deliberated_on": day.isoformat(), "president_name": name}


def awards(act: Act, row: Decision | None) -> dict[int | None, dict[str, Any]]:
    """What the decision granted, by block, None for the certification: number, code, where to check it."""
    found = act.session.scalars(select(Award).where(Award.decision_id == row.id).order_by(Award.id)) if row else ()
    base = act.services.settings.base_url
    return {
        a.block_id: {
            "award_number": a.number,
            "verify_code": code_of(a.code),
            "verify_url": f"{base}/verifier?code={code_of(a.code)}",
            "valid_until": a.valid_until.isoformat() if a.valid_until else None,
        }
        for a in found
    }


def result(act: Act) -> dict[str, Any]:
    """What a result letter needs: blocks held, blocks missing with the reason, competences acquired outside a block."""
    row = juries.decision_in_force(act.session, act.candidacy)
    decided = {b.block_id: b for b in row.blocks} if row else {}
    ids = act.block_ids()
    granted = {code for code, identifier in ids.items() if identifier in decided and decided[identifier].acquired}
    held = act.facts.held | granted
    every = [b.code for b in act.facts.blocks]
    verdicts = _verdicts(act)
    missing = blocks(act, frozenset(every) - held)
    for block in missing:
        found = decided.get(ids[block["code"]])
        lacking = [
            f"{c['code']} : {verdicts[c['code']].reason}" for c in block["capabilities"] if _not_acquired(c, verdicts)
        ]
        block["reason"] = (found.reason if found else "") or "\n".join(lacking) or None
    outside = [c for b in missing for c in b["capabilities"] if c["code"] in verdicts and verdicts[c["code"]].acquired]
    months = act.candidacy.version.capability_validity_months
    granted_on = clocks.civil_date(row.pronounced_at) if row else act.today
    until = results.valid_until(granted_on, months)
    return {
        **decision(act, row),
        **awards(act, row).get(None, {}),
        "awards": [{"number": a["award_number"], "code": a["verify_code"]} for a in awards(act, row).values()],
        "validity_competences": "illimitée" if until is None else f"{months} mois, jusqu'au {until:%d/%m/%Y}",
        "blocks": missing if not held else blocks(act, frozenset(held)),
        "blocks_acquired": blocks(act, frozenset(held)),
        "blocks_missing": missing,
        "validity_blocks": block_validity(act),
        "competences_acquired": outside,
    }


def _not_acquired(capability: dict[str, Any], verdicts: dict[str, Assessment]) -> bool:
    return capability["code"] in verdicts and not verdicts[capability["code"]].acquired


def _verdicts(act: Act) -> dict[str, Assessment]:
    interview = hearings.in_force(act.session, act.candidacy.id)
    if interview is None:
        return {}
    codes = {identifier: code for code, identifier in act.capability_ids().items()}
    rows = act.session.scalars(select(Assessment).where(Assessment.interview_id == interview.id))
    return {codes[row.capability_id]: row for row in rows}
