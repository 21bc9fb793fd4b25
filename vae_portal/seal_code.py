"""The short code of a sealed thing: the beginning of its SHA-256, eighty bits, in groups that people can copy."""

from __future__ import annotations

import re

DIGITS = 20  # hexadecimal
_GROUP = 4
_BETWEEN = re.compile(r"[\s.:_\-\u2010-\u2015\u2212]+")  # what people and word processors put between groups
_LINE_OF_SHA256SUM = re.compile(r"\\?([0-9a-fA-F]{64})(?:\s.*)?", re.DOTALL)


def code_of(sha256: str) -> str:
    """'3F2A-91C0-77DE-04B8-A6E5' of a hash in hexadecimal."""
    digits = sha256[:DIGITS].upper()
    return "-".join(digits[start : start + _GROUP] for start in range(0, DIGITS, _GROUP))


def read(typed: str) -> str | None:
    """The digits of a code or of a whole hash, in lower case, however they were typed; None for anything else."""
    line = _LINE_OF_SHA256SUM.fullmatch(typed.strip())
    digits = line[1] if line else _BETWEEN.sub("", typed)
    return digits.lower() if re.fullmatch(rf"[0-9a-fA-F]{{{DIGITS}}}|[0-9a-fA-F]{{64}}", digits) else None
