"""A whole dossier as one ZIP, made while it is sent: its length is known first, and no file is held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import zipstream.ng
from isal import isal_zlib
from zipstream import ZIP_STORED, ZipStream

from storage.errors import ChecksumMismatch
from storage.port import ObjectStore
from vae_portal.actions import dossier_document
from vae_portal.actions.archive_names import Placed
from vae_portal.documents.fill import fill

# The same CRC-32, four times faster: it is most of what a ZIP costs beside moving the bytes (decision 0025).
zipstream.ng.crc32 = isal_zlib.crc32

MANIFEST, INDEX, WORD, SUMS = "manifest.json", "index.txt", "dossier.docx", "SHA256SUMS"
CONVERSATION = "conversation.txt"


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything a ZIP is made of, read before its first byte: the files by path, the rest as it is."""

    manifest: dict[str, Any]
    manifest_bytes: bytes
    files: tuple[Placed, ...]
    keys: dict[int, str]  # of the objects, by file
    left_out: tuple[tuple[str, str], ...]  # names of files with the reason
    word: dict[str, Any]  # what the Word document says
    conversation: str = ""  # messages, as a text; never a note
    joined: tuple[Placed, ...] = ()  # the files of messages


def zipped(store: ObjectStore, archive: Archive) -> ZipStream:
    """The ZIP: its length, and its bytes as they are asked for.

    StoreError on the way leaves it short of the length told, and without its directory: no reader takes it for whole.
    """
    made = ZipStream(compress_type=ZIP_STORED, sized=True)
    sums: dict[str, str] = {}

    def hold(path: str, content: bytes) -> None:
        sums[path] = hashlib.sha256(content).hexdigest()
        made.add(content, path)

    hold(MANIFEST, archive.manifest_bytes)
    hold(INDEX, _index(archive).encode())
    if archive.conversation:
        hold(CONVERSATION, archive.conversation.encode())
    for placed in (*archive.files, *archive.joined):
        size = placed.file["size"]
        sums[placed.path] = placed.file["sha256"]
        made.add(bytes_of(store, archive.keys[placed.file["id"]], size), placed.path, size=size)
    hold(WORD, fill("evidence_dossier", archive.word))
    made.add("".join(f"{sha256}  {path}\n" for path, sha256 in sums.items()), SUMS)
    return made


def bytes_of(store: ObjectStore, key: str, size: int) -> Iterator[bytes]:
    """The object's bytes, opened when their turn comes; a store that gives fewer or more breaks the ZIP."""
    chunks, sent = store.open_range(key), 0
    try:
        for chunk in chunks:
            sent += len(chunk)
            yield chunk
    finally:
        chunks.close()
    if sent != size:
        raise ChecksumMismatch(f"{key} : {sent} octets lus au lieu de {size}")


def _index(archive: Archive) -> str:
    """What each file is, shows, and where to look; and what was left out."""
    manifest = archive.manifest
    moment = manifest.get("sealed_at") or manifest.get("looked_at", "")
    what = f"dépôt {manifest['deposit']}, scellé le" if manifest["deposit"] else "en préparation, tel qu'il était le"
    lines = [f"Dossier de preuves de la candidature {manifest['candidacy']}, {what} {moment} (UTC)", ""]
    lines += ["Chaque fichier est une fois, sous la première capacité qu'il montre.", ""]
    for placed in archive.files:
        lines.append(placed.path)
        if placed.path.rpartition("/")[2] != placed.file["name"]:
            lines.append(f"    nom donné : {_one_line(placed.file['name'])}")
        lines.append(f"    montre : {', '.join(placed.shows) or 'aucune capacité'}")
        lines += [f"    {_one_line(told)}" for told in dossier_document.places(manifest, placed.file["id"])]
        if placed.file.get("confidential"):
            lines.append("    confidentiel : ne pas transmettre hors du jury")
    if archive.conversation:
        lines += ["", f"{CONVERSATION} : vos messages avec votre centre, et leurs fichiers :"]
        lines += [f"    {placed.path}" for placed in archive.joined]
    if archive.left_out:
        lines += ["", "Fichiers laissés de côté :"]
        lines += [f"    {_one_line(name)} : {reason}" for name, reason in archive.left_out]
    lines += ["", f"Vérifier : sha256sum -c {SUMS}", ""]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())
