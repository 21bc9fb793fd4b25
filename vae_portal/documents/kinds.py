"""The documents the portal issues: each has a code, a French title, a file name and the fields it needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from vae_portal.documents import contexts
from vae_portal.documents.errors import TemplateFaulty


@dataclass(frozen=True, slots=True)
class Field:
    """One name a template may use: `a.b` is inside `a`, `a[].b` inside each item of the list `a`."""

    path: str
    meaning: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document; `file_pattern` takes `{number}`, made safe, and nothing else."""

    code: str
    title: str
    file_pattern: str
    fields: tuple[Field, ...]

    def file_name(self, number: str) -> str:
        """File name in ASCII letters, digits, dots, hyphens and underscores, whatever the reference holds."""
        plain = unicodedata.normalize("NFKD", number).encode("ascii", "ignore").decode()
        safe = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-")[:80]
        return self.file_pattern.format(number=safe or "sans-reference")


def _read(text: str) -> tuple[Field, ...]:
    """Fields from lines `path | meaning`, a `?` after the path saying that it may be absent."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        path, meaning = (part.strip() for part in line.split("|", 1))
        found.append(Field(path.removesuffix("?").strip(), meaning, path.endswith("?")))
    return tuple(found)


COMMON = _read(contexts.COMMON)

KINDS: Mapping[str, Kind] = {
    code: Kind(code, title, f"{name}-{{number}}.docx", COMMON + _read("\n".join(groups)))
    for code, title, name, groups in contexts.DOCUMENTS
}


def kind_of(code: str) -> Kind:
    """The kind with this code; raises TemplateFaulty when there is none."""
    try:
        return KINDS[code]
    except KeyError:
        raise TemplateFaulty(f"Aucun document ne porte le code « {code} ».") from None


def complete(kind: Kind, context: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with None or [] for absent optional fields; raises TemplateFaulty naming any other missing."""
    whole = deepcopy(dict(context))
    for field in kind.fields:
        _require(kind, field, whole, field.path.split("."))
    return whole


def _require(kind: Kind, field: Field, node: Any, parts: list[str]) -> None:
    if node is None:  # inside an optional group that is absent
        return
    name, is_list = parts[0].removesuffix("[]"), parts[0].endswith("[]")
    if not isinstance(node, dict):
        raise _faulty(kind, f"« {field.path} » n'a pas la forme attendue")
    if name not in node or (node[name] is None and not field.optional and len(parts) == 1):
        if not field.optional:
            raise _faulty(kind, f"il manque « {field.path} »")
        node[name] = [] if is_list else None
        return
    if is_list and node[name] is None:
        node[name] = []
    if is_list and not isinstance(node[name], list | tuple):
        raise _faulty(kind, f"« {field.path} » doit être une liste")
    if len(parts) > 1:
        for item in node[name] if is_list else [node[name]]:
            _require(kind, field, item, parts[1:])


def _faulty(kind: Kind, what: str) -> TemplateFaulty:
    return TemplateFaulty(f"Le document « {kind.title} » ({kind.code}) ne peut pas être rempli : {what}.")
