"""A fiche found at the end of an export of the RNCP of the usual size: seconds, and what the process weighs at most."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from vae_portal.actions import rncp_export
from vae_portal.bench.figure import Figure
from vae_portal.bench.rig import Rig

_MIB = 1 << 20
_SIZE, _QUICK_SIZE = 470 * 1000 * 1000, 20 * 1000 * 1000
_WANTED = "99999"


def measure(rig: Rig) -> list[Figure]:
    """In a process of its own, so that only this reading is weighed."""
    size = _QUICK_SIZE if rig.quick else _SIZE
    code = f"from vae_portal.bench.rncp import find_last; find_last({size})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603 - ours
    told = json.loads(done.stdout)
    return [Figure("rncp_export_peak_mib", told.pop("peak_mib"), "lower", 200, {**told, "quick": rig.quick})]


class _Export(io.RawIOBase):
    """An export of about so many bytes, made as it is read; the fiche that is wanted comes last."""

    def __init__(self, size: int) -> None:
        self._pieces, self._rest, self.given = _pieces(size), b"", 0

    def read(self, size: int = -1, /) -> bytes:
        """Up to so many bytes."""
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        self.given += len(taken)
        return taken


def _pieces(size: int) -> Iterator[bytes]:
    yield b"<?xml version='1.0' encoding='UTF-8'?><FICHES><VERSION_FLUX>4.1</VERSION_FLUX>"
    made = 0
    while made < size:
        piece = _fiche(str(100_000 + made % 100_000))
        made += len(piece)
        yield piece
    yield _fiche(_WANTED) + b"</FICHES>"


def _fiche(number: str) -> bytes:
    """About 13 KB; the mean of the real export is 18."""
    partner = (
        "<PARTENAIRE><NOM_PARTENAIRE>INVENTÉ</NOM_PARTENAIRE><ETAT_HABILITATION>Actif</ETAT_HABILITATION></PARTENAIRE>"
    )
    block = (
        f"<BLOC_COMPETENCES><CODE>RNCP{number}BC0%d</CODE><LIBELLE>Un bloc</LIBELLE><LISTE_COMPETENCES><![CDATA["
        + "- Conduire une activité professionnelle décrite par une phrase\n" * 20
        + "]]></LISTE_COMPETENCES></BLOC_COMPETENCES>"
    )
    return (
        f"<FICHE><ID_FICHE>{number}</ID_FICHE><NUMERO_FICHE>RNCP{number}</NUMERO_FICHE><INTITULE>Un intitulé</INTITULE>"
        f"<PARTENAIRES>{partner * 60}</PARTENAIRES>"
        f"<BLOCS_COMPETENCES>{''.join(block % rank for rank in range(1, 5))}</BLOCS_COMPETENCES>"
        "<DATE_DECISION>21/04/2017</DATE_DECISION><SI_JURY_VAE><ACTIF>Oui</ACTIF></SI_JURY_VAE></FICHE>"
    ).encode()


def find_last(size: int) -> None:
    """Finds the last fiche of an export of so many bytes, and tells on standard output what that took."""
    export, began = _Export(size), time.perf_counter()
    fiche = rncp_export.find(export, _WANTED)  # type: ignore[arg-type]
    told = {
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "bytes": export.given,
        "seconds": round(time.perf_counter() - began, 1),
        "blocks": len(fiche.blocks),
    }
    sys.stdout.write(json.dumps(told))
