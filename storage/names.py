"""Makes the name that a person's file carries harmless, in a page, in a header and on a disk."""

from __future__ import annotations

import unicodedata

_LONGEST = 150  # characters
_LONGEST_EXTENSION = 12
_FORBIDDEN = set('<>:"|?*')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def safe_filename(name: str) -> str:
    """The name without path, controls or text-direction marks, 150 characters at most, else "fichier"."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    kept = "".join(character for character in last if _is_harmless(character))
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION or not stem:
        stem, dot, extension = kept, "", ""
    stem = stem[: _LONGEST - len(dot) - len(extension)].rstrip(". ")
    if stem.lower() in _DEVICES:
        stem = f"_{stem}"
    return f"{stem}{dot}{extension}" if stem else "fichier"


def _is_harmless(character: str) -> bool:
    # Cc controls, Cf direction and invisible marks, Cs surrogates, Co and Cn unassigned, Zl, Zp line ends.
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return character in "\t\n\r"  # becomes a space
    return character not in _FORBIDDEN


def download_name(name: str, extensions: tuple[str, ...]) -> str:
    """The safe name, with the real type's extension added when its own says something else."""
    safe = safe_filename(name)
    if safe.rpartition(".")[2].lower() in extensions and "." in safe:
        return safe
    return f"{safe[: _LONGEST - 5]}.{extensions[0]}"
