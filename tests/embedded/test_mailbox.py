"""The demonstration's mails are kept as files, and sent to nobody."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from vae_portal.embedded.processes import free_ports, port_is_free

_ROOT = Path(__file__).parents[2]


def test_each_mail_is_one_file_in_order_of_arrival(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    folder = tmp_path / "les mails"
    process = subprocess.Popen([sys.executable, "-m", "vae_portal.embedded.mailbox", str(folder), str(port)], cwd=_ROOT)
    try:
        deadline = time.monotonic() + 20
        while port_is_free(port):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            for subject in ("Reçu : été", "Second"):
                mail = EmailMessage()
                mail["From"], mail["To"], mail["Subject"] = "a@demo.example", "b@demo.example", subject
                mail.set_content("Bonjour à tous.\n.\nFin")
                client.send_message(mail)
    finally:
        process.terminate()
        assert process.wait(10) == 0
    mails = [BytesParser(policy=default).parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
    assert [mail["Subject"] for mail in mails] == ["Reçu : été", "Second"]
    assert mails[0].get_content().splitlines() == ["Bonjour à tous.", ".", "Fin"]
