"""Passwords: argon2, the same time spent on every address, and what a password must be."""

from __future__ import annotations

import time
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
EVEN_SECONDS = 0.3  # above what the slowest of the quiet answers takes
_hasher = PasswordHasher()
# Compared with when there is no account, so that an unknown address takes as long as a known one.
_NOBODY = _hasher.hash("personne n'a ce mot de passe")


def protect(password: str) -> str:
    """The only form in which a password is kept."""
    return _hasher.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password kept; the same time is spent when there is none."""
    try:
        return _hasher.verify(kept or _NOBODY, _normal(password[: LONGEST * 2])) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether it was protected with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(kept)


def problem(password: str, email: str, *names: str) -> str | None:
    """Why a password will not do, in a sentence, or None: 12 to 200 characters, neither the address nor the name."""
    if len(password) < SHORTEST:
        return f"Choisissez un mot de passe d'au moins {SHORTEST} caractères : une phrase convient très bien."
    if len(password) > LONGEST:
        return f"Choisissez un mot de passe de {LONGEST} caractères au plus."
    guessed = {_plain(email), _plain(email.partition("@")[0]), _plain("".join(names)), _plain("".join(reversed(names)))}
    if _plain(password) in guessed:
        return "Choisissez un mot de passe qui ne soit ni votre adresse ni votre nom."
    if len(set(password)) < 4:
        return "Choisissez un mot de passe moins répétitif."
    return None


def begin() -> float:
    """When an answer that must tell nothing by its delay was begun."""
    return time.monotonic()


def end_evenly(began: float) -> None:
    """Waits until such an answer has taken what every other takes, whatever was found on the way."""
    time.sleep(max(0.0, began + EVEN_SECONDS - time.monotonic()))


def _normal(password: str) -> str:
    """One form for the same characters typed on different keyboards."""
    return unicodedata.normalize("NFC", password)


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
