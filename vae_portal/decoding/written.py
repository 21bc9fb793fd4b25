"""What the child writes for its parent to read: names, and the longest it may be."""

from __future__ import annotations

PAGES = "pages.jsonl"  # one line a page that is whole: {"width", "height", "text"}
LONGEST_TEXT = 20_000  # characters of a page


def page_file(number: int) -> str:
    """The name of the picture of a page, from 1."""
    return f"page-{number:04d}.webp"
