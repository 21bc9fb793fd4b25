"""Reads one fiche out of the export of the RNCP that France compétences publishes each day, without holding the rest.

The form is the XML flow 4.1 (data.gouv.fr, "Répertoire national des certifications professionnelles"): FICHES holds
VERSION_FLUX and some thirty thousand FICHE, near 470 MB in all. Blocks are FICHE/BLOCS_COMPETENCES/BLOC_COMPETENCES;
the element of the same name under CORRESPONDANCES only names a block of another fiche.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from lxml import etree

from vae_portal.errors import InputRefused

VERSION = "4.1"
_CHUNK_BYTES = 1 << 16
# A fiche with its annexes is some 100 KB, the longest a few MB: beyond this it is none.
_LONGEST_FICHE_BYTES = 32 << 20
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class ExportedBlock:
    """A block as the export words it: `competences` is free text, `code` may be missing or doubled."""

    code: str
    title: str
    competences: str
    modalities: str


@dataclass(frozen=True, slots=True)
class ExportedFiche:
    """What a fiche says of a certification; `doubts` are what could not be read, in sentences."""

    number: str
    title: str
    short: str
    from_day: date | None
    until_day: date | None
    open_to_vae: bool
    blocks: tuple[ExportedBlock, ...]
    successors: tuple[str, ...]
    doubts: list[str] = field(default_factory=list)


def number_of(text: str) -> str:
    """The digits of an RNCP number, however it is written; raises InputRefused."""
    found = re.fullmatch(r"(?:RNCP)?\s*(\d{1,6})", text.strip(), re.IGNORECASE)
    if not found:
        sentence = f"« {text[:40]} » n'est pas un numéro RNCP : on attend RNCP28242 ou 28242."
        raise InputRefused(sentence, {"number": sentence})
    return found[1]


def find(stream: BinaryIO, number: str) -> ExportedFiche:
    """The fiche of this number, read by 64 KiB up to it; memory does not grow with the export.

    Raises InputRefused, in a sentence, for what is no such export, for another version, or without that fiche.
    """
    wanted, read = f"RNCP{number}", 0
    for element in _fiches(stream):
        read += 1
        if (element.findtext("NUMERO_FICHE") or "").strip().upper() == wanted:
            return _fiche(number, element)
    raise InputRefused(f"{wanted} n'est pas dans cet export ({read} fiches lues).")


def _fiches(stream: BinaryIO) -> Iterator[Any]:
    """Each FICHE in turn; it is forgotten when the next is asked for."""
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    depth = since_last = 0
    version = ""
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            parser.feed(chunk)
            since_last += len(chunk)
            for event, element in parser.read_events():
                if event == "start":
                    depth += 1
                    if depth == 1:
                        _require_export(element)
                    continue
                depth -= 1
                if depth != 1:
                    continue
                if element.tag == "VERSION_FLUX":
                    version = (element.text or "").strip()
                elif element.tag == "FICHE":
                    _require_version(version)
                    yield element
                    since_last = 0
                _forget(element)
            if since_last > _LONGEST_FICHE_BYTES:
                raise InputRefused("Une fiche de ce fichier est démesurée : ce n'est pas un export du RNCP.")
        parser.close()
    except etree.XMLSyntaxError as fault:
        raise InputRefused(f"Ce fichier n'est pas du XML lisible (ligne {fault.lineno or 1}).") from fault


def _require_export(root: Any) -> None:
    if root.getroottree().docinfo.doctype:
        raise InputRefused("Ce fichier déclare des entités (DOCTYPE) : l'export du RNCP n'en a pas.")
    if root.tag != "FICHES":
        raise InputRefused(
            f"Ce n'est pas un export du RNCP : il commence par « {str(root.tag)[:40]} », pas « FICHES »."
        )


def _require_version(version: str) -> None:
    if version != VERSION:
        told = f"en version « {version[:20]} »" if version else "sans version"
        raise InputRefused(f"Cet export est {told} : le portail lit la version {VERSION}.")


def _forget(element: Any) -> None:
    """What was read, and every element before it: the parser would keep them under the root."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _fiche(number: str, element: Any) -> ExportedFiche:
    doubts: list[str] = []
    # An entry on request bears the day of its decision, one by right the day it takes effect.
    from_day = _day(element, "DATE_EFFET", doubts) or _day(element, "DATE_DECISION", doubts)
    blocks = tuple(
        ExportedBlock(*(_text(block, tag) for tag in ("CODE", "LIBELLE", "LISTE_COMPETENCES", "MODALITES_EVALUATION")))
        for block in element.findall("BLOCS_COMPETENCES/BLOC_COMPETENCES")
    )
    return ExportedFiche(
        number=number,
        title=_text(element, "INTITULE"),
        short=_text(element, "ABREGE/CODE"),
        from_day=from_day,
        until_day=_day(element, "DATE_FIN_ENREGISTREMENT", doubts),
        open_to_vae=_yes(element.find("SI_JURY_VAE")),
        blocks=blocks,
        successors=tuple(
            found.strip()
            for found in (e.text or "" for e in element.findall("NOUVELLES_CERTIFICATIONS//*") if not len(e))
            if found.strip()
        ),
        doubts=doubts,
    )


def _text(element: Any, path: str) -> str:
    return (element.findtext(path) or "").replace("\r\n", "\n").replace("\xa0", " ").strip()


def _yes(element: Any) -> bool:
    """Whether it says yes: as its own text, or in its ACTIF."""
    if element is None:
        return False
    said = {(text or "").strip().casefold() for text in (element.text, element.findtext("ACTIF"))}
    return bool(said & {"oui", "true", "1"})


def _day(element: Any, tag: str, doubts: list[str]) -> date | None:
    text = _text(element, tag)
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%d/%m/%Y").date()
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        doubts.append(f"{tag} : « {text[:40]} » n'est pas une date plausible.")
        return None
    return day
