"""Whether something was sealed here, by its digits alone: no more is read than when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Deposit, DepositFile
from vae_portal.seal_code import DIGITS


def sealed_at(session: Session, digits: str) -> datetime | None:
    """When the deposit of that code, or a deposit holding that hash, was first sealed; one statement in every case."""
    whole = digits if len(digits) > DIGITS else None
    begins = func.left(Deposit.manifest_sha256, DIGITS) == digits[:DIGITS]
    manifests = select(Deposit.sealed_at.label("at")).where(begins)
    if whole:
        manifests = manifests.where(Deposit.manifest_sha256 == whole)
    files = select(Deposit.sealed_at.label("at")).join(DepositFile, DepositFile.deposit_id == Deposit.id)
    found = union_all(manifests, files.where(DepositFile.sha256 == (whole or ""))).subquery()
    return session.scalar(select(func.min(found.c.at)))
