"""Evidence and documents, streamed through the portal: rights asked each time, harmless to open, each opening told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from storage.checks import AllowedType, type_of
from storage.errors import ObjectMissing
from storage.names import download_name
from vae_portal.actions import viewing
from vae_portal.documents.kinds import KINDS
from vae_portal.errors import ActionRefused, NotVisible, StoreUnavailable
from vae_portal.persistence.queries import commissions
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.queries import files as queries
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import EvidenceState, Right
from workflows.who_may_do_what import LETTER_RIGHTS

blueprint = Blueprint("files", __name__)

_WORD = AllowedType.DOCX
_CLOSED = {
    EvidenceState.RECEIVING: "Ce fichier est encore en cours d'envoi.",
    EvidenceState.REFUSED: "Ce fichier a été refusé à la vérification : il ne s'ouvre pas.",
    EvidenceState.INFECTED: "Ce fichier contient un virus : il ne s'ouvre pas.",
}
_UNSCANNED = (EvidenceState.CHECKING, EvidenceState.NOT_SCANNED)
_NO_FILE = "Ce fichier n'existe pas, ou ne vous est pas ouvert."
# Nothing in a stranger's file may run, load or leave; our own pages may show it in a frame.
_POLICY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_MEDIA = (AllowedType.MP4, AllowedType.MP3)


@dataclass(frozen=True, slots=True)
class Sendable:
    """Bytes of the store with what a browser must know of them."""

    key: str
    size: int
    sha256: str
    media_type: str
    name: str
    kind: AllowedType


@blueprint.get("/preuves/<int:evidence_id>")
@requires(Right.READ_DOSSIER)
def evidence(evidence_id: int) -> ResponseReturnValue:
    """A file given by a candidate."""
    actor = current_actor()
    found = queries.evidence(reading(), actor, evidence_id)
    require_open(found, actor)
    stored = found.evidence.stored
    if stored is None:
        raise ActionRefused("Ce fichier est encore en vérification. Réessayez dans un instant.")
    kind = type_of(stored.media_type) or AllowedType.TEXT
    media_type = stored.media_type
    if kind is AllowedType.TEXT and "charset" not in media_type:
        media_type = f"{media_type}; charset=utf-8"
    name = download_name(found.evidence.name, kind.extensions)
    sendable = Sendable(stored.key, stored.size, stored.sha256, media_type, name, kind)
    return answer(sendable, lambda part: viewing.evidence_viewed(services(), actor, found.evidence, part))


@blueprint.get("/documents/<number>")
@requires(Right.READ_DOCUMENTS)
def document(number: str) -> ResponseReturnValue:
    """A document that the portal issued."""
    actor = current_actor()
    row, candidacy = queries.document(reading(), actor, number)
    if candidacy is not None:
        facts = facts_of.load(reading(), candidacy, now(), services().scanning)
        wanted = LETTER_RIGHTS.get(row.kind, Right.READ_DOCUMENTS)
        if not may(wanted, actor, facts) or not _sees(wanted, actor, candidacy):
            raise NotVisible(_NO_FILE)
    stored = row.stored
    if stored is None:
        raise ActionRefused("Ce document est en préparation. Réessayez dans un instant.")
    name = KINDS[row.kind].file_name(row.number) if row.kind in KINDS else f"document-{row.number}.docx"
    sendable = Sendable(stored.key, stored.size, stored.sha256, _WORD.media_type, name, _WORD)
    return answer(sendable, lambda _part: viewing.document_read(services(), actor, row, candidacy))


def _sees(right: Right, actor: Actor, candidacy: Any) -> bool:
    """Whoever reads assessments by sitting reads those of their own commissions and sessions."""
    return right is not Right.READ_ASSESSMENT or commissions.reads_assessment(reading(), actor, candidacy)


def require_open(found: queries.OpenFile, actor: Actor) -> None:
    """Whether this person may open this file now; raises NotVisible, or ActionRefused with the reason."""
    facts = facts_of.load(reading(), found.candidacy, now(), services().scanning)
    row, state = found.evidence, EvidenceState(found.evidence.state)
    theirs = actor.person_id == (row.given_by if found.message else found.candidacy.person_id)
    if not may(_right_to_read(found), actor, facts):
        raise NotVisible(_NO_FILE)
    if not found.message and not found.deposited and (row.removed_at is not None or not (theirs or found.piece)):
        raise NotVisible(_NO_FILE)  # taken out, or not given to the centre yet
    if found.piece and not theirs and not found.candidacy.was_sent(row.given_at):
        raise NotVisible(_NO_FILE)  # answers a supplement, and is not sent yet
    if reason := why_closed(state, theirs, services().scanning):
        raise ActionRefused(reason)


def _right_to_read(found: queries.OpenFile) -> Right:
    if found.message:
        return Right.READ_NOTES if found.message.internal else Right.READ_CONVERSATION
    return Right.READ_PIECES if found.piece else Right.READ_DOSSIER


def why_closed(state: EvidenceState, theirs: bool, scanning: bool) -> str:
    """Why nobody, or nobody but the candidate, opens a file in this state; nothing when it opens."""
    if not theirs and scanning and state in _UNSCANNED:
        return "Ce fichier n'est pas encore passé à l'antivirus. Réessayez dans un instant."
    return _CLOSED.get(state, "")


def answer(file: Sendable, opened: Callable[[str], None]) -> Response:
    """The file or the range asked for, streamed; `opened` is told of each opening, before the first byte."""
    headers = _headers(file)
    if request.if_none_match.contains(file.sha256):
        return Response(status=304, headers=headers)
    asked = _range_asked(file)
    start, end = (0, file.size) if asked is None else asked
    if start >= end:
        headers["Content-Range"] = f"bytes */{file.size}"
        return Response("", status=416, headers=headers, mimetype="text/plain")
    part = "" if asked is None else f"{start}-{end - 1}"
    headers["Content-Length"] = str(end - start)
    if asked is not None:
        headers["Content-Range"] = f"bytes {part}/{file.size}"
    status = 200 if asked is None else 206
    stop_reading()  # a long download holds no connection to the database
    if request.method == "HEAD":
        return Response(status=status, headers=headers)
    try:
        chunks = services().store.open_range(file.key, start, end)
    except ObjectMissing as fault:
        raise StoreUnavailable("Ce fichier ne se trouve pas dans le stockage. Prévenez votre centre.") from fault
    try:
        opened(part)
    except BaseException:
        chunks.close()
        raise
    response = Response(chunks, status=status, headers=headers, direct_passthrough=True)
    response.call_on_close(chunks.close)
    return response


def _range_asked(file: Sendable) -> tuple[int, int] | None:
    """The bytes asked for, end excluded; None for the whole file, (0, 0) for bytes that it does not have."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None  # several ranges at once: the whole file is a lawful answer
    condition = request.if_range
    if condition.date is not None or condition.etag not in (None, file.sha256):
        return None
    return asked.range_for_length(file.size) or (0, 0)


def _headers(file: Sendable) -> dict[str, str]:
    inline = (file.kind.inline or file.kind is AllowedType.TEXT) and request.args.get("telecharger") != "1"
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    way = "inline" if inline else "attachment"
    # A player fetches its own ranges with the cookie of this site, which an origin of its own would not have.
    sandbox = "sandbox allow-same-origin" if file.kind in _MEDIA else "sandbox"
    return {
        "Content-Type": file.media_type,
        "Content-Disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": f"{sandbox}; {_POLICY}",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
    }
