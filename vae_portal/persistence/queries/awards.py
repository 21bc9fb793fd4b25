"""An award by its code, for the public page: what it is of, whose initials, since when, and whether it still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import Award, Block, Candidacy, Certification, CertificationVersion, Person
from vae_portal.seal_code import DIGITS
from workflows import clocks


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What anyone who holds the code may read, and nothing else."""

    number: str
    initials: str
    what: str
    granted_on: date
    valid_until: date | None
    withdrawn_on: date | None


def by_code(session: Session, digits: str) -> Confirmed | None:
    """The award of a code, in one statement whatever the code; None for a whole hash or an unknown code."""
    row = session.execute(
        select(
            Award,
            Person.given_names,
            Person.family_name,
            Certification.title,
            Certification.code,
            Block.code.label("block"),
        )
        .join(Candidacy, Candidacy.id == Award.candidacy_id)
        .join(Person, Person.id == Candidacy.person_id)
        .join(CertificationVersion, CertificationVersion.id == Candidacy.version_id)
        .join(Certification, Certification.id == CertificationVersion.certification_id)
        .outerjoin(Block, Block.id == Award.block_id)
        .where(Award.code == (digits if len(digits) == DIGITS else ""))
    ).one_or_none()
    if row is None:
        return None
    told = f"{row.title} ({row.code})" if row.code else row.title
    withdrawn = row.Award.withdrawn_at
    return Confirmed(
        number=row.Award.number,
        initials=_initials(row.given_names, row.family_name),
        what=f"bloc {row.block} de : {told}" if row.block else told,
        granted_on=row.Award.granted_on,
        valid_until=row.Award.valid_until,
        withdrawn_on=clocks.civil_date(withdrawn) if withdrawn else None,
    )


def _initials(*names: str) -> str:
    """« J.-P. M. » becomes « J. P. M. »: the first letter of each part of a name."""
    parts = " ".join(names).replace("-", " ").split()
    return " ".join(f"{part[0].upper()}." for part in parts)
