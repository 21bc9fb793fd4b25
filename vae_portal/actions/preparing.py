"""Before an interview: notes that nobody but their author ever reads, and questions that the commission shares."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from vae_portal.actions.services import Services
from vae_portal.actions.sitting import Saved, Sitting, sitting
from vae_portal.errors import InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import preparations
from vae_portal.persistence.tables import PreparedQuestion, PrivateNote
from workflows.facts import Actor
from workflows.vocabulary import Right

WHOLE = "dossier"  # the part of a page that is about the dossier as a whole, beside those named by a capability
LONGEST_NOTE = 10_000
LONGEST_QUESTION = 2000
LONGEST_ANSWER = 5000
MOST_QUESTIONS = 100  # of one commission
_STALE = "Ces notes ont été modifiées ailleurs pendant que vous écriviez. Rien n'a été remplacé."
_STALE_ANSWER = "Un autre membre de la commission a noté une réponse pendant que vous écriviez. Rien n'a été remplacé."


def save_notes(
    services: Services, actor: Actor, number: str, typed: Mapping[str, str], seen: Mapping[str, int]
) -> Saved:
    """Keeps one's own notes by part (a capability's code, or WHOLE); raises StaleForm, InputRefused with its fields."""
    texts = {part: text.replace("\r\n", "\n").strip() for part, text in typed.items()}
    long = {
        f"note-{p}": f"Écrivez {LONGEST_NOTE} caractères au plus." for p, t in texts.items() if len(t) > LONGEST_NOTE
    }
    if long:
        raise InputRefused("Ces notes ne sont pas enregistrées.", long)
    with sitting(services, actor, number, Right.PREPARE_INTERVIEW) as sit:
        ids: dict[str, int | None] = {**sit.capability_ids(), WHOLE: None}
        kept = preparations.notes(sit.session, sit.candidacy.id, sit.person_id)
        revisions = {}
        for part, text in texts.items():
            if part not in ids:
                raise NotVisible("Cette capacité n'est pas visée par la candidature.")
            note = kept.get(ids[part])
            if (note.text if note else "") == text:
                revisions[part] = note.revision if note else 0
                continue
            if (note.revision if note else 0) != seen.get(part, -1):
                raise StaleForm(_STALE)
            note = note or PrivateNote(
                candidacy_id=sit.candidacy.id, person_id=sit.person_id, capability_id=ids[part], revision=0
            )
            note.text, note.revision, note.saved_at = text, note.revision + 1, sit.now
            sit.session.add(note)
            revisions[part] = note.revision
        return Saved({**seen, **revisions}, sit.now)


def ask(services: Services, actor: Actor, number: str, part: str, text: str) -> int:
    """Adds a question for the whole commission, about a capability or the dossier; raises InputRefused. Its id."""
    text = _checked(text, LONGEST_QUESTION)
    if not text:
        sentence = "Écrivez la question."
        raise InputRefused(sentence, {f"question-{part}": sentence})
    with sitting(services, actor, number, Right.PREPARE_INTERVIEW) as sit:
        ids: dict[str, int | None] = {**sit.capability_ids(), WHOLE: None}
        if part not in ids:
            raise NotVisible("Cette capacité n'est pas visée par la candidature.")
        mine = (PreparedQuestion.candidacy_id == sit.candidacy.id) & (PreparedQuestion.round == sit.candidacy.round)
        if (sit.session.scalar(select(func.count()).where(mine)) or 0) >= MOST_QUESTIONS:
            raise InputRefused(f"La commission a déjà préparé {MOST_QUESTIONS} questions.")
        question = PreparedQuestion(
            candidacy_id=sit.candidacy.id,
            round=sit.candidacy.round,
            capability_id=ids[part],
            author_id=sit.person_id,
            text=text,
            written_at=sit.now,
        )
        sit.session.add(question)
        sit.session.flush()
        sit.record("question_prepared", question=question.id)
        return question.id


def withdraw_question(services: Services, actor: Actor, number: str, question_id: int) -> None:
    """Takes out a question that one asked oneself, unless an answer is noted; raises NotVisible, InputRefused."""
    with sitting(services, actor, number, Right.PREPARE_INTERVIEW) as sit:
        question = _question(sit, question_id)
        if question.author_id != sit.person_id:
            raise InputRefused("Seul l'auteur d'une question la retire.")
        if question.answer:
            raise InputRefused("Une réponse est notée sous cette question : elle ne se retire plus.")
        question.removed_at = sit.now
        sit.record("question_withdrawn", question=question.id)


def note_answers(sit: Sitting, answers: Mapping[int, str], seen: Mapping[str, int]) -> dict[str, int]:
    """Keeps what the candidate answered, by question, within a sitting; raises StaleForm when another member did."""
    revisions = {}
    for question_id, typed in answers.items():
        question, text = _question(sit, question_id), _checked(typed, LONGEST_ANSWER)
        part = f"q{question_id}"
        if question.answer != text:
            if question.revision != seen.get(part, -1):
                raise StaleForm(_STALE_ANSWER)
            question.answer, question.revision = text, question.revision + 1
        revisions[part] = question.revision
    return revisions


def _question(sit: Sitting, question_id: int) -> PreparedQuestion:
    found = sit.session.get(PreparedQuestion, question_id)
    if (
        found is None
        or found.candidacy_id != sit.candidacy.id
        or found.removed_at
        or found.round != sit.candidacy.round
    ):
        raise NotVisible("Cette question n'est pas, ou plus, parmi celles de la commission.")
    return found


def _checked(text: str, most: int) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise InputRefused(f"Écrivez {most} caractères au plus.")
    return text
