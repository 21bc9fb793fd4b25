"""A whole dossier as one ZIP, made while it is sent: what is known first goes first, and nothing is held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zipstream import ZIP_STORED, ZipStream

from storage.errors import ChecksumMismatch
from storage.port import ObjectStore
from vae_portal.actions import dossier_document
from vae_portal.actions.archive_names import Placed
from vae_portal.documents.fill import fill

_CHUNK_BYTES = 1024 * 1024  # of a file at a time: fewer hand-overs than for one that a page shows
MANIFEST, INDEX, WORD, SUMS = "manifest.json", "index.txt", "dossier.docx", "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything a ZIP is made of, read before its first byte: the files by path, the rest as it is."""

    manifest: dict[str, Any]
    manifest_bytes: bytes
    files: tuple[Placed, ...]
    keys: dict[int, str]  # of the objects, by file
    left_out: tuple[tuple[str, str], ...]  # names of files with the reason
    word: dict[str, Any]  # what the Word document says


def stream(store: ObjectStore, archive: Archive) -> Iterator[bytes]:
    """The bytes of the ZIP; StoreError on the way leaves it without its directory, which every reader refuses."""
    sums: dict[str, str] = {}
    zipped = ZipStream(compress_type=ZIP_STORED)
    for path, content in ((MANIFEST, archive.manifest_bytes), (INDEX, _index(archive).encode())):
        sums[path] = hashlib.sha256(content).hexdigest()
        zipped.add(content, path)
    for placed in archive.files:
        sums[placed.path] = placed.file["sha256"]
        zipped.add(_bytes_of(store, archive.keys[placed.file["id"]], placed.file["size"]), placed.path)
    zipped.add(_word(archive, sums), WORD)
    zipped.add(_sums(sums), SUMS)
    yield from zipped


def _bytes_of(store: ObjectStore, key: str, size: int) -> Iterator[bytes]:
    """The object's bytes, opened when their turn comes; a store that gives fewer or more breaks the ZIP."""
    chunks, sent = store.open_range(key, chunk_bytes=_CHUNK_BYTES), 0
    try:
        for chunk in chunks:
            sent += len(chunk)
            yield chunk
    finally:
        chunks.close()
    if sent != size:
        raise ChecksumMismatch(f"{key} : {sent} octets lus au lieu de {size}")


def _word(archive: Archive, sums: dict[str, str]) -> Iterator[bytes]:
    content = fill("evidence_dossier", archive.word)
    sums[WORD] = hashlib.sha256(content).hexdigest()
    yield content


def _sums(sums: dict[str, str]) -> Iterator[bytes]:
    """What `sha256sum -c` reads; asked for last, when every hash is known."""
    yield "".join(f"{sha256}  {path}\n" for path, sha256 in sums.items()).encode()


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
    if archive.left_out:
        lines += ["", "Fichiers laissés de côté :"]
        lines += [f"    {_one_line(name)} : {reason}" for name, reason in archive.left_out]
    lines += ["", f"Vérifier : sha256sum -c {SUMS}", ""]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())
