"""The one text of a commission as it is being written: kept part by part, merged with what another wrote since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from vae_portal.actions import assessment_text
from vae_portal.actions.services import Services
from vae_portal.actions.sitting import Saved, Sitting, sitting
from vae_portal.errors import ActionRefused, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import commissions, hearings, preparations
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Assessment, AssessmentSignature, Candidacy, Interview, OwnAssessment
from workflows import assessment as rules
from workflows import machine
from workflows.facts import Actor, Facts, Given, VerdictFacts
from workflows.vocabulary import Action, OwnVerdict, Right
from workflows.who_may_do_what import RULES

GENERAL = ("modality", "observations")  # what the text says beside its capabilities
_STALE = "Un autre membre de la commission a écrit au même endroit pendant que vous écriviez. Rien n'a été remplacé."
_Part = VerdictFacts | str | None


@dataclass(frozen=True, slots=True)
class Written:
    """What one member's page holds; `seen` names each part, by capability or GENERAL, as that page read it."""

    verdicts: Mapping[str, VerdictFacts]
    general: Mapping[str, str]
    seen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """The text as it stands: what is kept, and what it begins with where nothing is kept yet."""

    verdicts: Mapping[str, VerdictFacts]
    kept: frozenset[str]
    general: Mapping[str, str]
    targeted: tuple[str, ...] = ()

    def revisions(self) -> dict[str, int]:
        """What a page of this text names as read."""
        parts: dict[str, _Part] = {code: self.verdicts.get(code) for code in self.targeted}
        return {name: print_of(part) for name, part in (parts | dict(self.general)).items()}


@dataclass(frozen=True, slots=True)
class Merged:
    """What is to be written of a page: the parts that its author changed, or that were not kept yet."""

    verdicts: tuple[VerdictFacts, ...] = ()
    general: Mapping[str, str] = field(default_factory=dict)


def print_of(part: _Part) -> int:
    """A part's content as a number that a form carries: the same words have the same number, whoever wrote them."""
    if part is None or part == "":
        return 0
    told: list[Any] = [_plain(part)] if isinstance(part, str) else []
    if isinstance(part, VerdictFacts):
        told = [part.acquired, "" if part.acquired else _plain(part.reason), _plain(part.observations)]
        told += [part.modality, [list(one) for one in part.criteria]]
    return int(hashlib.sha256(journal.canonical(told)).hexdigest(), 16) % 10**9


def _plain(text: str) -> str:
    """As a form gives it back, whatever ended its lines."""
    return text.replace("\r\n", "\n").strip()


def standing(session: Session, candidacy: Candidacy, facts: Facts, interview: Interview) -> Standing:
    """The text as it is kept; where nothing is kept yet it begins with what every member had noted alike."""
    heard, targeted = facts.interview, set(facts.targeted_capabilities)
    ids = {c.id: c.code for b in candidacy.version.blocks for c in b.capabilities if c.code in targeted}
    found, kept = {}, commissions.verdicts(session, interview.id)
    shown: Mapping[int, Mapping[int, OwnAssessment]] = {}
    if heard is not None and rules.together(heard):
        shown = preparations.shown_grids(session, interview.id, heard.shared)
    for key, code in ids.items():
        if row := kept.get(key):
            criteria = tuple(sorted((int(rank), bool(met)) for rank, met in row.criteria.items()))
            found[code] = VerdictFacts(code, row.acquired, row.reason, row.observations, row.modality, criteria)
        elif heard is not None and rules.agreement(heard, code) is rules.Agreement.AGREED and shown.get(key):
            found[code] = _agreed(code, list(shown[key].values()))
    general = {name: str(getattr(interview, name)) for name in GENERAL}
    return Standing(found, frozenset(ids[key] for key in kept if key in ids), general, tuple(ids.values()))


def _agreed(code: str, rows: list[OwnAssessment]) -> VerdictFacts:
    """What members who all judged alike had noted, put together; modality and criteria only where all say the same."""
    acquired = rows[0].verdict == OwnVerdict.ACQUIRED
    same = {row.modality for row in rows}
    first = rows[0].criteria
    return VerdictFacts(
        code,
        acquired,
        "" if acquired else "\n".join(dict.fromkeys(row.reason for row in rows if row.reason)),
        "\n".join(dict.fromkeys(row.observations for row in rows if row.observations)),
        same.pop() if len(same) == 1 else "",
        tuple(sorted((int(k), bool(v)) for k, v in first.items() if all(row.criteria.get(k) == v for row in rows))),
    )


def merge(now: Standing, written: Written) -> Merged:
    """What of a page is to be written: a part that its author left alone stays as another member wrote it since.

    Raises StaleForm when both wrote in the same part.
    """
    current = now.revisions()
    verdicts = []
    for code, verdict in written.verdicts.items():
        if _replaces(current.get(code, 0), written.seen.get(code, -1), print_of(verdict), code in now.kept):
            verdicts.append(verdict)
    general = {
        name: text
        for name, text in written.general.items()
        if _replaces(current[name], written.seen.get(name, -1), print_of(text), True)
    }
    return Merged(tuple(verdicts), general)


def _replaces(current: int, seen: int, given: int, kept: bool) -> bool:
    """Whether a part is to be written over the one that stands."""
    if given == current or (given == seen and kept):
        return not kept
    if seen != current:
        raise StaleForm(_STALE)
    return True


def write(
    session: Session, interview: Interview, ids: Mapping[str, int], verdicts: Iterable[VerdictFacts], person_id: int
) -> None:
    """Puts verdicts into the text; one that changes has the name of who changed it."""
    for verdict in verdicts:
        values = {
            "acquired": verdict.acquired,
            "reason": "" if verdict.acquired else _plain(verdict.reason),
            "observations": _plain(verdict.observations),
            "modality": verdict.modality,
            "criteria": {str(rank): met for rank, met in verdict.criteria},
        }
        changes = or_(*(getattr(Assessment, name).is_distinct_from(value) for name, value in values.items()))
        values["assessed_by"] = person_id
        session.execute(
            insert(Assessment)
            .values(interview_id=interview.id, capability_id=ids[verdict.capability], **values)
            .on_conflict_do_update(index_elements=["interview_id", "capability_id"], set_=values, where=changes)
        )


def put_general(interview: Interview, general: Mapping[str, Any]) -> None:
    """Puts what the text says beside its capabilities, as far as it is given."""
    for name in GENERAL:
        if name in general:
            setattr(interview, name, _plain(str(general[name])))


def type_on(services: Services, actor: Actor, number: str, written: Written) -> tuple[Saved, bool]:
    """Keeps the parts that a page changed, and whether signatures were void by that; raises StaleForm, ActionRefused.

    No act of the candidacy for each pause in typing: the journal tells what is signed, and when a text that was signed
    changes. The rules are those of the act that the button does.
    """
    with sitting(services, actor, number, Right.SIGN_ASSESSMENT) as sit:
        merged = merge(standing(sit.session, sit.candidacy, sit.facts, sit.interview), written)
        voided = False
        if merged.verdicts or merged.general:
            _check(sit, merged)
            voided = _signed(sit)
            write(sit.session, sit.interview, sit.capability_ids(), merged.verdicts, sit.person_id)
            put_general(sit.interview, merged.general)
            assessment_text.rewrite(sit.session, sit.candidacy, sit.interview)
        if voided:
            sit.record("signatures_voided", interview=sit.interview.id, text_sha256=sit.interview.text_hash)
        # What this page left alone is named as it read it, so that a change is compared with what its author saw.
        parts: dict[str, _Part] = {**written.verdicts, **written.general}
        return Saved({**written.seen, **{name: print_of(part) for name, part in parts.items()}}, sit.now), voided


def _check(sit: Sitting, merged: Merged) -> None:
    """The rules of the act; where no verdict is given yet, those that look at verdicts have nothing to say."""
    if not merged.verdicts:
        for guard in RULES[Action.ASSESS].ready:
            sit.require(guard)
        return
    decided = machine.decide(sit.facts, Action.ASSESS, sit.actor, sit.now, Given(verdicts=merged.verdicts))
    if isinstance(decided, machine.Refused):
        raise ActionRefused(decided.reason)


def _signed(sit: Sitting) -> bool:
    """Whether somebody had signed the text as it stood."""
    under = AssessmentSignature.text_hash == sit.interview.text_hash
    mine = exists(select(AssessmentSignature.id).where(AssessmentSignature.interview_id == sit.interview.id, under))
    return bool(sit.interview.text_hash) and bool(sit.session.scalar(select(mine)))


def whole(services: Services, session: Session, candidacy: Candidacy, written: Written) -> Merged:
    """The text as it will be once a page is merged into it, for the act of the button to judge; raises StaleForm."""
    interview = hearings.in_force(session, candidacy.id)
    if interview is None:
        raise ActionRefused("Aucun entretien n'est planifié.")
    facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
    now = standing(session, candidacy, facts, interview)
    merged = merge(now, written)
    verdicts = {code: now.verdicts[code] for code in now.kept} | {v.capability: v for v in merged.verdicts}
    return Merged(tuple(verdicts[code] for code in now.targeted if code in verdicts), merged.general)
