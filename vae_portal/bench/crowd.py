"""What the web processes hold while many send at once, and while someone sends what nobody asked for."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

from vae_portal.bench.client import Client
from vae_portal.bench.figure import Figure
from vae_portal.bench.files import timed
from vae_portal.bench.rig import PASSWORD, Rig
from vae_portal.bench.tus import Text, force, send

_SENDERS = 16


def measure(rig: Rig) -> list[Figure]:
    """Growth of all web processes together, from after a first upload."""
    size, stranger = (8 << 20, 64 << 20) if rig.quick else (64 << 20, 770_000_000)
    number = rig.dossier()
    clients = [_signed_in(rig) for _ in range(_SENDERS)]
    with ThreadPoolExecutor(_SENDERS) as threads:
        for turn in range(2):  # both processes warm: each has served uploads
            list(threads.map(lambda n: send(clients[n], number, Text(1 << 20, 100 * turn + n), f"{n}.txt"), range(4)))  # noqa: B023
        texts = [Text(size, 1000 + n) for n in range(_SENDERS)]
        before = rig.settle()
        seconds = timed(
            lambda: list(threads.map(lambda n: send(clients[n], number, texts[n], f"lot {n}.txt"), range(_SENDERS)))
        )
        crowd = rig.growth_mib(before)
    made = {"uploads": _SENDERS, "bytes_each": size, "seconds": round(seconds, 2), "quick": rig.quick}
    return [Figure("uploads_at_once_growth_mib", crowd, "lower", 64, made), *_uninvited(rig, number, stranger)]


def _uninvited(rig: Rig, number: str, size: int) -> list[Figure]:
    named = base64.b64encode(b"x.txt").decode()
    base = f"/ma-candidature/{number}/dossier"
    ways = {
        "form": ("POST", f"{base}/fichiers", {"Content_Type": "multipart/form-data; boundary=b"}),
        "tus": (
            "POST",
            f"{base}/envois",
            {
                "Content_Type": "application/offset+octet-stream",
                "Upload_Length": str(size),
                "Upload_Metadata": f"filename {named}",
                "Tus_Resumable": "1.0.0",
            },
        ),
    }
    for method, path, headers in ways.values():
        force(Client(rig.base_url), method, path, 1000, **headers)
    figures = []
    for name, (method, path, headers) in ways.items():
        before = rig.settle()
        status, went = force(Client(rig.base_url), method, path, size, **headers)
        raw = {"status": status, "bytes_announced": size, "bytes_sent_before_refusal": went, "quick": rig.quick}
        figures.append(Figure(f"uninvited_{name}_growth_mib", rig.growth_mib(before), "lower", 5, raw))
    return figures


def _signed_in(rig: Rig) -> Client:
    client = Client(rig.base_url)
    client.sign_in("candidat@demo.example", PASSWORD)
    return client
