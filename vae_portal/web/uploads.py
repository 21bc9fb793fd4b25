"""Reads the files of a form as they arrive: one part at a time, straight to whoever keeps it, never whole in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Request, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected, LengthRequired, RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Field, File, MultipartDecoder, NeedData, Preamble, State

from storage.errors import StreamCut
from vae_portal.actions.evidence import Verdict, require_room
from vae_portal.errors import InputRefused
from vae_portal.web.access import current_actor, require_token
from vae_portal.web.context import services, stop_reading
from workflows.vocabulary import Right

MOST_PARTS = 200
_READ_BYTES = 256 * 1024
_BUFFER_BYTES = _READ_BYTES + 64 * 1024  # what is read at once, and the headers of a part at most
LONGEST_FIELD = 10_000  # bytes
_NO_NAME = "Ce fichier n'a pas de nom : donnez-lui un nom sur votre ordinateur et renvoyez-le."
CUT = "L'envoi a été interrompu. Les fichiers reçus en entier sont gardés : renvoyez les autres."
_NO_FILE = "Choisissez au moins un fichier sur votre appareil, puis envoyez-le."
_UNREADABLE = "L'envoi est illisible : aucun autre fichier n'a été reçu. Recommencez depuis la page."


@dataclass(frozen=True, slots=True)
class SentField:
    """A field that comes with the files."""

    name: str
    text: str


class SentFile:
    """One file, read as it comes; what its reader leaves is passed over."""

    def __init__(self, body: _Body, name: str) -> None:
        self.name = name
        self._body = body
        self._pending = b""
        self._more = True

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the file's end; EOFError when the sender went away before it."""
        while not self._pending and self._more:
            self._pending, self._more = self._body.data()
        taken, self._pending = self._pending[:size], self._pending[size:]
        return taken

    def pass_over(self) -> int:
        """Reads to the end of the file without keeping anything; how many bytes were left."""
        left = len(self._pending)
        self._pending = b""
        while self._more:
            data, self._more = self._body.data()
            left += len(data)
        return left


class _Body:
    """The body of the request, given to the decoder in small steps."""

    def __init__(self, sent: Request) -> None:
        kind, options = parse_options_header(sent.headers.get("Content-Type"))
        boundary = options.get("boundary", "")
        if kind != "multipart/form-data" or not 1 <= len(boundary) <= 200 or not boundary.isascii():
            raise InputRefused("Aucun fichier n'a été envoyé. Choisissez vos fichiers sur la page et recommencez.")
        self._stream = sent.stream
        self._decoder = MultipartDecoder(boundary.encode(), _BUFFER_BYTES, max_parts=MOST_PARTS)

    def event(self) -> object:
        """The next event of the decoder; EOFError when the sender went away."""
        while True:
            try:
                event = self._decoder.next_event()
            except (ValueError, AttributeError) as fault:  # headers that are none
                raise InputRefused(_UNREADABLE) from fault
            except RequestEntityTooLarge as fault:
                raise InputRefused(f"Envoyez {MOST_PARTS} fichiers au plus à la fois.") from fault
            if not isinstance(event, NeedData):
                return event
            self._feed()

    def data(self) -> tuple[bytes, bool]:
        """Bytes of the part under way, and whether more will come."""
        event = self.event()
        if not isinstance(event, Data):
            raise InputRefused(_UNREADABLE)
        return event.data, event.more_data

    def ended(self) -> bool:
        """Whether the last boundary has been read."""
        return self._decoder.state in (State.EPILOGUE, State.COMPLETE)

    def exhaust(self) -> None:
        """Reads what follows the last part, so that the connection can serve again."""
        while self._read():
            pass

    def _feed(self) -> None:
        data = self._read()
        if not data:
            raise EOFError("the body ends before its last boundary")
        try:
            self._decoder.receive_data(data)
        except RequestEntityTooLarge as fault:  # headers without an end
            raise InputRefused(_UNREADABLE) from fault

    def _read(self) -> bytes:
        try:
            return self._stream.read(_READ_BYTES)
        except (ClientDisconnected, OSError) as fault:
            raise EOFError("the sender went away") from fault


def announced_bytes(sent: Request) -> int:
    """The size of the whole body, as its sender announces it; 411 when it does not."""
    if sent.content_length is None:
        raise LengthRequired
    return sent.content_length


def parts(sent: Request, longest_field: int = LONGEST_FIELD) -> Iterator[SentField | SentFile]:
    """Fields and files in the order they are sent; raises InputRefused, or EOFError when the sender goes away."""
    body = _Body(sent)
    while not body.ended():
        event = body.event()
        if isinstance(event, Field):
            yield SentField(event.name or "", _text(body, longest_field))
        elif isinstance(event, File):
            file = SentFile(body, event.filename)
            yield file
            file.pass_over()
        elif not isinstance(event, Preamble):
            raise InputRefused(_UNREADABLE)
    body.exhaust()


@dataclass(slots=True)
class Outcome:
    """What became of one sending: a verdict for each file, and what stopped the rest if anything did."""

    verdicts: list[Verdict] = field(default_factory=list)
    refusal: str = ""
    status: int = 422

    @property
    def well(self) -> bool:
        """Whether every file was taken."""
        return bool(self.verdicts) and not self.refusal and not any(v.refusal for v in self.verdicts)


def receive(number: str, right: Right, keep: Callable[[dict[str, str], SentFile], Verdict]) -> Outcome:
    """Checks the token, the right and the room, then only reads the body, handing each file to `keep`."""
    require_token()
    outcome = Outcome()
    try:
        require_room(services(), current_actor(), number, right, announced_bytes(request))
    except InputRefused as fault:
        return Outcome(refusal=str(fault), status=413)
    stop_reading()  # a long upload holds no connection to the database
    try:
        _take(outcome.verdicts, keep)
    except InputRefused as fault:
        outcome.refusal = " ".join(fault.fields.values()) or str(fault)
    except (EOFError, StreamCut):
        outcome.refusal = CUT
    if not outcome.verdicts and not outcome.refusal:
        outcome.refusal = _NO_FILE
    return outcome


def _take(found: list[Verdict], keep: Callable[[dict[str, str], SentFile], Verdict]) -> None:
    fields: dict[str, str] = {}
    for part in parts(request):
        if isinstance(part, SentField):
            fields.setdefault(part.name, part.text)
        elif part.name.strip():
            found.append(keep(fields, part))
        elif part.pass_over():  # a form without a file sends one without a name or a byte
            found.append(Verdict("Fichier sans nom", refusal=_NO_NAME))


def answer(outcome: Outcome, back_url: str, page: Callable[[Outcome], str]) -> ResponseReturnValue:
    """Back to the page when all went well, else the page with every verdict."""
    if not outcome.well:
        return page(outcome), outcome.status
    taken = ", ".join(v.kept_as for v in outcome.verdicts)
    count = len(outcome.verdicts)
    renamed = [f"« {v.name} » est gardé sous le nom « {v.kept_as} »." for v in outcome.verdicts if v.kept_as != v.name]
    words = "Fichier reçu" if count == 1 else f"{count} fichiers reçus"
    flash(" ".join([f"{words} : {taken}.", *renamed])[:1500], "success")  # a cookie holds it
    return redirect(back_url)


def _text(body: _Body, longest: int) -> str:
    data, more = body.data()
    while more:
        chunk, more = body.data()
        data += chunk
        if len(data) > longest:
            raise InputRefused(_UNREADABLE)
    return data.decode("utf-8", "replace")
