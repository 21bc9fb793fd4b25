"""The worklist against a page that does nothing, on the same server."""

from __future__ import annotations

import time
from statistics import median

from vae_portal.bench.client import Client
from vae_portal.bench.figure import Figure, ratio
from vae_portal.bench.rig import PASSWORD, Rig


def measure(rig: Rig) -> list[Figure]:
    """Alternates both pages over one kept connection; medians of seconds for one page."""
    client = Client(rig.base_url)
    client.sign_in("conseiller@demo.example", PASSWORD)
    count = 20 if rig.quick else 150
    ours, bare = [], []
    for _ in range(count):
        began = time.perf_counter()
        client.get("/candidatures")
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        client.get("/healthz")
        bare.append(time.perf_counter() - began)
    return [ratio("worklist_vs_bare_page", median(ours), median(bare), "lower", unit="s", pages=count)]
