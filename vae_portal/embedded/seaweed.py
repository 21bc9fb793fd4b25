"""A real S3 store for a machine that has only Python: SeaweedFS, local to the machine, with object lock."""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from vae_portal.embedded.processes import (
    EngineFailed,
    free_ports,
    plain_environment,
    port_is_free,
    start_child,
    stop_child,
    wait_until,
    write_private,
)

_START_SECONDS = 60
# Asked to stop, weed waits a full fifteen seconds for connections of its own parts. What it acknowledged is with the
# system by then, so that ending it after three loses nothing; tests/embedded shows it.
_STOP_SECONDS = 3.0
_PORTS = ("master", "volume", "filer", "s3")  # each has a second port, for gRPC
# Each bucket opens this many volumes at its first write; seven, the default, is for a cluster.
_GROWTH = "[master.volume_growth]\ncopy_1 = 2\n"
_DURABLE = {"version": 1, "locations": [{"locationPrefix": "/buckets/", "fsync": True}]}


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where the store answers, and the keys it accepts."""

    endpoint: str  # host:port
    access_key: str
    secret_key: str


class EmbeddedSeaweed:
    """One store on 127.0.0.1, every port its own; `durable=False` does not wait for the disk, for tests."""

    def __init__(
        self, data_dir: Path, *, keys: tuple[str, str] | None = None, durable: bool = True, volume_mb: int = 1024
    ) -> None:
        self.data_dir = data_dir
        self._keys = keys
        self._durable = durable
        self._volume_mb = volume_mb
        self._ports: dict[str, int] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return "Le stockage des fichiers"

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.data_dir / "seaweed.log"

    def start(self) -> StoreAddress:
        """Start and wait until the store takes writes; its address and keys, or EngineFailed."""
        folder = self.data_dir / "seaweed"
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        address_keys = self._write_keys(folder)
        (folder / "master.toml").write_text(_GROWTH, "utf-8")
        self._ports = _ports(folder)
        self._remove_sockets()
        self._process = start_child(
            self._command(),
            log=self.log,
            environment=plain_environment(folder),
            folder=folder,
            death_signal=signal.SIGKILL,  # a store that lingers would hold its files against the next start
        )
        try:
            wait_until(self._answers, self._process, self.name, self.log, _START_SECONDS)
            self._set_durability()
        except BaseException:
            self.stop()
            raise
        return StoreAddress(f"127.0.0.1:{self._ports['s3']}", *address_keys)

    def stop(self) -> None:
        """Stop within about three seconds; nothing to do when it is not running."""
        stop_child(self._process, seconds=_STOP_SECONDS if self._durable else 0)
        self._process = None
        self._remove_sockets()

    def _remove_sockets(self) -> None:
        for port in self._ports.values():
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 -- where weed puts them
                with suppress(OSError):
                    left.unlink()

    def poll(self) -> int | None:
        """Its exit code if it has ended by itself, else None."""
        return self._process.poll() if self._process else None

    def empty(self) -> None:
        """Remove every file of the stopped store."""
        shutil.rmtree(self.data_dir / "seaweed", ignore_errors=True)

    def __enter__(self) -> StoreAddress:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self) -> list[str]:
        ports = [
            f"-{name.replace('_', '.port.') if '_' in name else name + '.port'}={port}"
            for name, port in self._ports.items()
        ]
        # The folder is where it runs: a comma in a path would mean two folders to weed.
        return [
            str(_program()),
            "-logtostderr=true",
            "server",
            "-dir=.",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-filer",
            "-s3",
            *ports,
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.iam=false",
            "-s3.config=s3.json",
            "-master.telemetry=false",
            # Alone, it elects itself: by default a second start would wait some fifteen seconds for other masters.
            "-master.electionTimeout=1s",
            "-master.heartbeatInterval=100ms",
            f"-master.volumeSizeLimitMB={self._volume_mb}",
            "-volume.max=4000",
            "-volume.preStopSeconds=0",
        ]

    def _write_keys(self, folder: Path) -> tuple[str, str]:
        config = folder / "s3.json"
        if self._keys is None and config.exists():
            kept = json.loads(config.read_text("utf-8"))["identities"][0]["credentials"][0]
            self._keys = (kept["accessKey"], kept["secretKey"])
        access, secret = self._keys or (f"portail{secrets.token_hex(6)}", secrets.token_urlsafe(30))
        identity = {
            "name": "portail",
            "credentials": [{"accessKey": access, "secretKey": secret}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        write_private(config, json.dumps({"identities": [identity]}))
        self._keys = (access, secret)
        return access, secret

    def _answers(self) -> bool:
        # S3 answers a moment before the master has its volumes: both are asked.
        return _get(f"http://127.0.0.1:{self._ports['s3']}/healthz") and _get(
            f"http://127.0.0.1:{self._ports['master']}/dir/assign?count=1"
        )

    def _set_durability(self) -> None:
        """Have every write to a bucket reach the disk before it is acknowledged."""
        wanted = _DURABLE if self._durable else {"version": 1, "locations": []}
        url = f"http://127.0.0.1:{self._ports['filer']}/etc/seaweedfs/filer.conf"
        request = urllib.request.Request(url, json.dumps(wanted).encode(), method="PUT")
        request.add_header("Content-Type", "application/json")
        deadline = time.monotonic() + 15
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                    if answer.status < 300:
                        return
            except (urllib.error.URLError, OSError) as fault:
                if time.monotonic() > deadline:
                    raise EngineFailed(f"Le stockage n'accepte pas ses réglages : {fault}") from fault
            time.sleep(0.1)


def _get(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 -- our own address
            return answer.status == 200 and b'"error"' not in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def _program() -> Path:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if not found:
        raise EngineFailed(
            "SeaweedFS n'est pas livré pour cette machine. "
            "Donnez S3_ENDPOINT, S3_ACCESS_KEY et S3_SECRET_KEY d'un stockage S3."
        )
    return Path(found)


def _ports(folder: Path) -> dict[str, int]:
    """The ports of the last start while they are free, since the master names its folder after its own."""
    kept = folder / "ports.json"
    with suppress(OSError, ValueError):
        ports = json.loads(kept.read_text("utf-8"))
        if all(port_is_free(port) for port in ports.values()):
            return ports
    names = [*_PORTS, *(f"{name}_grpc" for name in _PORTS)]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    kept.write_text(json.dumps(ports), "utf-8")
    return ports
