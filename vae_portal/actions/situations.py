"""The professional situations that a candidate describes, and the capabilities that each one shows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from vae_portal.actions.editing import Edit, editing
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries.dossiers import DossierView
from vae_portal.persistence.tables import Situation, SituationCapability
from workflows.facts import Actor
from workflows.vocabulary import Right

LONGEST_LINE = 200  # characters
LONGEST_TEXT = 20_000
MOST_SITUATIONS = 60
_TEXTS = ("done", "results")


@dataclass(frozen=True, slots=True)
class SituationText:
    """What the candidate writes of a situation."""

    title: str
    period: str = ""
    organisation: str = ""
    role: str = ""
    done: str = ""
    results: str = ""


def create(services: Services, actor: Actor, number: str, text: SituationText, capabilities: Collection[str]) -> int:
    """A new situation, the last one of the dossier; returns its id; raises InputRefused with its fields."""
    text = _checked(text)
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        mine = select(func.count(), func.max(Situation.position)).where(Situation.candidacy_id == edit.candidacy.id)
        count, last = edit.session.execute(mine.where(Situation.removed_at.is_(None))).one()
        if count >= MOST_SITUATIONS:
            raise InputRefused(f"Votre dossier a déjà {MOST_SITUATIONS} situations : regroupez-en quelques-unes.")
        situation = Situation(candidacy_id=edit.candidacy.id, position=(last or 0) + 1, revision=1, **asdict(text))
        edit.session.add(situation)
        edit.session.flush()
        shown = _show(edit, situation.id, capabilities)
        edit.record("situation_created", situation=situation.id, capabilities=shown)
        return situation.id


def edit(
    services: Services,
    actor: Actor,
    number: str,
    situation_id: int,
    text: SituationText,
    capabilities: Collection[str],
    revision: int,
) -> None:
    """Replaces a situation as it was at `revision`; raises StaleForm when it changed since, InputRefused."""
    text = _checked(text)
    with editing(services, actor, number, Right.EDIT_DOSSIER) as change:
        situation = _own(change.session, change.candidacy.id, situation_id)
        if situation.revision != revision:
            raise StaleForm("Cette situation a été modifiée ailleurs pendant que vous écriviez. Rien n'a été remplacé.")
        for name, value in asdict(text).items():
            setattr(situation, name, value)
        situation.revision += 1
        shown = _show(change, situation_id, capabilities)
        change.record("situation_edited", situation=situation_id, revision=situation.revision, capabilities=shown)


def remove(services: Services, actor: Actor, number: str, situation_id: int) -> str:
    """Takes a situation out of the dossier; its files stay there, without it. Returns its title."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as change:
        situation = _own(change.session, change.candidacy.id, situation_id)
        situation.removed_at = change.now
        situation.revision += 1
        change.record("situation_removed", situation=situation_id)
        return situation.title


def fingerprint(shown: DossierView) -> str:
    """What a page carries of the dossier it shows, to tell whether the dossier changed since."""
    situations = [
        [s.row.id, s.row.revision, list(s.capabilities), [e.id for e in s.evidence]] for s in shown.situations
    ]
    return hashlib.sha256(journal.canonical([situations, [e.id for e in shown.unlinked]])).hexdigest()


def _own(session: Session, candidacy_id: int, situation_id: int) -> Situation:
    found = session.get(Situation, situation_id)
    if found is None or found.candidacy_id != candidacy_id or found.removed_at is not None:
        raise NotVisible("Cette situation n'est pas, ou plus, dans votre dossier.")
    return found


def _show(edit: Edit, situation_id: int, codes: Collection[str]) -> list[str]:
    """The capabilities of this round that the situation shows; those of an earlier round stay as they are."""
    blocks = [b for b in edit.candidacy.version.blocks if b.code in edit.facts.targeted]
    targeted = {c.code: c.id for block in blocks for c in block.capabilities}
    edit.session.execute(
        delete(SituationCapability).where(
            SituationCapability.situation_id == situation_id,
            SituationCapability.capability_id.in_(targeted.values()),
        )
    )
    shown = sorted(set(codes) & targeted.keys(), key=list(targeted).index)
    edit.session.add_all(SituationCapability(situation_id=situation_id, capability_id=targeted[code]) for code in shown)
    return shown


def _checked(text: SituationText) -> SituationText:
    values = {f.name: getattr(text, f.name).replace("\r\n", "\n").strip() for f in fields(text)}
    limits = {name: LONGEST_TEXT if name in _TEXTS else LONGEST_LINE for name in values}
    faults = {n: f"Écrivez {limits[n]} caractères au plus." for n, value in values.items() if len(value) > limits[n]}
    if not values["title"]:
        faults["title"] = "Donnez un titre à la situation."
    if faults:
        raise InputRefused("La situation n'est pas enregistrée.", faults)
    return SituationText(**values)
