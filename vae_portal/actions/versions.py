"""What a situation said, kept: one version for each save by hand, one for each ten minutes of typing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions.editing import Edit
from vae_portal.persistence.tables import Capability, Situation, SituationCapability, SituationVersion
from workflows.differences import TEXTS

GOES_ON = timedelta(minutes=10)  # what is saved while typing goes on in one version for that long
LOST = 50  # characters of one text: when more go at once, and more than half of it, the version that held them stays
UNTITLED = "Situation sans titre"  # until the candidate gives one


def keep(edit: Edit, situation: Situation, event: str, typing: bool = False, **details: object) -> None:
    """The version of the situation as it now is, and its journal row; typing goes on in the version it began."""
    edit.session.flush()
    codes = shown_by(edit.session, situation.id)
    text = {name: getattr(situation, name) for name in TEXTS}
    last = latest(edit.session, situation.id)
    goes_on = (
        last is not None
        and event == "situation_edited"
        and last.while_typing
        and last.saved_by == edit.actor.person_id
        and edit.now - last.begun_at <= GOES_ON
        and not _loses(last.text, text)
    )
    if last is None or not goes_on:
        last = SituationVersion(situation_id=situation.id, saved_by=edit.actor.person_id, begun_at=edit.now)
        edit.session.add(last)
    last.revision = situation.revision
    last.text = text
    last.capabilities = codes
    last.saved_at = edit.now
    last.while_typing = typing
    if not goes_on:
        edit.record(event, situation=situation.id, revision=situation.revision, capabilities=codes, **details)


def _loses(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Whether a text is emptied, or much of it is gone: cut, or written over by other words of any length."""
    return any(_gone(old.get(name, ""), new[name]) for name in TEXTS)


def _gone(old: str, new: str) -> bool:
    if old in ("", UNTITLED, new):
        return False
    if new in ("", UNTITLED):
        return True
    begun = _alike(old, new)
    lost = len(old) - begun - _alike(old[begun:][::-1], new[begun:][::-1])
    return lost > LOST and 2 * lost > len(old)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def latest(session: Session, situation_id: int) -> SituationVersion | None:
    """The last version kept."""
    mine = select(SituationVersion).where(SituationVersion.situation_id == situation_id)
    return session.scalars(mine.order_by(SituationVersion.revision.desc()).limit(1)).first()


def shown_by(session: Session, situation_id: int) -> list[str]:
    """Codes of the capabilities that a situation shows, in the order of the fiche."""
    return list(
        session.scalars(
            select(Capability.code)
            .join(SituationCapability, SituationCapability.capability_id == Capability.id)
            .where(SituationCapability.situation_id == situation_id)
            .order_by(Capability.block_id, Capability.position)
        )
    )


def targeted(edit: Edit) -> dict[str, int]:
    """The capabilities of this round by code, in the order of the fiche, with their ids."""
    blocks = [b for b in edit.candidacy.version.blocks if b.code in edit.facts.targeted]
    return {c.code: c.id for block in blocks for c in block.capabilities}


def show(edit: Edit, situation_id: int, codes: Collection[str]) -> bool:
    """Makes the situation show these capabilities of this round; those of an earlier round stay. Whether it changed."""
    session, known = edit.session, targeted(edit)
    now_shown = set(
        session.scalars(
            select(SituationCapability.capability_id).where(
                SituationCapability.situation_id == situation_id,
                SituationCapability.capability_id.in_(known.values()),
            )
        )
    )
    wanted = {known[code] for code in codes if code in known}
    # A link that stays keeps what it points at: only the difference is written.
    for gone in now_shown - wanted:
        session.delete(session.get_one(SituationCapability, (situation_id, gone)))
    session.add_all(SituationCapability(situation_id=situation_id, capability_id=key) for key in wanted - now_shown)
    session.flush()
    return wanted != now_shown
