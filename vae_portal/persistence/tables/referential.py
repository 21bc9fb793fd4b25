"""Certifications as data: versions, blocks, capabilities, and the decisions that open an expired one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vae_portal.persistence.tables.base import Base, Instant, Key, Name, one_of
from workflows.regimes import Regime


class Certification(Base):
    """A certification by its RNCP number."""

    __tablename__ = "certification"
    id: Mapped[Key]
    rncp: Mapped[str] = mapped_column(String(20), unique=True)  # "28242"
    code: Mapped[str] = mapped_column(String(40), default="")  # "CQPM 0195"
    title: Mapped[str] = mapped_column(String(500))


class CertificationVersion(Base):
    """One version of its référentiel; a running candidacy keeps the one it began with."""

    __tablename__ = "certification_version"
    id: Mapped[Key]
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    label: Mapped[Name]
    registered_from: Mapped[date | None]
    registered_until: Mapped[date | None]
    open_to_vae: Mapped[bool] = mapped_column(default=True)
    president_college: Mapped[str] = mapped_column(String(20), default="employers")  # or "either"
    block_validity_months: Mapped[int | None] = mapped_column(SmallInteger)  # None: unlimited
    # Accord of 8 Nov. 2019: 24 months for single competences; None: unlimited.
    capability_validity_months: Mapped[int | None] = mapped_column(SmallInteger, default=24)
    certification: Mapped[Certification] = relationship(lazy="raise")
    blocks: Mapped[list[Block]] = relationship(lazy="raise", order_by="Block.position")
    regimes: Mapped[list[VersionRegime]] = relationship(lazy="raise", order_by="VersionRegime.since")
    __table_args__ = (
        UniqueConstraint("certification_id", "label"),
        CheckConstraint("president_college IN ('employers', 'either')", name="president_college"),
    )


class VersionRegime(Base):
    """From which day to which day a version is under a regime of VAE; one at a time, the default where none is said."""

    __tablename__ = "version_regime"
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("certification_version.id"))
    regime: Mapped[str] = mapped_column(String(20))
    since: Mapped[date]
    until: Mapped[date | None]  # included
    __table_args__ = (
        one_of("regime", Regime, "regime"),
        CheckConstraint("until >= since", name="days"),
        ExcludeConstraint(
            (text("int8range(version_id, version_id, '[]')"), "&&"),
            (text("daterange(since, until, '[]')"), "&&"),
            name="ex_version_regime_days",
            using="gist",
        ),
    )


class Block(Base):
    """A block of competences, assessed and certified on its own."""

    __tablename__ = "block"
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("certification_version.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(SmallInteger)
    capabilities: Mapped[list[Capability]] = relationship(lazy="raise", order_by="Capability.position")
    __table_args__ = (UniqueConstraint("version_id", "code"),)


class Capability(Base):
    """A professional capability of a block."""

    __tablename__ = "capability"
    id: Mapped[Key]
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(1000))
    position: Mapped[int] = mapped_column(SmallInteger)
    criteria: Mapped[list[Any]] = mapped_column(default=list)  # what it is judged by, where the référentiel says it
    __table_args__ = (UniqueConstraint("block_id", "code"),)


class ReferentialProposal(Base):
    """A référentiel read from a file, corrected and confirmed by a person before it becomes a version, or given up."""

    __tablename__ = "referential_proposal"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    source: Mapped[str] = mapped_column(String(10))  # "yaml" or "rncp"
    content: Mapped[dict[str, Any]]  # as the form shows it: texts, whatever is still wrong with them
    doubts: Mapped[list[Any]]  # what the file left unsure, in sentences
    revision: Mapped[int] = mapped_column(Integer, default=0)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Instant]
    saved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("certification_version.id"))  # what it became
    __table_args__ = (
        CheckConstraint("source IN ('yaml', 'rncp')", name="source"),
        CheckConstraint("version_id IS NULL OR closed_at IS NOT NULL", name="closed"),
    )


class OpeningDecision(Base):
    """A centre's recorded decision to take new requests for an expired certification."""

    __tablename__ = "opening_decision"
    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("certification_version.id"))
    until: Mapped[date]
    ground: Mapped[str] = mapped_column(String(2000))
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Instant]
    __table_args__ = (CheckConstraint("length(ground) > 0", name="ground"),)
