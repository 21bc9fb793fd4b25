"""What the candidate and the centre write to each other on a candidacy, and what staff note between themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage.errors import FileRefused
from storage.port import Received
from vae_portal.actions import evidence, notices
from vae_portal.actions.editing import Edit
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import conversation as queries
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.queries import files as files_of
from vae_portal.persistence.tables import Candidacy, Message, MessageRead
from workflows import conversation as rules
from workflows.facts import Actor, Facts
from workflows.machine import may
from workflows.vocabulary import Right

MOST_FILES = 10  # of one message
LONGEST_NAME = 32  # of what names a sending
_NOT_YOURS = "Cette conversation n'existe pas, ou ne vous est pas ouverte."
_NOT_SENT = (
    "Votre centre ne voit pas une demande en préparation. Envoyez-la d'abord, ou appelez votre centre :"
    " vous pourrez ensuite lui écrire ici."
)
_SENT_OTHERWISE = (
    "Cette page avait déjà envoyé un autre message, qui est parti. Le texte ci-dessous n'est pas parti :"
    " relisez-le, puis envoyez-le."
)


@dataclass(frozen=True, slots=True)
class Written:
    """What someone sends: `internal` for a note between staff; `submission` names the form, which sends once."""

    text: str
    submission: str
    internal: bool = False

    @property
    def right(self) -> Right:
        """What it takes to send it."""
        return Right.WRITE_NOTE if self.internal else Right.WRITE_MESSAGE


def require_room(services: Services, actor: Actor, number: str, written: Written, announced_bytes: int) -> None:
    """Before any file is read: the right to write, and room for what is announced."""
    with services.database.reading() as session:
        candidacy = candidacies.by_number(session, actor, number)
        _require(written, actor, _facts(services, session, candidacy), candidacy)
        used = files_of.used_bytes(session, candidacy.id, actor.person_id == candidacy.person_id)
    if used + announced_bytes > services.settings.max_candidacy_bytes:
        raise InputRefused(evidence.NO_ROOM, {"files": evidence.NO_ROOM})


def write(
    services: Services, actor: Actor, number: str, written: Written, files: Sequence[tuple[str, Received]] = ()
) -> int:
    """Writes a message with the files that the store holds, and tells the other side; returns its id.

    The same form sent twice writes once. Raises NotVisible, ActionRefused for a draft, InputRefused by field.
    """
    text = written.text.replace("\r\n", "\n").strip()
    _require_sound(text, written, len(files))
    with _writing(services, actor, number, written) as edit:
        before = queries.sent(edit.session, actor.person_id, written.submission)
        if before is not None:
            if (before.text, before.internal, before.candidacy_id) != (text, written.internal, edit.candidacy.id):
                raise InputRefused(_SENT_OTHERWISE, {"text": _SENT_OTHERWISE})
            return before.id
        message = Message(
            candidacy_id=edit.candidacy.id,
            author_id=actor.person_id,
            internal=written.internal,
            text=text,
            written_at=edit.now,
            submission=written.submission,
        )
        edit.session.add(message)
        edit.session.flush()
        kept = _join(services, edit, message, files)
        digest = hashlib.sha256(text.encode()).hexdigest()
        edit.record("message_written", message=message.id, internal=written.internal, text_sha256=digest, files=kept)
        notices.owe(services, edit.session, edit.candidacy, message, edit.now)
        return message.id


def opened(services: Services, actor: Actor, candidacy_id: int, internal: bool, last_id: int) -> None:
    """Someone has been shown everything up to a message; an older mark never comes back."""
    row = insert(MessageRead).values(
        person_id=actor.person_id, candidacy_id=candidacy_id, internal=internal, last_id=last_id
    )
    later = row.on_conflict_do_update(
        index_elements=[MessageRead.person_id, MessageRead.candidacy_id, MessageRead.internal],
        set_={"last_id": func.greatest(MessageRead.last_id, row.excluded.last_id)},
    )
    with services.database.writing() as session:
        session.execute(later)


def _require_sound(text: str, written: Written, files: int) -> None:
    faults = {}
    if not text:
        faults["text"] = "Écrivez votre message : quelques mots disent à quoi servent les fichiers joints."
    elif len(text) > rules.LONGEST:
        faults["text"] = (
            f"Votre message compte {len(text)} caractères : écrivez-en {rules.LONGEST} au plus, ou joignez un fichier."
        )
    if files > MOST_FILES:
        faults["files"] = f"Joignez {MOST_FILES} fichiers au plus à un message."
    if not 8 <= len(written.submission) <= LONGEST_NAME:
        faults["text"] = "Ce formulaire ne vient pas de cette page : envoyez-le de nouveau."
    if faults:
        raise InputRefused("Rien n'est parti.", faults)


@contextmanager
def _writing(services: Services, actor: Actor, number: str, written: Written) -> Iterator[Edit]:
    """One transaction on a candidacy that the actor may write about; two sendings of one form follow each other."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        facts = _facts(services, session, candidacy)
        _require(written, actor, facts, candidacy)
        yield Edit(session, candidacy, facts, actor, services.clock())


def _facts(services: Services, session: Session, candidacy: Candidacy) -> Facts:
    return facts_of.load(session, candidacy, services.clock(), services.scanning)


def _require(written: Written, actor: Actor, facts: Facts, candidacy: Candidacy) -> None:
    if candidacy.submitted_on is None and candidacy.person_id == actor.person_id:
        raise ActionRefused(_NOT_SENT)
    if not may(written.right, actor, facts):
        raise NotVisible(_NOT_YOURS)


def _join(services: Services, edit: Edit, message: Message, files: Sequence[tuple[str, Received]]) -> list[int]:
    """The rows of its files, ids in their order; raises InputRefused when there is no room."""
    kept = []
    for name, received in files:
        try:
            row = evidence.add(services, edit, name, received, message.id)
        except FileRefused as fault:
            raise InputRefused("Rien n'est parti.", {"files": fault.reason}) from fault
        edit.record("evidence_given", evidence=row.id, sha256=received.sha256, size=received.size, message=message.id)
        kept.append(row.id)
    return kept
