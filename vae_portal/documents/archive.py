"""Makes a Word file depend on its content alone: the same input gives the same bytes and the same SHA-256."""

from __future__ import annotations

import io
import zipfile

_FIRST = "[Content_Types].xml"  # Word's packages begin with it
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def with_fixed_dates(package: bytes) -> bytes:
    """The same zip with its members in a fixed order and dated 1 January 1980; raises zipfile.BadZipFile."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != _FIRST, name)):
            member = zipfile.ZipInfo(name, _ZIP_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # the same on every system
            member.external_attr = 0o644 << 16
            target.writestr(member, source.read(name))
    return out.getvalue()
