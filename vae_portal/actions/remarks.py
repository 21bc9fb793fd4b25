"""The candidate's answer to each remark of the advisor, before the next deposit."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from vae_portal.actions.editing import editing
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence.tables import Deposit, Remark
from workflows.facts import Actor
from workflows.vocabulary import Right

LONGEST_ANSWER = 5000  # characters


def answer(services: Services, actor: Actor, number: str, remark_id: int, text: str) -> None:
    """Answers a remark on the latest deposit, or answers it anew; raises NotVisible, ActionRefused, InputRefused."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InputRefused("Écrivez votre réponse : dites ce que vous avez changé, ou pourquoi rien ne change.")
    if len(text) > LONGEST_ANSWER:
        raise InputRefused(f"Écrivez {LONGEST_ANSWER} caractères au plus.")
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        latest = select(func.max(Deposit.id)).where(Deposit.candidacy_id == edit.candidacy.id).scalar_subquery()
        remark = edit.session.scalars(
            select(Remark).where(Remark.id == remark_id, Remark.deposit_id == latest)
        ).one_or_none()
        if remark is None:
            raise NotVisible("Cette remarque n'existe pas, ou ne porte pas sur votre dernier dépôt.")
        remark.answer, remark.answered_at = text, edit.now
        edit.record("remark_answered", remark=remark.id, answer_sha256=hashlib.sha256(text.encode()).hexdigest())
