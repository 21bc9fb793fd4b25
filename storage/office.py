"""Looks into zip-based documents: which kind, and nothing that runs, is hidden, or swells when opened."""

from __future__ import annotations

import re
import zipfile
import zlib
from urllib.parse import unquote
from xml.etree import ElementTree

from storage.checks import ACCEPTED, AllowedType
from storage.errors import TypeRefused
from storage.range_reader import RangeReader, UnreasonableRead

MOST_ENTRIES = 10_000
MOST_EXPANDED_BYTES = 2 * 1024**3
MOST_RATIO = 200
_RATIO_MATTERS_FROM = 10 * 1024**2  # below this, repetitive but honest spreadsheets pass the ratio
_LARGEST_MANIFEST = 2 * 1024**2

_WORDS = "application/vnd.openxmlformats-officedocument."
_OPEN_XML = {
    f"{_WORDS}wordprocessingml.document.main+xml": AllowedType.DOCX,
    f"{_WORDS}spreadsheetml.sheet.main+xml": AllowedType.XLSX,
    f"{_WORDS}presentationml.presentation.main+xml": AllowedType.PPTX,
    f"{_WORDS}presentationml.slideshow.main+xml": AllowedType.PPTX,
}
_OPEN_DOCUMENT = {kind.media_type: kind for kind in (AllowedType.ODT, AllowedType.ODS)}
_MACRO_PARTS = re.compile(
    r"(^|/)(vbaproject[^/]*\.bin|vbadata[^/]*\.xml|activex/.+|macrosheets/.+)$|^scripts/.+|^basic/(?!.*script-l[bc]\.xml$).*\.xml$",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(r"^[/\\]|^[a-z]:|\\|(^|/)\.\.(/|$)", re.IGNORECASE)
_PROGRAMS = re.compile(
    r"\.(exe|dll|com|scr|pif|cpl|msi|bat|cmd|ps1|js|jse|vbs|vbe|wsf|hta|jar|lnk)$|(^|/)oleobject[^/]*\.bin$",
    re.IGNORECASE,
)
_RUNS = (b"MZ", b"\x7fELF")
# Entries that office programs show or read, never run: their beginnings are not worth a read each.
_SHOWN = re.compile(
    r"\.(xml|rels|rdf|png|jpe?g|gif|bmp|tiff?|svg|emf|wmf|mp[34]|m4[av]|wav|ttf|otf|odttf|fntdata)$|/$", re.I
)
_MOST_EMBEDDED = 1000
_MOST_RELATIONS = 16 * 1024**2  # bytes of them, all parts together
# What may be elsewhere: a link that a person follows, a workbook that is asked about before it is read. The rest (a
# template, a frame, an object) is fetched when the document opens. Pasted pictures often name where they came from:
# only those on somebody's network share are refused, for they make the reader's computer sign in there.
_FOLLOWED = re.compile(r"/(hyperlink|externalLink(Long)?Path|xl(PathMissing|Startup|AlternateStartup|Library))$", re.I)
_MEDIA = re.compile(r"/(image|video|audio|media)$", re.IGNORECASE)
_ON_A_SHARE = re.compile(r"\s*(smb:|[\\/]{2}|file:(?![\\/]{3}[^\\/]))", re.IGNORECASE)
_DAMAGED = (
    "Le fichier est abîmé ou incomplet. Ouvrez-le sur votre ordinateur, enregistrez-le de nouveau et renvoyez-le."
)
_SWELLS = "Le fichier grossit trop une fois ouvert. Réduisez ses images ou enregistrez-le en PDF et renvoyez-le."
_PASSWORD = "Le fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe et renvoyez-le."  # noqa: S105 -- a sentence

_STRANGE_NAMES = "Le fichier contient des chemins interdits. Ouvrez-le, enregistrez-le de nouveau et renvoyez-le."
_LINKED = (
    "Le fichier va chercher ailleurs un modèle, un objet ou une image dès qu'on l'ouvre. Supprimez ces liaisons, ou "
    "enregistrez-le en PDF, et renvoyez-le."
)
_EMBEDDED = (
    "Le fichier contient un programme ou un objet incorporé qui pourrait en cacher un. Supprimez cet objet, ou "
    "enregistrez le document en PDF, et renvoyez-le."
)


def inspect_zip(reader: RangeReader) -> AllowedType:
    """The document's type, read from its entries; raises TypeRefused with what to do."""
    try:
        with zipfile.ZipFile(reader) as archive:
            _check_sizes(archive.infolist())
            _check_names(archive.infolist())
            kind = _kind(archive)
            _check_relations(archive)
            _check_embedded(archive)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        UnreasonableRead,
        zlib.error,
        NotImplementedError,
        EOFError,
        UnicodeDecodeError,
        ElementTree.ParseError,
        RuntimeError,
        ValueError,
    ) as fault:
        raise TypeRefused(_DAMAGED) from fault
    return kind


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise TypeRefused(_SWELLS)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise TypeRefused(_PASSWORD)
    if len({entry.filename for entry in entries}) != len(entries):
        raise TypeRefused(_DAMAGED)  # two entries of one name: readers would not agree on what it holds
    expanded = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if expanded > MOST_EXPANDED_BYTES:
        raise TypeRefused(_SWELLS)
    if expanded > _RATIO_MATTERS_FROM and expanded > MOST_RATIO * packed:
        raise TypeRefused(_SWELLS)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    """What unpacks the document elsewhere must not write outside its folder."""
    if any(_OUTSIDE.search(entry.orig_filename) or "\0" in entry.orig_filename for entry in entries):
        raise TypeRefused(_STRANGE_NAMES)


def _check_relations(archive: zipfile.ZipFile) -> None:
    parts = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".rels")]
    if sum(part.file_size for part in parts) > _MOST_RELATIONS:
        raise TypeRefused(_SWELLS)
    for part in parts:
        for relation in _root(_read(archive, part.filename)):
            if relation.get("TargetMode", "").strip().lower() == "external" and _fetched(relation):
                raise TypeRefused(_LINKED)


def _fetched(relation: ElementTree.Element) -> bool:
    """Whether opening the document is enough to fetch what this names."""
    kind = relation.get("Type", "").strip()
    if _MEDIA.search(kind):
        return _ON_A_SHARE.match(unquote(relation.get("Target", ""))) is not None
    return _FOLLOWED.search(kind) is None


def _check_embedded(archive: zipfile.ZipFile) -> None:
    names = [name for name in archive.namelist() if "embeddings/" in name.lower() or not _SHOWN.search(name)]
    if any(_PROGRAMS.search(name) for name in archive.namelist()):
        raise TypeRefused(_EMBEDDED)
    if len(names) > _MOST_EMBEDDED:
        raise TypeRefused(_SWELLS)
    for name in names:
        with archive.open(name) as entry:
            if entry.read(4).startswith(_RUNS):
                raise TypeRefused(_EMBEDDED)


def _kind(archive: zipfile.ZipFile) -> AllowedType:
    names = archive.namelist()
    if "[Content_Types].xml" in names:
        kind = _kind_of_open_xml(archive)
    elif "mimetype" in names:
        kind = _kind_of_open_document(archive)
    else:
        raise TypeRefused(f"Le fichier est une archive. Envoyez les fichiers qu'elle contient un par un. {ACCEPTED}")
    if any(_MACRO_PARTS.search(name) for name in names):
        raise TypeRefused(_with_macros(kind.extension))
    return kind


def _kind_of_open_xml(archive: zipfile.ZipFile) -> AllowedType:
    # macroEnabled, template and the rest are other content types: what is not listed is refused.
    types = _content_types(_read(archive, "[Content_Types].xml"))
    if any("macroenabled" in value or "vbaproject" in value for value in types):
        extension = (
            "xlsx" if any("excel" in v for v in types) else "pptx" if any("powerpoint" in v for v in types) else "docx"
        )
        raise TypeRefused(_with_macros(extension))
    kinds = {_OPEN_XML[value] for value in types if value in _OPEN_XML}
    if len(kinds) != 1:
        raise TypeRefused("Ce type de document Office n'est pas accepté. Enregistrez-le en .docx, .xlsx, .pptx ou PDF.")
    return kinds.pop()


def _kind_of_open_document(archive: zipfile.ZipFile) -> AllowedType:
    kind = _OPEN_DOCUMENT.get(_read(archive, "mimetype").decode("ascii").strip())
    if kind is None:
        raise TypeRefused("Ce type de document OpenDocument n'est pas accepté. Enregistrez-le en .odt, .ods ou PDF.")
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
        raise TypeRefused(_PASSWORD)
    return kind


def _content_types(xml: bytes) -> set[str]:
    return {element.get("ContentType", "").lower() for element in _root(xml)}


def _root(xml: bytes) -> ElementTree.Element:
    # No entity can be declared without a document type, nor hidden from this look in UTF-8.
    if b"<!" in xml or b"\x00" in xml:
        raise TypeRefused(_DAMAGED)
    return ElementTree.fromstring(xml)  # noqa: S314 -- bounded, and no document type is let in just above


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        data = entry.read(_LARGEST_MANIFEST + 1)
    if len(data) > _LARGEST_MANIFEST:
        raise TypeRefused(_SWELLS)
    return data


def _with_macros(extension: str) -> str:
    return f"Le fichier contient des macros. Enregistrez-le en .{extension} sans macros et renvoyez-le."
