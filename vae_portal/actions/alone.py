"""What an evaluator judges alone: kept as typed, shown to the others by an act of their own, never before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from templates.words import families
from vae_portal.actions.preparing import note_answers
from vae_portal.actions.services import Services
from vae_portal.actions.sitting import Saved, Sitting, sitting
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import hearings, preparations
from vae_portal.persistence.tables import OwnAssessment
from workflows import assessment as rules
from workflows import machine
from workflows.facts import Actor
from workflows.vocabulary import OwnVerdict, Right

LONGEST_TEXT = 5000
_STALE = "Votre grille a été modifiée sur un autre appareil pendant que vous écriviez. Rien n'a été remplacé."
_EMPTY = "Votre grille est vide. Cochez la case pour confirmer que vous n'avez rien noté seul."


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What one evaluator makes of one capability."""

    verdict: OwnVerdict = OwnVerdict.UNDECIDED
    reason: str = ""
    observations: str = ""
    modality: str = ""
    criteria: Mapping[str, bool] = field(default_factory=dict)


def save(
    services: Services,
    actor: Actor,
    number: str,
    parts: Mapping[str, OwnPart],
    answers: Mapping[int, str],
    seen: Mapping[str, int],
) -> Saved:
    """Keeps one's own grid by capability, and answers by question; raises StaleForm when either changed elsewhere.

    `seen` holds the revision of each part as its page read it. Raises InputRefused with its fields, ActionRefused.
    """
    parts = {code: _checked(code, part) for code, part in parts.items()}
    with sitting(services, actor, number, Right.ASSESS_ALONE) as sit:
        revisions = note_answers(sit, answers, seen)
        ids, kept = sit.capability_ids(), preparations.own_grid(sit.session, sit.interview.id, sit.person_id)
        for code, part in parts.items():
            if code not in ids:
                raise NotVisible("Cette capacité n'est pas visée par la candidature.")
            row = kept.get(ids[code])
            revisions[code] = row.revision if row else 0
            if part == (part_of(row) if row else OwnPart()):
                continue
            sit.require(rules.still_alone)
            if revisions[code] != seen.get(code, -1):
                raise StaleForm(_STALE)
            revisions[code] += 1
            _write(sit, row, ids[code], part)
        return Saved({**seen, **revisions}, sit.now)


def _write(sit: Sitting, row: OwnAssessment | None, capability_id: int, part: OwnPart) -> None:
    row = row or OwnAssessment(
        interview_id=sit.interview.id, person_id=sit.person_id, capability_id=capability_id, revision=0
    )
    for name, value in asdict(part).items():
        setattr(row, name, value)
    row.verdict = part.verdict.value
    row.revision += 1
    row.saved_at = sit.now
    sit.session.add(row)


def part_of(row: OwnAssessment) -> OwnPart:
    """A row as its author gave it."""
    return OwnPart(OwnVerdict(row.verdict), row.reason, row.observations, row.modality, dict(row.criteria))


def share(services: Services, actor: Actor, number: str, empty_confirmed: bool = False) -> bool:
    """Shows one's grid to the others, who see it once all present have shown theirs; whether they now do.

    Raises InputRefused for an empty grid without its confirmation, or for a capability not acquired without a reason.
    """
    with sitting(services, actor, number, Right.ASSESS_ALONE) as sit:
        sit.require(rules.still_alone)
        own = preparations.own_grid(sit.session, sit.interview.id, sit.person_id)
        codes = {identifier: code for code, identifier in sit.capability_ids().items()}
        rows = sorted((codes[key], row) for key, row in own.items() if part_of(row) != OwnPart())
        if not rows and not empty_confirmed:
            raise InputRefused(_EMPTY, {"confirmed": _EMPTY})
        unreasoned = [code for code, row in rows if row.verdict == OwnVerdict.NOT_ACQUIRED and not row.reason]
        if unreasoned:
            raise InputRefused(
                "Avant de mettre en commun, indiquez pourquoi n'est pas acquise : " + ", ".join(unreasoned)
            )
        text = [[code, {**asdict(part_of(row)), "verdict": row.verdict}] for code, row in rows]
        _show(sit, sit.now)
        digest = hashlib.sha256(journal.canonical(text)).hexdigest()
        sit.record("grid_shared", interview=sit.interview.id, own_sha256=digest)
        now_seen = hearings.facts(sit.session, sit.candidacy)
        return now_seen is not None and rules.together(now_seen)


def take_back(services: Services, actor: Actor, number: str) -> None:
    """One's grid is one's own again, as long as nobody saw it; raises ActionRefused."""
    with sitting(services, actor, number, Right.ASSESS_ALONE) as sit:
        refusal = rules.others_have_not_seen(sit.facts, actor, sit.now, machine.NOTHING)
        if refusal:
            raise ActionRefused(refusal)
        _show(sit, None)
        sit.record("grid_taken_back", interview=sit.interview.id)


def _show(sit: Sitting, at: datetime | None) -> None:
    next(seat for seat in sit.interview.evaluators if seat.person_id == sit.person_id).shared_at = at
    sit.session.flush()


def _checked(code: str, part: OwnPart) -> OwnPart:
    texts = {name: getattr(part, name).replace("\r\n", "\n").strip() for name in ("reason", "observations")}
    long = f"Écrivez {LONGEST_TEXT} caractères au plus."
    faults = {f"{name}-{code}": long for name, text in texts.items() if len(text) > LONGEST_TEXT}
    if part.modality not in ("", *families()["assessment_modality"]):
        faults[f"modality-{code}"] = "Choisissez la modalité dans la liste."
    if faults:
        raise InputRefused("La grille n'est pas enregistrée.", faults)
    return OwnPart(part.verdict, modality=part.modality, criteria=dict(part.criteria), **texts)
