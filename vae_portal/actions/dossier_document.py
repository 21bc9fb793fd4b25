"""What the Word documents of a dossier say, read from its manifest: the same of a deposit and of a draft."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from templates.words import label
from vae_portal.actions import letter_parts as parts
from vae_portal.persistence.tables import Candidacy
from vae_portal.seal_code import code_of

Manifest = dict[str, Any]
_HEADLINES = ("title", "period", "organisation", "role")
_TEXTS = ("context", "done", "with_whom", "means", "results", "learnt")


def dossier(candidacy: Candidacy, manifest: Manifest, sha256: str = "") -> dict[str, Any]:
    """The dossier as a document: situations with every text, coverage, list of evidence; `sha256` once sealed."""
    numbers = {file["id"]: rank for rank, file in enumerate(manifest["files"], 1)}
    names = {file["id"]: file["name"] for file in manifest["files"]}
    situations = [_situation(rank, s, numbers, names) for rank, s in enumerate(manifest["situations"], 1)]
    targeted = frozenset(manifest["targeted"])
    blocks = parts.blocks_of(candidacy, frozenset(b.code for b in candidacy.version.blocks))
    for block in blocks:
        block["capabilities"] = [
            c | _coverage(c["code"], manifest, numbers) for c in block["capabilities"] if c["code"] in targeted
        ]
    return {
        "deposited_at": manifest.get("sealed_at"),
        "sworn_at": manifest.get("sealed_at"),
        "deposit": manifest["deposit"],
        "code": code_of(sha256) if sha256 else None,
        "situations": situations,
        "blocks": [block for block in blocks if block["capabilities"]],
        "evidence": [_evidence(rank, file, manifest) for rank, file in enumerate(manifest["files"], 1)],
    }


def receipt(manifest: Manifest, sha256: str, verify_at: str) -> dict[str, Any]:
    """The receipt of a deposit: every file, and how to check it later."""
    files = [
        {name: file.get(name) for name in ("name", "size", "sha256", "confidential")} for file in manifest["files"]
    ]
    return {
        "deposited_at": manifest["sealed_at"],
        "deposit": manifest["deposit"],
        "files": files,
        "total_size": sum(file["size"] for file in files),
        "manifest_sha256": sha256,
        "code": code_of(sha256),
        "verify_at": verify_at,
    }


def shown_by(manifest: Manifest, evidence_id: int, order: Collection[str]) -> list[str]:
    """The capabilities that a file shows through the situations it backs, in the order of the fiche."""
    codes = {c for s in manifest["situations"] if evidence_id in s["files"] for c in s["capabilities"]}
    return [code for code in order if code in codes]


def places(manifest: Manifest, evidence_id: int) -> list[str]:
    """Where to look in a file and what it shows there, one line for each pointer."""
    return [
        f"{p['capability']} (situation {rank}) : " + ", ".join(filter(None, (p["shows"], p["place"])))
        for rank, situation in enumerate(manifest["situations"], 1)
        for p in situation.get("pointers", ())
        if p["file"] == evidence_id
    ]


def _situation(rank: int, s: Manifest, numbers: dict[int, int], names: dict[int, str]) -> dict[str, Any]:
    return {
        "number": rank,
        **{name: s.get(name) or None for name in _HEADLINES},
        "title": s["title"],
        "texts": [{"title": label("situation_said", name), "text": s[name]} for name in _TEXTS if s.get(name)],
        "capabilities": list(s["capabilities"]),
        "evidence": [
            f"{numbers[key]}. {names[key]}" + _pointed([p for p in s.get("pointers", ()) if p["file"] == key])
            for key in s["files"]
            if key in numbers
        ],
    }


def _pointed(pointers: list[dict[str, Any]]) -> str:
    told = [f"{p['capability']} : " + ", ".join(filter(None, (p["shows"], p["place"]))) for p in pointers]
    return f" ({' ; '.join(told)})" if told else ""


def _coverage(code: str, manifest: Manifest, numbers: dict[int, int]) -> dict[str, str]:
    naming = [(rank, s) for rank, s in enumerate(manifest["situations"], 1) if code in s["capabilities"]]
    lines: dict[int, list[str]] = {key: [] for _, s in naming for key in s["files"] if key in numbers}
    for _, s in naming:
        for pointer in s.get("pointers", ()):
            if pointer["capability"] == code and pointer["file"] in lines:
                lines[pointer["file"]].append(", ".join(filter(None, (pointer["shows"], pointer["place"]))))
    told = [f"n° {numbers[key]}" + (f" ({' ; '.join(where)})" if where else "") for key, where in lines.items()]
    return {
        "situations": ", ".join(str(rank) for rank, _ in naming) or "aucune",
        "evidence": ", ".join(told) or "aucune",
    }


def _evidence(rank: int, file: dict[str, Any], manifest: Manifest) -> dict[str, Any]:
    backs = [str(n) for n, s in enumerate(manifest["situations"], 1) if file["id"] in s["files"]]
    return {
        "number": rank,
        "file_name": file["name"],
        "size": file["size"],
        "sha256": file["sha256"] or "pas encore calculée",
        "confidential": bool(file.get("confidential")),
        "situations": ", ".join(backs) or None,
    }
