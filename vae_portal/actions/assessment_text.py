"""The one text of an assessment: what is signed by its hash, shown to the jury, and sealed when it is closed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence import journal
from vae_portal.persistence.queries import hearings, opinions
from vae_portal.persistence.tables import AssessmentRecord, AssessmentSignature, Candidacy, Deposit, Interview, Person
from workflows import assessment as rules
from workflows.facts import InterviewFacts, VerdictFacts

FORMAT = 2  # since 2, what employers said of each capability
Text = dict[str, Any]


def text_of(session: Session, candidacy: Candidacy, interview: Interview) -> Text:
    """Everything that the summary shows, as plain values: whoever signs the hash of it signs all of that."""
    heard = hearings.facts(session, candidacy)
    if heard is None:
        raise ValueError("no interview in force to write about")
    verdicts = {v.capability: v for v in heard.verdicts}
    said = opinions.sent(session, candidacy)
    certification = candidacy.version.certification
    return {
        "format": FORMAT,
        "candidacy": candidacy.number,
        "round": candidacy.round,
        "candidate": candidacy.person.full_name,
        "certification": {"code": certification.code, "title": certification.title, "version": candidacy.version.label},
        "deposit": _deposit(session, candidacy),
        "interview": {
            "id": interview.id,
            "starts_at": heard.slot.starts_at.isoformat(),
            "ends_at": heard.slot.ends_at.isoformat(),
            "place": heard.slot.place,
            "video_link": heard.slot.video_link,
        },
        "evaluators": [
            {"id": e.person_id, "name": e.name, "qualified": e.qualified, "present": e.present}
            for e in sorted(heard.slot.evaluators, key=lambda e: e.person_id)
        ],
        "observations": interview.observations,
        "employers": [
            {"organisation": o.organisation, "by": o.written_by, "at": o.given_at.isoformat(), "general": o.general}
            for o in said
        ],
        "capabilities": [
            {"block": block.code, "code": c.code, "title": c.title}
            | _verdict(verdicts[c.code], interview.modality, heard, c.criteria)
            | {"employers": _of_employers(said, c.code)}
            for block in candidacy.version.blocks
            for c in block.capabilities
            if c.code in verdicts
        ],
    }


def as_read(session: Session, candidacy: Candidacy, interview: Interview) -> Text:
    """The text to read: as it stands until the closing, then as it was sealed, whatever it cites became since."""
    record = session.get(AssessmentRecord, interview.id) if interview.closed_at else None
    text: Text = json.loads(record.text)["text"] if record else text_of(session, candidacy, interview)
    return text


def _verdict(verdict: VerdictFacts, modality: str, heard: InterviewFacts, criteria: list[str]) -> Text:
    met = dict(verdict.criteria)
    return {
        "acquired": verdict.acquired,
        "reason": verdict.reason,
        "observations": verdict.observations,
        "modality": verdict.modality or modality,
        "criteria": [{"text": text, "met": met[n]} for n, text in enumerate(criteria, 1) if n in met],
        "disagreement": rules.agreement(heard, verdict.capability) is rules.Agreement.DIFFERENT,
    }


def _of_employers(said: list[opinions.Opinion], code: str) -> list[Text]:
    """What each employer who gave an opinion says of one capability; nothing where none of them did."""
    return [
        {"organisation": o.organisation, "level": o.lines[code].level.value, "comment": o.lines[code].comment}
        for o in said
        if code in o.lines
    ]


def _deposit(session: Session, candidacy: Candidacy) -> Text | None:
    """The latest deposit: the one that the evaluators read."""
    mine = select(Deposit).where(Deposit.candidacy_id == candidacy.id).order_by(Deposit.number.desc()).limit(1)
    sealed = session.scalars(mine).first()
    return {"number": sealed.number, "sha256": sealed.manifest_sha256} if sealed else None


def hash_of(text: Text) -> str:
    """What is signed: SHA-256, in hexadecimal, of the text's canonical JSON."""
    return hashlib.sha256(journal.canonical(text)).hexdigest()


def rewrite(session: Session, candidacy: Candidacy, interview: Interview) -> None:
    """The text changed: its hash is another, and every signature under the former one is void."""
    session.flush()
    interview.text_revision += 1
    interview.text_hash = hash_of(text_of(session, candidacy, interview))
    session.flush()


def record_of(session: Session, interview: Interview, text: Text, closed_at: str) -> str:
    """The record of a closed assessment, as canonical JSON: the text, its hash, who signed it and when."""
    signed = session.execute(
        select(AssessmentSignature, Person.given_names, Person.family_name)
        .join(Person, Person.id == AssessmentSignature.person_id)
        .where(AssessmentSignature.interview_id == interview.id, AssessmentSignature.text_hash == interview.text_hash)
        .order_by(AssessmentSignature.person_id, AssessmentSignature.id)
    )
    signatures = [
        {
            "id": row.AssessmentSignature.person_id,
            "name": f"{row.given_names} {row.family_name}",
            "signed_at": row.AssessmentSignature.signed_at.isoformat(),
            "text_sha256": row.AssessmentSignature.text_hash,
        }
        for row in signed
    ]
    record = {"text": text, "text_sha256": interview.text_hash, "signatures": signatures, "closed_at": closed_at}
    return journal.canonical(record).decode()
