"""The regimes of a version, from its file: they may change while it is in use, since a candidacy keeps its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import VersionRegime
from workflows.regimes import Period, Regime, overlapping

_KEYS = ("regime", "since", "until")


def faults(given: Any) -> list[str]:
    """What is wrong with the lines of a file, one sentence each."""
    if not isinstance(given, list) or not all(isinstance(line, dict) for line in given):
        return ["« regimes » doit être une liste, chaque ligne avec regime, since et, s'il finit, until."]
    found = [fault for rank, line in enumerate(given, 1) for fault in _line_faults(line, f"régime {rank} : ")]
    if not found and overlapping(periods(given)):
        found.append("Deux régimes se recouvrent : une version n'en a qu'un à la fois.")
    return found


def _line_faults(line: Mapping[str, Any], where: str) -> list[str]:
    found = [f"Clé inconnue : « {where}{key} »." for key in line if key not in _KEYS]
    if line.get("regime") not in list(Regime):
        found.append(f"« {where}regime » doit être {' ou '.join(Regime)}.")
    if type(line.get("since")) is not date:
        found.append(f"« {where}since » doit être une date, comme 2024-01-01.")
    if line.get("until") is not None and type(line["until"]) is not date:
        found.append(f"« {where}until » doit être une date, ou vide.")
    if not found and line.get("until") and line["until"] < line["since"]:
        found.append(f"« {where}until » précède since.")
    return found


def periods(given: Collection[Mapping[str, Any]]) -> list[Period]:
    """The lines of a file that has no fault."""
    return [Period(Regime(line["regime"]), line["since"], line.get("until")) for line in given]


def replace(session: Session, version_id: int, told: Collection[Period]) -> None:
    """The regimes of a version are these and no other."""
    session.execute(delete(VersionRegime).where(VersionRegime.version_id == version_id))
    session.add_all(
        VersionRegime(version_id=version_id, regime=period.regime.value, since=period.since, until=period.until)
        for period in told
    )
    session.flush()
