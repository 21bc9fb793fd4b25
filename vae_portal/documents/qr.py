"""A QR code as a picture for a Word document: the same address always gives the same bytes."""

from __future__ import annotations

import io

import segno

WIDTH = 26  # millimetres: read by a phone from a printed page at arm's length


def png(address: str) -> io.BytesIO:
    """The code of an address with error correction M (15 % may be lost), as a PNG of one bit a pixel."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=8, border=2)
    out.seek(0)
    return out
