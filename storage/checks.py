"""Says what a file really is from its bytes, never from its name or from what a browser declares."""

from __future__ import annotations

from enum import Enum

from storage.errors import TypeRefused
from storage.names import download_name, safe_filename
from storage.text import looks_like_code

__all__ = ["HEAD_BYTES", "AllowedType", "detect", "download_name", "mp3_frame_length", "safe_filename", "type_of"]

HEAD_BYTES = 8 * 1024


class AllowedType(Enum):
    """What may be kept: media type, usual extensions (first: proposed), shown inline or downloaded."""

    PDF = ("application/pdf", ("pdf",), True)
    JPEG = ("image/jpeg", ("jpg", "jpeg"), True)
    PNG = ("image/png", ("png",), True)
    HEIC = ("image/heic", ("heic", "heif"), False)  # few browsers show it
    DOCX = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",), False)
    XLSX = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",), False)
    PPTX = ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",), False)
    ODT = ("application/vnd.oasis.opendocument.text", ("odt",), False)
    ODS = ("application/vnd.oasis.opendocument.spreadsheet", ("ods",), False)
    MP4 = ("video/mp4", ("mp4", "m4v"), True)
    MP3 = ("audio/mpeg", ("mp3",), True)
    TEXT = ("text/plain", ("txt", "csv", "md", "log"), False)

    def __init__(self, media_type: str, extensions: tuple[str, ...], inline: bool) -> None:
        self.media_type = media_type
        self.extensions = extensions
        self.inline = inline

    @property
    def extension(self) -> str:
        """The usual extension, without its dot."""
        return self.extensions[0]


def type_of(media_type: str) -> AllowedType | None:
    """The allowed type that has this media type, parameters ignored; None when there is none."""
    bare = media_type.partition(";")[0].strip().lower()
    return next((kind for kind in AllowedType if kind.media_type == bare), None)


ACCEPTED = "Types acceptés : PDF, JPEG, PNG, HEIC, DOCX, XLSX, PPTX, ODT, ODS, MP4, MP3 et texte."


def detect(head: bytes) -> AllowedType | None:
    """The type that the first HEAD_BYTES show, None for a zip (its entries decide); raises TypeRefused."""
    for signature, reason in _REFUSED_SIGNATURES:
        if head.startswith(signature):
            raise TypeRefused(reason)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return None
    if head[4:8] == b"ftyp":
        return _of_iso_media(head)
    if _is_mp3_frame(head):
        return AllowedType.MP3
    if looks_like_code(head):
        raise TypeRefused(
            "Le fichier contient une page web, une image SVG ou un programme. Enregistrez-le en PDF et renvoyez-le."
        )
    if b"\x00" in head:
        raise TypeRefused(f"Ce type de fichier n'est pas accepté. {ACCEPTED}")
    return AllowedType.TEXT  # provisional: every byte is checked on the way by text.TextCheck


_PROGRAM = "Le fichier est un programme. Envoyez plutôt un document, une image ou un enregistrement."
_ARCHIVE = "Le fichier est une archive. Envoyez les fichiers qu'elle contient un par un."
_REFUSED_SIGNATURES = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "Le fichier est d'un ancien format Office (.doc, .xls, .ppt) ou protégé par un mot de passe. "
        "Enregistrez-le sans mot de passe en .docx, .xlsx, .pptx ou PDF et renvoyez-le.",
    ),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xce\xfa\xed\xfe", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"PK\x05\x06", "Le fichier est une archive vide. Vérifiez-le et renvoyez-le."),
    (b"{\\rtf", "Le fichier est au format RTF. Enregistrez-le en .docx, .odt ou PDF et renvoyez-le."),
    (b"%!PS", "Le fichier est au format PostScript. Enregistrez-le en PDF et renvoyez-le."),
    (b"\xff\xfe", "Le texte est codé en UTF-16. Enregistrez-le en UTF-8 et renvoyez-le."),
    (b"\xfe\xff", "Le texte est codé en UTF-16. Enregistrez-le en UTF-8 et renvoyez-le."),
    (b"GIF8", "Les images GIF ne sont pas acceptées. Enregistrez-la en PNG ou JPEG et renvoyez-la."),
    (b"II*\x00", "Les images TIFF ne sont pas acceptées. Enregistrez-la en PDF, PNG ou JPEG et renvoyez-la."),
    (b"MM\x00*", "Les images TIFF ne sont pas acceptées. Enregistrez-la en PDF, PNG ou JPEG et renvoyez-la."),
    (b"RIFF", "Ce format (WebP, WAV ou AVI) n'est pas accepté. Enregistrez-le en JPEG, MP3 ou MP4."),
)
_SIGNATURES = (
    (b"%PDF-", AllowedType.PDF),
    (b"\xef\xbb\xbf%PDF-", AllowedType.PDF),
    (b"\xff\xd8\xff", AllowedType.JPEG),
    (b"\x89PNG\r\n\x1a\n", AllowedType.PNG),
    (b"ID3", AllowedType.MP3),
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIF_CONTAINERS = {b"mif1", b"msf1", b"miaf"}
_MP4_BRANDS = {b"isom", b"mp41", b"mp42", b"avc1", b"dash", b"MSNV", b"M4V ", b"mmp4", b"f4v "} | {
    b"iso%d" % number for number in range(2, 10)
}


def _of_iso_media(head: bytes) -> AllowedType:
    """HEIC and MP4 share a container: the brands of its first box tell them apart from MOV, AVIF, M4A..."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    compatible = {head[place : place + 4] for place in range(16, length - 3, 4)}
    if major in _HEIC_BRANDS or (major in _HEIF_CONTAINERS and compatible & _HEIC_BRANDS):
        return AllowedType.HEIC
    if major in _MP4_BRANDS:
        return AllowedType.MP4
    raise TypeRefused(
        "Ce format d'image, de son ou de vidéo n'est pas accepté. Enregistrez l'image en JPEG, le son en "
        "MP3, la vidéo en MP4 et renvoyez le fichier."
    )


_KILOBITS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KILOBITS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def mp3_frame_length(header: bytes) -> int | None:
    """Bytes of the layer III frame that this header opens; None when it is no such header."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, rate, hertz = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or hertz == 3:
        return None
    first = version == 3
    kilobits = (_KILOBITS_V1 if first else _KILOBITS_V2)[rate]
    return (144_000 if first else 72_000) * kilobits // _HERTZ[version][hertz] + (header[2] >> 1 & 1)


def _is_mp3_frame(head: bytes) -> bool:
    """Two frames in a row, since two bytes of synchronisation alone are found in many files."""
    length = mp3_frame_length(head[:4])
    return length is not None and (len(head) <= length or mp3_frame_length(head[length : length + 4]) is not None)
