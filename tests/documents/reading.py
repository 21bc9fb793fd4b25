"""Reads Word files back and writes contexts whose every text can be told from the others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from docx import Document
from docx.oxml.ns import qn


def words(document: bytes) -> str:
    """The text of every paragraph of the body, tables, header and footer, one per line."""
    word = Document(io.BytesIO(document))
    section = word.sections[0]
    found = []
    for root in (word.element.body, section.header._element, section.footer._element):
        for paragraph in root.iter(qn("w:p")):
            marks = {qn("w:br"): "\n", qn("w:tab"): "\t"}
            nodes = paragraph.iter(qn("w:t"), *marks)
            # A tab stop of the paragraph's properties is not a tab of its text.
            kept = (node for node in nodes if node.getparent().tag != qn("w:tabs"))
            found.append("".join(marks.get(node.tag) or node.text or "" for node in kept))
    return "\n".join(found)


def tagged(value: Any, tail: str, path: str = "") -> tuple[Any, dict[str, list[str]]]:
    """The same context with `tail` in each text, and the texts now given by path; ISO dates and instants stay."""
    if isinstance(value, dict):
        parts = {key: tagged(item, tail, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
        return {key: part[0] for key, part in parts.items()}, _joined(part[1] for part in parts.values())
    if isinstance(value, list):
        items = [tagged(item, f"{tail}{index}", f"{path}[]") for index, item in enumerate(value)]
        return [item[0] for item in items], _joined(item[1] for item in items)
    if isinstance(value, str) and value and not _is_moment(value):
        text = f"{path}{tail}|"
        return text, {path: [text]}
    return value, {}


def _joined(parts: Iterator[dict[str, list[str]]]) -> dict[str, list[str]]:
    whole: dict[str, list[str]] = {}
    for part in parts:
        for path, texts in part.items():
            whole.setdefault(path, []).extend(texts)
    return whole


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
