"""Capabilities x situations x evidence as one picture, the same from the live dossier and from a sealed deposit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from vae_portal.web.presentation import label, plural
from workflows.differences import Change, Differences
from workflows.dossier import Cover, backs, covers
from workflows.facts import DossierFacts, EvidenceFacts, SituationFacts
from workflows.vocabulary import EvidenceState, Shown

Situation = Mapping[str, Any]  # as a manifest names it
_UNCHANGED = Differences()


def picture(
    blocks: Iterable[Any],
    targeted: Collection[str],
    manifest: Mapping[str, Any],
    states: Mapping[int, EvidenceState] | None = None,
    scanning: bool = False,
    changed: Differences = _UNCHANGED,
    cell_url: Callable[[int, str], str] | None = None,
) -> dict[str, Any]:
    """What `_coverage.html` shows: blocks are rows of the certification, `states` are those of live files."""
    files = {
        f["id"]: EvidenceFacts(f["name"], (states or {}).get(f["id"], EvidenceState.USABLE), f["id"])
        for f in manifest["files"]
    }
    situations = manifest["situations"]
    facts = DossierFacts(tuple(_facts(s, files) for s in situations), scanning=scanning)
    rows = {cover.capability: cover for cover in covers(targeted, facts)}
    columns = [_column(rank, s, changed) for rank, s in enumerate(situations, 1)]

    def cell(code: str, column: dict[str, Any], situation: Situation) -> dict[str, Any]:
        counting = [k for k in situation["files"] if k in files and backs(files[k], scanning)]
        change = changed.at(column["rank"])
        return {
            "situation": column,
            "shown": code in situation["capabilities"],
            "count": len(counting),
            "waiting": len(situation["files"]) - len(counting),
            "pointers": _pointers(situation, code, files),
            "changed": change is not None and change.change is Change.CHANGED and change.touches(code),
            "url": cell_url(situation["id"], code) if cell_url else "",
        }

    def row(capability: Any) -> dict[str, Any]:
        cells = [cell(capability.code, c, s) for c, s in zip(columns, situations, strict=True)]
        return {"code": capability.code, "title": capability.title, "cells": cells, **_verdict(rows[capability.code])}

    shown_blocks = []
    for block in blocks:
        inside = [row(c) for c in block.capabilities if c.code in rows]
        if inside:
            shown_blocks.append({"code": block.code, "title": block.title, "rows": inside})
    return {"situations": columns, "blocks": shown_blocks, "told": _told(rows.values())}


def told(changed: Differences, names: Mapping[int, str]) -> list[dict[str, str]]:
    """What changed, one line each: situations first, then files; `names` are those of files by id."""
    lines = []
    for s in changed.situations:
        parts = [label("situation_said", text).lower() for text in s.texts]
        parts += [f"montre {code}" for code in s.capabilities_added if s.change is Change.CHANGED]
        parts += [f"ne montre plus {code}" for code in s.capabilities_removed]
        parts += [f"avec « {names.get(key, '')} »" for key in s.files_added if s.change is Change.CHANGED]
        parts += [f"sans « {names.get(key, '')} »" for key in s.files_removed]
        parts += [f"repères de {code}" for code in s.pointed]
        lines.append({"change": s.change.value, "what": f"Situation « {s.title} »", "detail": ", ".join(parts)})
    for f in changed.files:
        detail = ", ".join(label("file_mark", mark).format(was=f.was) for mark in f.marks)
        lines.append({"change": f.change.value, "what": f"Fichier « {f.name} »", "detail": detail})
    return lines


def _facts(situation: Situation, files: Mapping[int, EvidenceFacts]) -> SituationFacts:
    return SituationFacts(
        situation["title"],
        frozenset(situation["capabilities"]),
        tuple(files[key] for key in situation["files"] if key in files),
        frozenset(p["capability"] for p in situation.get("pointers", ())),
    )


def _column(rank: int, situation: Situation, changed: Differences) -> dict[str, Any]:
    change = changed.at(rank)
    return {
        "rank": rank,
        "key": situation.get("id", rank),
        "title": situation["title"],
        "change": change.change.value if change else "",
    }


def _pointers(situation: Situation, code: str, files: Mapping[int, EvidenceFacts]) -> list[dict[str, str]]:
    return [
        {"file": files[p["file"]].name, "id": p["file"], "shows": p["shows"], "place": p["place"]}
        for p in situation.get("pointers", ())
        if p["capability"] == code and p["file"] in files
    ]


def _verdict(cover: Cover) -> dict[str, str]:
    shown = cover.shown
    reasons = {
        Shown.COVERED: f"{plural(cover.evidence, 'preuve')}, {plural(cover.proven, 'situation')}",
        Shown.THIN: "une seule preuve" if cover.evidence == 1 else "une seule situation, sans repère",
        Shown.TO_PROVE: "aucune preuve utilisable",
        Shown.TO_DESCRIBE: "aucune situation",
    }
    kind, icon = label("shown_kind", shown), label("shown_icon", shown)
    return {"shown": shown.value, "text": label("shown", shown), "why": reasons[shown], "kind": kind, "icon": icon}


def _told(rows: Collection[Cover]) -> dict[str, int]:
    """How many capabilities stand at each verdict, and how many there are."""
    counts = {shown.value: sum(row.shown is shown for row in rows) for shown in Shown}
    return counts | {"of": len(rows)}
