"""Serves the portal with gunicorn: few processes, many threads, since a request mostly waits for somebody else."""

from __future__ import annotations

import ctypes
import importlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.http.unreader import SocketUnreader

from vae_portal.actions.services import from_settings
from vae_portal.errors import SettingsRefused
from vae_portal.settings import Settings

_BODY_STEP = 256 * 1024  # bytes read at once from a sender
_M_ARENA_MAX, _HEAPS = -8, 2  # of glibc's mallopt
_LONG_BODY = 64 * 1024  # bytes; gunicorn reads and drops about as much to find the next request


def run(settings: Settings) -> int:
    """Serve on HOST (127.0.0.1) and PORT (8000) until SIGTERM; SettingsRefused when PORT is no port."""
    host, port = os.environ.get("HOST", "").strip() or "127.0.0.1", os.environ.get("PORT", "").strip() or "8000"
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise SettingsRefused(f"Réglages à corriger : PORT n'est pas un port : {port!r}.")
    _Server(settings, _options(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")).run()
    return 0


def _options(address: str) -> dict[str, object]:
    memory = Path("/dev/shm")  # noqa: S108 -- gunicorn's heartbeat file must not wait for a disk
    return {
        "bind": address,
        "worker_class": "gthread",
        "workers": 2,
        # An upload from a slow phone holds its thread for minutes, and little else: pages must find others free.
        "threads": 40,
        # A worker's heartbeat, not a request's length: an upload of an hour in one of its threads is fine.
        "timeout": 60,
        "graceful_timeout": 10,
        "keepalive": 5,
        "worker_tmp_dir": str(memory) if os.access(memory, os.W_OK) else None,
        # Who asks and by which scheme is decided by the application, from TRUSTED_PROXIES.
        "forwarded_allow_ips": "",
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "info",
        "proc_name": "vae-portal",
    }


def _spare_memory() -> None:
    """Many threads that hold little each: few heaps to be left in pieces, and bodies read in modest steps."""
    SocketUnreader.max_body_chunk = _BODY_STEP
    with suppress(OSError, AttributeError):  # a C library that has no such call
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def _ends_connections(application: Callable[..., Any]) -> Callable[..., Any]:
    """Makes gunicorn say, and do, `Connection: close`: it drops that header when an application gives it.

    So it does for a refusal of a long body, which may not have been read: a browser told to keep the connection
    would send its next request into one that is being cut.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        sent = environ.get("CONTENT_LENGTH") or "0"
        long = "HTTP_TRANSFER_ENCODING" in environ or int(sent) > _LONG_BODY

        def start(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            asked = any((name.lower(), value.lower()) == ("connection", "close") for name, value in headers)
            if asked or (long and status >= "4"):
                start_response.__self__.force_close()  # of gunicorn's response, whose method this is
            return start_response(status, headers, *fault)

        return application(environ, start)

    return answer


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn is not typed
    def __init__(self, settings: Settings, options: dict[str, object]) -> None:
        self._settings = settings
        self._given = options
        super().__init__()

    def load_config(self) -> None:
        """Take our options, and no configuration file."""
        for name, value in self._given.items():
            self.cfg.set(name, value)
        if "control_socket_disable" in self.cfg.settings:
            self.cfg.set("control_socket_disable", True)

    def load(self) -> Callable[..., Any]:
        """The application, made in each worker so that no connection is shared across a fork."""
        _spare_memory()
        # By name: `app` is a layer above this one.
        create_app: Callable[..., Callable[..., Any]] = importlib.import_module("vae_portal.app").create_app
        return _ends_connections(create_app(from_settings(self._settings)))
