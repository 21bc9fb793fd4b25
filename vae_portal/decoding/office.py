"""Turns an Office file into a PDF with LibreOffice, where there is one: alone, without macros, links or network."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from storage.checks import AllowedType
from vae_portal.decoding.limits import die_with_parent

_START_AGAIN = 81  # what LibreOffice ends with once it has made itself a profile
_EXPORTS = {
    AllowedType.DOCX: "writer_pdf_Export",
    AllowedType.ODT: "writer_pdf_Export",
    AllowedType.XLSX: "calc_pdf_Export",
    AllowedType.ODS: "calc_pdf_Export",
    AllowedType.PPTX: "impress_pdf_Export",
}
CONVERTED = frozenset(_EXPORTS)
_SETTING = (
    '<item oor:path="/org.openoffice.Office.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
)
# No macro of any kind, nothing fetched that a document points at, no linked table or section read again.
_SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "2"),
    ("Calc/Content/Update", "Link", "2"),
)


def program() -> str | None:
    """LibreOffice's own program, past the scripts that start it; None when it is not on this machine."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    inner = Path(found).resolve().with_name("soffice.bin")
    return str(inner) if inner.exists() else found


def convert(source: Path, folder: Path, *, command: str, kind: str, most: int) -> dict[str, Any]:
    """Write `source.pdf` in the folder, with at most one page more than `most`; {"pdf": its name}, or nothing."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    items = "".join(_SETTING.format(*setting) for setting in _SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        "utf-8",
    )
    wanted = f'pdf:{_EXPORTS[AllowedType[kind]]}:{{"PageRange":{{"type":"string","value":"1-{most + 1}"}}}}'
    options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard", "--nologo"]
    options += [f"-env:UserInstallation={profile.as_uri()}", "--convert-to", wanted, "--outdir", str(folder)]
    for _ in range(3):
        ended = subprocess.run(  # noqa: S603 -- one thread, no shell, and the limits go with it
            [command, *options, str(source)], check=False, preexec_fn=die_with_parent
        )
        if ended.returncode != _START_AGAIN:
            break
    written = folder / f"{source.stem}.pdf"
    return {"pdf": written.name} if written.is_file() else {}
