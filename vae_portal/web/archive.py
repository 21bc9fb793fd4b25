"""The whole dossier to take away as a ZIP streamed from the store, each time with its row in the journal first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from vae_portal.actions import archive as making
from vae_portal.actions import dossier_document, letter_parts, viewing
from vae_portal.actions.archive_names import MESSAGES, Block, Placed, arrange, beside
from vae_portal.actions.manifest import manifest as manifest_of
from vae_portal.errors import NotVisible, StoreUnavailable
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, conversation, deposits
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.deposit_view import version
from vae_portal.web.dossier_reading import deposit_asked
from vae_portal.web.files import why_closed
from vae_portal.web.own import own as own_candidacy
from vae_portal.web.presentation import day_and_hour
from workflows.machine import may
from workflows.vocabulary import EvidenceState, Right

blueprint = Blueprint("archive", __name__)

_MOST_MESSAGES = 10_000
_NONE = "Ce dossier n'existe pas, ou ne vous est pas ouvert."


@blueprint.get("/ma-candidature/<number>/dossier/archive")
@requires(Right.START_CANDIDACY)
def own(number: str) -> ResponseReturnValue:
    """My dossier, at any time: as it stands, or as the deposit named by `depot`."""
    mine = own_candidacy(number)
    asked = deposit_asked()
    if asked is not None:
        return _deposit(mine.candidacy, asked)
    drawn = manifest_of(reading(), mine.candidacy, mine.facts.targeted_capabilities, None, now())
    return _answer(mine.candidacy, drawn, journal.canonical(drawn), "", **_conversation(mine.candidacy.id))


@blueprint.get("/candidatures/<number>/dossier/archive")
@requires(Right.READ_DOSSIER)
def deposited(number: str) -> ResponseReturnValue:
    """A deposit, the latest unless `depot` names another; never what is not deposited."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    if not may(Right.READ_DOSSIER, actor, facts):
        raise NotVisible(_NONE)
    return _deposit(candidacy, deposit_asked())


def _deposit(candidacy: Any, number: int | None) -> Response:
    shown = version(candidacy.id, number)
    if shown is None:
        raise NotVisible("Rien n'est encore déposé pour cette candidature.")
    sealed = shown.sealed
    text = deposits.manifests(reading(), [sealed.id])[sealed.id]
    return _answer(candidacy, json.loads(text), text.encode(), sealed.manifest_sha256)


def _conversation(candidacy_id: int) -> dict[str, Any]:
    """My messages with my centre, and those of their files that open for me."""
    actor = current_actor()
    lines, _ = conversation.exchanged(reading(), actor, candidacy_id, most=_MOST_MESSAGES)
    files = [file for line in lines for file in line.files if file.stored]
    files = [
        f for f in files if not why_closed(EvidenceState(f.state), f.given_by == actor.person_id, services().scanning)
    ]
    placed = beside(MESSAGES, [{"id": f.id, "name": f.name, "size": f.size, "sha256": f.sha256} for f in files])
    paths = {p.file["id"]: p.path for p in placed}
    told = [
        "\n".join(
            [
                f"{line.author}, {day_and_hour(line.written_at)}",
                line.text,
                *(f"Fichier joint : {paths.get(f.id, f'{f.name} (pas ouvert à la lecture)')}" for f in line.files),
            ]
        )
        for line in lines
    ]
    keys = {f.id: f.object_key for f in files}
    return {"text": "\n\n".join([*told, ""]) if told else "", "joined": tuple(placed), "joined_keys": keys}


def _answer(candidacy: Any, manifest: dict[str, Any], manifest_bytes: bytes, sha256: str, **talk: Any) -> Response:
    archive = _gather(candidacy, manifest, manifest_bytes, sha256, **talk)
    actor, number = current_actor(), manifest["deposit"]
    stop_reading()  # a long download holds no connection to the database
    named = f"dossier-{candidacy.number}" + (f"-depot-{number}" if number else "")
    headers = {
        "Content-Disposition": f'attachment; filename="{named}.zip"',
        "Content-Type": "application/zip",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    if not services().store.ready():
        raise StoreUnavailable("Le stockage des fichiers ne répond pas. Réessayez dans quelques minutes.")
    viewing.dossier_taken_away(services(), actor, candidacy, number)
    zipped = making.zipped(services().store, archive)
    # With the length, a browser shows how far it is and knows a cut download from a whole one.
    return Response(iter(zipped), headers={**headers, "Content-Length": str(len(zipped))}, direct_passthrough=True)


def _gather(
    candidacy: Any,
    manifest: dict[str, Any],
    manifest_bytes: bytes,
    sha256: str,
    text: str = "",
    joined: tuple[Placed, ...] = (),
    joined_keys: Mapping[int, str] = MappingProxyType({}),
) -> making.Archive:
    """Everything the ZIP needs of the database, in a constant number of statements."""
    theirs = candidacy.person_id == current_actor().person_id
    known = deposits.objects(reading(), [file["id"] for file in manifest["files"]])
    left_out: dict[int, str] = {}
    for file in manifest["files"]:
        row, stored = known.get(file["id"], (None, None))
        if row is None or stored is None:
            left_out[file["id"]] = "Ce fichier est encore en cours d'envoi ou de vérification."
        elif reason := why_closed(EvidenceState(row.state), theirs, services().scanning):
            left_out[file["id"]] = reason
    blocks = [Block(b.code, b.title, tuple(c.code for c in b.capabilities)) for b in candidacy.version.blocks]
    moment = now().astimezone(UTC)
    return making.Archive(
        manifest=manifest,
        manifest_bytes=manifest_bytes,
        files=tuple(arrange(manifest, blocks, left_out)),
        keys={key: stored.key for key, (_, stored) in known.items() if stored is not None} | dict(joined_keys),
        left_out=tuple((file["name"], left_out[file["id"]]) for file in manifest["files"] if file["id"] in left_out),
        word={
            **letter_parts.common(candidacy),
            **dossier_document.dossier(candidacy, manifest, sha256),
            "number": candidacy.number,
            "issued_at": moment.isoformat(),
        },
        conversation=text,
        joined=joined,
    )
