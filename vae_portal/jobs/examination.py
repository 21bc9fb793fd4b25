"""What a file is found to be once in the store: one pass over its bytes, the antivirus beside, then opened for good."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from storage.antivirus import Verdict, scan
from storage.checks import AllowedType
from storage.errors import ObjectMissing, ScannerDown, TypeRefused
from storage.office import inspect_zip
from storage.range_reader import RangeReader
from storage.reading_back import Pass
from storage.recordings import PLAYED, require_playable
from vae_portal.actions.services import Services
from vae_portal.decoding import confined
from vae_portal.decoding.confined import ChildDied, Refused
from vae_portal.decoding.limits import Limits
from workflows.vocabulary import EvidenceState

log = structlog.get_logger(__name__)

DAMAGED = "Le fichier a été abîmé pendant sa conservation : renvoyez-le."
LOST = "Le fichier ne se trouve plus dans le stockage : renvoyez-le."
NOT_OPENED = (
    "Le fichier ne s'ouvre pas : il est abîmé, ou demande trop de temps ou de mémoire. Ouvrez-le sur votre ordinateur, "
    "enregistrez-le de nouveau (en PDF si possible) et renvoyez-le."
)
_NOTHING_TO_OPEN = "application/octet-stream"  # the type of what nobody will open
_NEEDED_AS_FILE = frozenset({kind for kind in AllowedType if kind not in PLAYED} | {None})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file is, once examined."""

    state: EvidenceState
    reason: str = ""
    key: str = ""
    sha256: str = ""
    size: int = 0
    media_type: str = ""
    kind: AllowedType | None = None
    personal_data: dict[str, int] = field(default_factory=dict)


def examine(services: Services, key: str, parts: Sequence[tuple[int, str]], known: Sequence[str] = ()) -> Finding:
    """Read the object once, compare it with (size, SHA-256) of each part received, and open it.

    Raises ScannerDown or StoreDown, to be tried again; `known` are data of the candidate, nobody else's.
    """
    with tempfile.TemporaryDirectory(prefix="vae-check-") as name:
        folder = Path(name)
        seen = Pass(parts, _NEEDED_AS_FILE)
        try:
            verdict, fault = _read(services, key, seen, folder / "source")
        except ObjectMissing:
            log.critical("evidence_lost", key=key)
            return Finding(EvidenceState.REFUSED, LOST, key)
        if seen.damaged:
            log.critical("evidence_damaged", key=key, found=seen.sha256())
            return Finding(EvidenceState.REFUSED, DAMAGED, key)
        if verdict is not None and verdict.infected:
            log.warning("evidence_infected", key=key, signature=verdict.signature)
            reason = f"L'antivirus a reconnu « {verdict.signature} »."
            return Finding(EvidenceState.INFECTED, reason, key, seen.sha256(), seen.size, _NOTHING_TO_OPEN)
        try:
            kind, personal = _open(services, key, seen, folder, known)
        except (TypeRefused, Refused) as refusal:
            return Finding(EvidenceState.REFUSED, str(refusal), key)
        if fault is not None:
            raise fault
        media_type = f"{kind.media_type}; charset={seen.charset()}" if seen.charset() else kind.media_type
        state = EvidenceState.NOT_SCANNED if verdict is None else EvidenceState.USABLE
        return Finding(state, "", key, seen.sha256(), seen.size, media_type, kind, personal)


def _read(services: Services, key: str, seen: Pass, copy: Path) -> tuple[Verdict | None, ScannerDown | None]:
    """The antivirus's verdict, None without one, from the one pass; or why it gave none."""
    source = services.store.open_range(key)
    try:
        with copy.open("wb") as file:
            chunks = seen.chunks(source, file)
            verdict, fault = None, None
            if services.scanning:
                try:
                    verdict = scan(chunks, services.settings.clamd_url)
                except ScannerDown as down:
                    fault = down
            for _ in chunks:  # without an antivirus, or what it did not wait for
                pass
        if seen.failure is not None:  # the antivirus takes it for its own
            raise seen.failure
        return verdict, fault
    finally:
        source.close()


def _open(
    services: Services, key: str, seen: Pass, folder: Path, known: Sequence[str]
) -> tuple[AllowedType, dict[str, int]]:
    """Its type, and the personal data of its text; raises TypeRefused or Refused."""
    if seen.refusal:
        raise TypeRefused(seen.refusal)
    copy = folder / "source"
    if seen.kind in PLAYED:
        fetch = RangeReader(lambda start, end: b"".join(services.store.open_range(key, start, end)), seen.size)
        require_playable(fetch, seen.size, seen.kind)
        return seen.kind, {}
    kind = seen.kind or _of_zip(copy, seen.size)
    with _room(folder) as room:
        try:
            found = confined.run(
                "open", copy, room, Limits(), kind=kind.name, charset=seen.charset(), known=list(known)
            )
        except ChildDied as death:
            raise Refused(NOT_OPENED) from death
    return kind, {str(name): int(count) for name, count in found.get("personal", {}).items()}


def _of_zip(copy: Path, size: int) -> AllowedType:
    with copy.open("rb") as file:

        def fetch(start: int, end: int) -> bytes:
            file.seek(start)
            return file.read(end - start)

        return inspect_zip(RangeReader(fetch, size))


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A folder for the child, beside the file."""
    room = folder / "room"
    room.mkdir()
    yield room
