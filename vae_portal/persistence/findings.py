"""What a verification found wrong, and how much it walked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Part(StrEnum):
    """Which part of what is kept a fault is in."""

    CHAIN = "chain"  # a row of the journal
    ANCHOR = "anchor"  # a daily anchor, or what it says of the journal
    OBJECT = "object"  # an object of the store
    DEPOSIT = "deposit"  # a sealed manifest
    RECORD = "record"  # a closed assessment
    MINUTES = "minutes"  # minutes of a jury, or a signature of them
    ACCESS = "access"  # the store did not answer: nothing is known


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where, and what is wrong, in French."""

    part: Part
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place} : {self.what}"


@dataclass(slots=True)
class Report:
    """The faults in the order they were met, and the numbers of things walked."""

    findings: list[Finding] = field(default_factory=list)
    chains: int = 0
    rows: int = 0
    anchors: int = 0
    objects: int = 0
    uploads: int = 0
    deposits: int = 0
    assessments: int = 0
    minutes: int = 0

    def fault(self, part: Part, place: str, what: str) -> None:
        """Notes a fault."""
        self.findings.append(Finding(part, place, what))
