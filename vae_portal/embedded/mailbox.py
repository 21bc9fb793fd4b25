"""Receives the demonstration's mails and keeps each as a file, so that nothing is ever sent to anybody."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

_LARGEST_MAIL = 32 * 1024 * 1024  # bytes


class Mailbox:
    """Writes each received mail to `folder`, named by its time so that names sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's
        """Keep one mail, whole or not at all."""
        content = envelope.original_content or b""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid4().hex[:8]}.eml"
        fresh = self._folder / f".{name}"
        fresh.write_bytes(content)
        fresh.rename(self._folder / name)
        return "250 OK"


async def serve(folder: Path, port: int) -> None:
    """Receive on 127.0.0.1 until SIGTERM or SIGINT."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    server = await loop.create_server(
        lambda: SMTP(Mailbox(folder), data_size_limit=_LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
    )
    await asked.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
