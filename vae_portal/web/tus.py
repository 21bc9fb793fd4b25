"""Uploads that can be cut anywhere and go on: tus 1.0.0 with creation, checksum, termination and expiration."""

from __future__ import annotations

import base64
from contextlib import suppress
from urllib.parse import urlsplit

from flask import Blueprint, Response, request, url_for
from gunicorn.http.errors import ParseException
from werkzeug.http import http_date

from storage.errors import ChecksumMismatch, FileRefused, StreamCut, TooLarge
from vae_portal.actions import uploads, writing
from vae_portal.actions.evidence import NoRoom
from vae_portal.actions.incoming import Checksum
from vae_portal.actions.uploads import OtherOffset, Standing, UploadOver
from vae_portal.actions.writing import TooMuch
from vae_portal.errors import ActionRefused
from vae_portal.web.access import answers_machines, current_actor, reads_its_own_body, requires
from vae_portal.web.context import services, stop_reading
from workflows.vocabulary import Right

blueprint = Blueprint("tus", __name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
ALGORITHMS = ("sha1", "sha256", "md5")
_BASE = "/ma-candidature/<number>/dossier/envois"
_BYTES = "application/offset+octet-stream"
_SILENT_SECONDS = 60  # a sender that says nothing for that long is taken to have gone
_LONGEST_METADATA = 8000
_CHECKSUM_MISMATCH = 460


class Refused(Exception):
    """The request is not answered as asked: a status, and a sentence."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class _Body:
    """The body of the request, read once, never gathered."""

    def __init__(self) -> None:
        self._input = request.environ["wsgi.input"]
        chunked = request.environ.get("wsgi.input_terminated") and request.content_length is None
        self.length = None if chunked else request.content_length or 0
        self._left = self.length
        connection = request.environ.get("gunicorn.socket")
        if connection is not None:
            connection.settimeout(_SILENT_SECONDS)

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; EOFError when the sender went away before the length announced."""
        if self._left is None:
            try:
                return bytes(self._input.read(size))
            except ParseException as fault:  # a chunk that is none: where the body ends is not known any more
                raise EOFError("the body is not in chunks") from fault
        data = bytes(self._input.read(min(size, self._left))) if self._left else b""
        if self._left and not data:
            raise EOFError("the body ends before its length")
        self._left -= len(data)
        return data


@blueprint.route(_BASE, methods=["OPTIONS"], provide_automatic_options=False)
@requires(Right.EDIT_DOSSIER)
@answers_machines
@reads_its_own_body
def options(number: str) -> Response:
    """What is spoken here."""
    return _answer(
        204,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Max_Size=str(services().settings.max_file_bytes),
        Tus_Checksum_Algorithm=",".join(ALGORITHMS),
    )


@blueprint.post(_BASE)
@requires(Right.EDIT_DOSSIER)
@answers_machines
@reads_its_own_body
def create(number: str) -> Response:
    """Begins an upload, with its first bytes if they come along."""
    _require_protocol()
    size, metadata = _announced_size(), _metadata()
    situation = metadata.get("situation", "")
    if situation and not (situation.isdecimal() and len(situation) < 18):
        raise Refused(400, "La situation nommée n'est pas un numéro.")
    actor = current_actor()
    name = metadata.get("filename", metadata.get("name", ""))
    begun = uploads.begin(services(), actor, number, name, size, int(situation) if situation else None)
    location = url_for("tus.head", number=number, token=begun.token)
    headers = {"Location": location, "Upload-Expires": http_date(begun.expires_at), "Upload-Offset": "0"}
    if request.mimetype == _BYTES:
        with suppress(StreamCut):  # the sender, if still there, asks where it stands
            headers["Upload-Offset"] = str(_write(number, begun.token, 0))
    return _answer(201, **headers)


@blueprint.route(f"{_BASE}/<token>", methods=["HEAD"], provide_automatic_options=False)
@requires(Right.EDIT_DOSSIER)
@answers_machines
@reads_its_own_body
def head(number: str, token: str) -> Response:
    """Where an upload stands."""
    _require_protocol()
    return _answer(200, **_standing(uploads.standing(services(), current_actor(), number, token)))


@blueprint.route(f"{_BASE}/<token>", methods=["PATCH", "POST"], provide_automatic_options=False)
@requires(Right.EDIT_DOSSIER)
@answers_machines
@reads_its_own_body
def patch(number: str, token: str) -> Response:
    """Goes on from an offset."""
    if request.method == "POST":
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if override == "DELETE":
            return _terminate(number, token)
        if override != "PATCH":
            raise Refused(405, "Cette adresse attend PATCH, HEAD ou DELETE.", Allow="HEAD, PATCH, DELETE, OPTIONS")
    _require_protocol()
    if request.mimetype != _BYTES:
        raise Refused(415, f"Les octets s'envoient avec Content-Type: {_BYTES}.")
    offset = request.headers.get("Upload-Offset", "")
    if not (offset.isdecimal() and len(offset) < 18):
        raise Refused(400, "Upload-Offset manque ou n'est pas un nombre.")
    received = _write(number, token, int(offset))
    stands = uploads.standing(services(), current_actor(), number, token)
    return _answer(204, **{**_standing(stands), "Upload-Offset": str(received)})


@blueprint.delete(f"{_BASE}/<token>")
@requires(Right.EDIT_DOSSIER)
@answers_machines
@reads_its_own_body
def delete(number: str, token: str) -> Response:
    """Gives an upload up."""
    return _terminate(number, token)


def _terminate(number: str, token: str) -> Response:
    _require_protocol()
    uploads.give_up(services(), current_actor(), number, token)
    return _answer(204)


def _write(number: str, token: str, offset: int) -> int:
    actor, checksum = current_actor(), _checksum()
    stop_reading()  # no connection to the database is held while bytes flow
    return writing.write(services(), actor, number, token, offset, _Body(), checksum)


def _require_protocol() -> None:
    """The version, and a request of this site: a page of another could send the first only where we allowed it."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused(412, f"Ce portail parle tus {VERSION}.", Tus_Version=VERSION)
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, "Cette demande vient d'un autre site : elle est refusée.")


def _announced_size() -> int:
    if "Upload-Defer-Length" in request.headers:
        raise Refused(400, "La taille du fichier s'annonce dès le début (Upload-Length).")
    size = request.headers.get("Upload-Length", "")
    if not (size.isdecimal() and len(size) < 18):
        raise Refused(400, "Upload-Length manque ou n'est pas un nombre.")
    return int(size)


def _metadata() -> dict[str, str]:
    raw = request.headers.get("Upload-Metadata", "")
    if len(raw) > _LONGEST_METADATA:
        raise Refused(400, "Upload-Metadata est trop long.")
    found: dict[str, str] = {}
    for pair in filter(None, map(str.strip, raw.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except ValueError as fault:  # of base64, of UTF-8, or for what is not ASCII
            raise Refused(400, "Upload-Metadata n'est pas lisible : chaque valeur est en base64 d'UTF-8.") from fault
    if any("\0" in value for value in found.values()):
        found = {key: value.replace("\0", "") for key, value in found.items()}
    return found


def _checksum() -> Checksum | None:
    raw = request.headers.get("Upload-Checksum")
    if raw is None:
        return None
    algorithm, _, value = raw.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Refused(400, f"Upload-Checksum : {', '.join(ALGORITHMS)} sont connus.")
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except ValueError as fault:
        raise Refused(400, "Upload-Checksum n'est pas en base64.") from fault


def _standing(stands: Standing) -> dict[str, str]:
    return {
        "Upload-Offset": str(stands.received),
        "Upload-Length": str(stands.size),
        "Upload-Expires": http_date(stands.expires_at),
        "Cache-Control": "no-store",
    }


def _answer(status: int, sentence: str = "", **headers: str) -> Response:
    response = Response(sentence, status, mimetype="text/plain")
    response.headers["Tus-Resumable"] = VERSION
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _no(status: int, fault: Exception, **headers: str) -> Response:
    answer = _answer(status, str(fault), **headers)
    answer.headers["Connection"] = "close"  # what was not read of the body is not read to find the next request
    return answer


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (OtherOffset, 409),
    (UploadOver, 410),
    (ActionRefused, 403),
    (TooLarge, 413),
    (TooMuch, 413),
    (NoRoom, 413),
    (ChecksumMismatch, _CHECKSUM_MISMATCH),
    (StreamCut, 400),
)


@blueprint.errorhandler(Refused)
def _refused(fault: Refused) -> Response:
    return _no(fault.status, fault, **fault.headers)


def _expected(fault: Exception) -> Response:
    return _no(next(status for kind, status in _STATUS if isinstance(fault, kind)), fault)


for _kind, _code in _STATUS:
    blueprint.register_error_handler(_kind, _expected)


@blueprint.errorhandler(FileRefused)
def _file_refused(fault: FileRefused) -> Response:
    """Before anything is received, the announcement is at fault; afterwards, the file."""
    return _no(400 if request.endpoint == "tus.create" and request.mimetype != _BYTES else 422, fault)
