"""A byte that is acknowledged is on the disk: the store's rule is in force, and a write waits for it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.s3 import S3Store
from vae_portal.embedded.seaweed import EmbeddedSeaweed

_STRACE = shutil.which("strace")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedSeaweed]:
    engine = EmbeddedSeaweed(tmp_path)
    yield engine
    engine.stop()


def test_every_write_waits_for_the_disk(engine: EmbeddedSeaweed, tmp_path: Path) -> None:
    address = engine.start()
    store = S3Store(address.endpoint, address.access_key, address.secret_key, "vae")
    store.prepare()
    filer = f"http://127.0.0.1:{engine._ports['filer']}/etc/seaweedfs/filer.conf"
    with urllib.request.urlopen(filer, timeout=5) as answer:
        rules = json.loads(answer.read())["locations"]
    assert {"locationPrefix": "/buckets/", "fsync": True}.items() <= rules[0].items()
    if _STRACE is None or engine._process is None:
        pytest.skip("strace is not on this machine: that the rule does what it says was not seen")
    log = tmp_path / "calls"
    command = [_STRACE, "-f", "-ttt", "-e", "trace=fsync,fdatasync", "-o", str(log), "-p", str(_weed(engine))]
    watching = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert watching.stderr
    if "attached" not in watching.stderr.readline():
        pytest.skip("this machine lets nobody watch another process")
    upload = store.begin_parts("evidence/parts", "text/plain")
    for put in (
        lambda: store.put_streamed("evidence/whole", iter([b"x" * 100_000]), 100_000, "text/plain"),
        lambda: store.put_part("evidence/parts", upload, 1, iter([b"y" * 100_000]), 100_000),
    ):
        began = time.time()
        put()
        acknowledged = time.time()
        time.sleep(0.5)  # for the log to be written
        calls = [float(at) for at in re.findall(r"^\d+ +(\d+\.\d+) f(?:data)?sync\(", log.read_text(), re.M)]
        assert any(began <= at <= acknowledged for at in calls), (began, acknowledged, calls)
    watching.terminate()
    watching.wait(10)
    watching.stderr.close()


def _weed(engine: EmbeddedSeaweed) -> int:
    """The program itself: our own wrapper becomes it."""
    assert engine._process
    return engine._process.pid
