"""A part of a page calls only macros that it imports itself, or that every page including it imports."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = Path("templates/pages")
FILES = {path.relative_to(PAGES).as_posix(): path.read_text(encoding="utf-8") for path in PAGES.rglob("*.html")}
MACROS = re.findall(r"{%-? (?:macro|set) (\w+)(?:\(| = _fields)", FILES["_components.html"])
IMPORTED = {
    name: set(re.findall(r"\w+", " ".join(re.findall(r"{%-? from [^%]*import ([^%]*)%}", page))))
    for name, page in FILES.items()
}


def lacking(part: str, macro: str, seen: tuple[str, ...] = ()) -> list[str]:
    """The pages through which a part is shown without that macro."""
    if macro in IMPORTED[part]:
        return []
    users = [name for name, page in FILES.items() if f'include "{part}"' in page]
    if not users:
        return [part]
    return [page for user in users if user not in seen for page in lacking(user, macro, (*seen, part))]


def test_every_macro_called_is_imported() -> None:
    faults = [
        (name, macro, pages)
        for name, page in FILES.items()
        if name not in ("_components.html", "_fields.html")
        for macro in MACROS
        if re.search(rf"(?<![\w.\"']){macro}\(", page) and (pages := lacking(name, macro))
    ]
    assert "action_buttons" in MACROS
    assert faults == []
