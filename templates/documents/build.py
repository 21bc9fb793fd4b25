"""Makes the original Word templates again, and the list of fields of the README: `python -m templates.documents.build`.

It overwrites every `template.docx`: a centre that edited its own keeps a copy, or never runs this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from templates.documents.originals import admissibility, after, convening, dossier, interview, jury, minutes, results
from templates.documents.originals.sheet import Sheet
from vae_portal.documents.archive import with_fixed_dates
from vae_portal.documents.kinds import COMMON, KINDS, Field

HERE = Path(__file__).parent
_START, _END = "<!-- champs : début -->", "<!-- champs : fin -->"

_MODULES = (admissibility, convening, dossier, interview, jury, minutes, results, after)
# The function of each document bears its code, in the module of its matter.
ORIGINALS: Mapping[str, Callable[[], Sheet]] = {
    code: next(getattr(module, code) for module in _MODULES if hasattr(module, code)) for code in KINDS
}


def original(code: str) -> bytes:
    """The original template of one document, the same bytes at every call."""
    return with_fixed_dates(ORIGINALS[code]().bytes())


def readme_with_fields(readme: str) -> str:
    """The README with its list of fields made again from `kinds`; raises ValueError when its marks are gone."""
    before, rest = readme.split(_START, 1)
    _, after = rest.split(_END, 1)
    parts = [_START, "### Partout", _table(COMMON)]
    for kind in KINDS.values():
        parts += [f"### {kind.title} (`{kind.code}`)", _table(kind.fields[len(COMMON) :])]
    return before + "\n\n".join([*parts, _END]) + after


def _table(fields: tuple[Field, ...]) -> str:
    rows = [f"| `{field.path}` | {field.meaning} | {'facultatif' if field.optional else ''} |" for field in fields]
    return "\n".join(["| champ | ce que c'est | |", "|---|---|---|", *rows])


def main() -> None:
    """Write every original and the README's list of fields."""
    for code in ORIGINALS:
        folder = HERE / code
        folder.mkdir(exist_ok=True)
        (folder / "template.docx").write_bytes(original(code))
    readme = HERE / "README.md"
    readme.write_text(readme_with_fields(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
