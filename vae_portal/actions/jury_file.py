"""The file of a closed jury for the national joint group: composition, minutes, attendance, as one ZIP."""

from __future__ import annotations

import csv
import hashlib
import io

from zipstream import ZIP_STORED, ZipStream

from storage.port import ObjectStore
from vae_portal.actions import taking_away
from vae_portal.actions.archive import bytes_of
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused
from vae_portal.persistence.queries import juries, jury_file
from vae_portal.persistence.queries.jury_file import Part
from vae_portal.persistence.tables import JurySeat, JurySession
from workflows.composition import COLLEGES
from workflows.facts import Actor
from workflows.vocabulary import College, Right, SessionState

COMPOSITION, SUMS = "composition.csv", "SHA256SUMS"
_COLUMNS = (
    "Membre", "Collège", "Organisation", "Qualification", "Travail temporaire", "Suppléant", "Vote", "Préside",
    "Présent", "Motif d'absence",
)  # fmt: skip


def zipped(services: Services, actor: Actor, session_id: int) -> tuple[str, ZipStream]:
    """The archive's name and the archive, read from the store while it is sent; the journal says who took it.

    Raises NotVisible, ActionRefused before the closing.
    """
    with services.database.reading() as session:
        row = juries.visible_session(session, actor, session_id)
        if row.state != SessionState.CLOSED.value:
            raise ActionRefused("Le dossier du jury s'emporte une fois la séance close.")
        texts = {f"{deed.number}.json": deed.content.encode() for deed in jury_file.deeds(session, row.id)}
        parts = jury_file.parts(session, row.id)
        texts[COMPOSITION] = _composition(row)
        name = f"jury-{row.minutes_number}.zip"
    taking_away.note(
        services, actor, Right.EXPORT_REGISTER, "jury_file_taken_away", session=session_id, files=len(parts)
    )
    return name, _stream(services.store, texts, parts)


def _stream(store: ObjectStore, texts: dict[str, bytes], parts: list[Part]) -> ZipStream:
    made, sums = ZipStream(compress_type=ZIP_STORED, sized=True), {}
    for path, content in texts.items():
        sums[path] = hashlib.sha256(content).hexdigest()
        made.add(content, path)
    for part in parts:
        sums[part.path] = part.sha256
        made.add(bytes_of(store, part.key, part.size), part.path, size=part.size)
    made.add("".join(f"{sha256}  {path}\n" for path, sha256 in sums.items()), SUMS)
    return made


def _composition(row: JurySession) -> bytes:
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=";")
    table.writerow(_COLUMNS)
    order = list(College)
    for seat in sorted(row.seats, key=lambda s: (order.index(College(s.college)), s.id)):
        table.writerow([_harmless(cell) for cell in _line(seat)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _line(seat: JurySeat) -> tuple[str, ...]:
    flags = (seat.temporary_work, seat.substitute, seat.votes, seat.president, seat.present)
    organisation = seat.union_name or seat.employers_body or seat.person.employer
    told = ("oui" if flag else "non" for flag in flags)
    return (
        seat.person.full_name,
        COLLEGES[College(seat.college)],
        organisation,
        seat.qualification,
        *told,
        seat.absence_reason,
    )


def _harmless(cell: str) -> str:
    """What a spreadsheet program would compute is told to be a text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
