"""What the pages of commissions and juries share: ways back to a candidacy, the revision that a form was shown at."""

from __future__ import annotations

from flask import current_app, url_for


def candidacy_page(number: str) -> str:
    """The page of a candidacy."""
    return url_for("candidacy.show", number=number)


def dossier_page(number: str) -> str:
    """The evidence dossier to read, or nothing where the portal serves none."""
    return url_for("dossier.read", number=number) if "dossier.read" in current_app.view_functions else ""


def document_page(number: str) -> str:
    """A document to download, or nothing where the portal serves none."""
    known = "files.document" in current_app.view_functions
    return url_for("files.document", number=number) if known else ""


def revision_of(raw: str | None) -> int:
    """The revision that a form carries; one that no page of ours wrote is older than everything."""
    return whole_number(raw, -1)


def whole_number(raw: str | None, otherwise: int) -> int:
    """A number that a form carries, when it is one."""
    return int(raw) if raw and raw.isascii() and raw.isdecimal() and len(raw) < 10 else otherwise
