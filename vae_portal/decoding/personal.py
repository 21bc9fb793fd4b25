"""Counts what looks like personal data in a text, so that a page can warn; what it finds is never kept."""

from __future__ import annotations

import re
from collections.abc import Collection

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w@-])")
_PHONE = re.compile(r"(?<![\d+])(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .\u00a0\u202f-]?\d{2}){4}(?!\d)")
# Sex, year, month, department (2A, 2B), commune, order, key of two digits.
_NIR = re.compile(
    r"(?<!\d)[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}(?!\d)"
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?(?![A-Z0-9])")
_KINDS = ("email", "phone", "nir", "iban")


class PersonalData:
    """What was seen so far; `known` are the candidate's own address and number, which are nobody else's."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self._known = {_national(text) if _PHONE.fullmatch(text.strip()) else _bare(text) for text in known if text}
        self._seen: dict[str, set[str]] = {kind: set() for kind in _KINDS}

    def feed(self, text: str) -> None:
        """Look at a page or a paragraph of text."""
        self._seen["email"] |= {m.group().lower() for m in _EMAIL.finditer(text)}
        self._seen["phone"] |= {_national(m.group()) for m in _PHONE.finditer(text)}
        self._seen["nir"] |= {nir for m in _NIR.finditer(text) if _is_nir(nir := _bare(m.group()))}
        self._seen["iban"] |= {iban for m in _IBAN.finditer(text) if _is_iban(iban := _bare(m.group()))}

    def counts(self) -> dict[str, int]:
        """How many different ones of each kind, kinds without any left out."""
        found = {kind: len({_bare(one) for one in seen} - self._known) for kind, seen in self._seen.items()}
        return {kind: count for kind, count in found.items() if count}


def _bare(text: str) -> str:
    text = text.strip()
    return text.lower() if "@" in text else re.sub(r"[\s.()-]", "", text).upper()


def _national(number: str) -> str:
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    return f"0{digits[-9:]}"


def _is_nir(nir: str) -> bool:
    """Whether its last two digits are the key of the others."""
    body = nir[:-2].replace("2A", "19", 1) if nir[5:7] == "2A" else nir[:-2]
    body = body.replace("2B", "18", 1) if nir[5:7] == "2B" else body
    return len(nir) == 15 and body.isdecimal() and 97 - int(body) % 97 == int(nir[-2:])


def _is_iban(iban: str) -> bool:
    """Whether its two check digits hold (ISO 13616)."""
    if not 15 <= len(iban) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1
