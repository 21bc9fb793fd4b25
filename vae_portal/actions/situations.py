"""The professional situations that a candidate describes, and the capabilities that each one shows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vae_portal.actions import versions
from vae_portal.actions.editing import Edit, editing
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import dossiers
from vae_portal.persistence.queries.dossiers import DossierView
from vae_portal.persistence.tables import Situation
from workflows.facts import Actor
from workflows.vocabulary import Right

LONGEST_LINE = 200  # characters
LONGEST_TEXT = 20_000
MOST_SITUATIONS = 60
UNTITLED = versions.UNTITLED
LINES = ("title", "period", "organisation", "role")
_STALE = "Cette situation a été modifiée ailleurs pendant que vous écriviez. Rien n'a été remplacé."


@dataclass(frozen=True, slots=True)
class SituationText:
    """What the candidate writes of a situation."""

    title: str
    period: str = ""
    organisation: str = ""
    context: str = ""
    role: str = ""
    done: str = ""
    with_whom: str = ""
    means: str = ""
    results: str = ""
    learnt: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was kept of a save: the next one of the same page names this revision."""

    id: int
    revision: int
    at: datetime


def create(
    services: Services, actor: Actor, number: str, text: SituationText, codes: Collection[str], typing: bool = False
) -> Saved:
    """A new situation, the last one of the dossier; raises InputRefused with its fields."""
    text = _checked(text, typing)
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        mine = select(Situation).where(Situation.candidacy_id == edit.candidacy.id)
        last = edit.session.scalars(mine.order_by(Situation.position.desc()).limit(1)).first()
        if typing and last is not None and _just_sent(last, text):
            return Saved(last.id, last.revision, edit.now)
        _require_room(edit)
        position = last.position + 1 if last else 1
        situation = Situation(candidacy_id=edit.candidacy.id, position=position, revision=1, **asdict(text))
        edit.session.add(situation)
        edit.session.flush()
        versions.show(edit, situation.id, codes)
        versions.keep(edit, situation, "situation_created", typing)
        return Saved(situation.id, situation.revision, edit.now)


def _just_sent(last: Situation, text: SituationText) -> bool:
    """The page sends its first text again when the answer was lost on the way: it is one situation, not two."""
    return last.revision == 1 and last.removed_at is None and _text_of(last) == text


def edit(
    services: Services,
    actor: Actor,
    number: str,
    situation_id: int,
    text: SituationText,
    codes: Collection[str],
    revision: int,
    typing: bool = False,
) -> Saved:
    """Replaces a situation as it was at `revision`; raises StaleForm when it changed since, InputRefused."""
    text = _checked(text, typing)
    with editing(services, actor, number, Right.EDIT_DOSSIER) as change:
        situation = own_situation(change.session, change.candidacy.id, situation_id)
        if situation.revision != revision:
            raise StaleForm(_STALE)
        rewritten = _text_of(situation) != text
        for name, value in asdict(text).items():
            setattr(situation, name, value)
        reshown = versions.show(change, situation_id, codes)
        if rewritten or reshown:
            situation.revision += 1
            versions.keep(change, situation, "situation_edited", typing)
        elif not typing and (last := versions.latest(change.session, situation_id)) is not None:
            last.while_typing = False  # saved by hand: what is typed next is another version
        return Saved(situation_id, situation.revision, change.now)


def restore(services: Services, actor: Actor, number: str, situation_id: int, kept: int, revision: int) -> Saved:
    """Makes a situation say again what it said at revision `kept`; raises StaleForm when it changed since."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as change:
        situation = own_situation(change.session, change.candidacy.id, situation_id)
        if situation.revision != revision:
            raise StaleForm(_STALE)
        version = dossiers.version(change.session, situation_id, kept)
        for field in fields(SituationText):
            setattr(situation, field.name, version.text.get(field.name, ""))
        versions.show(change, situation_id, version.capabilities)
        situation.revision += 1
        versions.keep(change, situation, "situation_restored", restored=kept)
        return Saved(situation_id, situation.revision, change.now)


def remove(services: Services, actor: Actor, number: str, situation_id: int) -> str:
    """Takes a situation out of the dossier; its files stay there, without it. Returns its title."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as change:
        situation = own_situation(change.session, change.candidacy.id, situation_id)
        situation.removed_at = change.now
        situation.revision += 1
        change.record("situation_removed", situation=situation_id)
        return situation.title


def put_back(services: Services, actor: Actor, number: str, situation_id: int) -> str:
    """Puts a situation that was taken out back, as it was and where it was; once there it stays. Returns its title."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as change:
        situation = change.session.get(Situation, situation_id)
        if situation is None or situation.candidacy_id != change.candidacy.id:
            raise NotVisible("Cette situation n'a jamais été dans votre dossier.")
        if situation.removed_at is not None:
            _require_room(change)
            situation.removed_at = None
            situation.revision += 1
            change.record("situation_put_back", situation=situation_id, revision=situation.revision)
        return situation.title


def _require_room(edit: Edit) -> None:
    live = select(Situation.id).where(Situation.candidacy_id == edit.candidacy.id, Situation.removed_at.is_(None))
    if (edit.session.scalar(select(func.count()).select_from(live.subquery())) or 0) >= MOST_SITUATIONS:
        raise InputRefused(f"Votre dossier a déjà {MOST_SITUATIONS} situations : regroupez-en quelques-unes.")


def fingerprint(shown: DossierView) -> str:
    """What a page carries of the dossier it shows, to tell whether the dossier changed since."""
    situations = [
        [
            s.row.id,
            s.row.revision,
            list(s.capabilities),
            [e.id for e in s.evidence],
            [[p.evidence_id, p.capability, p.shows, p.place] for p in s.pointers],
        ]
        for s in shown.situations
    ]
    files = {e.id: e.confidential for s in shown.situations for e in s.evidence}
    files |= {e.id: e.confidential for e in shown.unlinked}
    return hashlib.sha256(journal.canonical([situations, sorted(files.items())])).hexdigest()


def own_situation(session: Session, candidacy_id: int, situation_id: int) -> Situation:
    """A situation that is in the dossier now; raises NotVisible."""
    found = session.get(Situation, situation_id)
    if found is None or found.candidacy_id != candidacy_id or found.removed_at is not None:
        raise NotVisible("Cette situation n'est pas, ou plus, dans votre dossier.")
    return found


def longest(name: str) -> int:
    """The most characters that a text of a situation may have."""
    return LONGEST_LINE if name in LINES else LONGEST_TEXT


def _text_of(situation: Situation) -> SituationText:
    return SituationText(**{field.name: getattr(situation, field.name) for field in fields(SituationText)})


def _checked(text: SituationText, typing: bool) -> SituationText:
    values = {f.name: getattr(text, f.name).replace("\r\n", "\n").strip() for f in fields(text)}
    faults = {n: f"Écrivez {longest(n)} caractères au plus." for n, value in values.items() if len(value) > longest(n)}
    if typing and not values["title"]:
        values["title"] = UNTITLED
    if not values["title"]:
        faults["title"] = "Donnez un titre à la situation."
    if faults:
        raise InputRefused("La situation n'est pas enregistrée.", faults)
    return SituationText(**values)
