"""A Word template and a context make a Word file; docxtpl is imported here, docx in this folder only.

A centre edits the templates and candidates write the texts, so neither is trusted: the sandbox refuses what
is not a plain field, and every text comes out as typed, whatever it holds.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from docx.opc.exceptions import OpcError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError
from markupsafe import Markup, escape

from templates import french
from vae_portal.documents import qr
from vae_portal.documents.amending import rewrite
from vae_portal.documents.archive import with_fixed_dates
from vae_portal.documents.errors import TemplateFaulty
from vae_portal.documents.kinds import Kind, complete, kind_of

# What XML 1.0 cannot hold, lone surrogates included; tab and newline stay.
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufddf\ufffe\uffff]")
_PROPERTY_MAX = 255  # characters, python-docx's limit


class _Sandbox(SandboxedEnvironment):
    """Fields, conditions and loops only: a template has no use for a product, which can fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse the product or the power."""
        raise SecurityError(operator)


def fill(kind: str, context: Mapping[str, Any], template: bytes | None = None) -> bytes:
    """The filled Word file of this kind, from its template or the one given; same input, same bytes.

    `amended`, beside the fields, holds the texts that whoever decided wrote in the place of the letter's own. Raises
    TemplateFaulty when a field is missing or the template is not usable; `kinds` lists the fields.
    """
    chosen = kind_of(kind)
    values = complete(chosen, _printable(context))
    source = template if template is not None else _template_of(chosen)
    try:
        document = DocxTemplate(io.BytesIO(source))
        if values.get("verify_url"):
            values["qr_code"] = InlineImage(document, qr.png(values["verify_url"]), width=Mm(qr.WIDTH))
        document.render(values, _environment())
        if values.get("amended"):
            rewrite(document.docx, values["amended"])
        _set_properties(document, chosen, values)
        out = io.BytesIO()
        document.save(out)
    except (TemplateError, ValueError, TypeError, OverflowError) as fault:
        raise _faulty(chosen, _sentence(fault)) from fault
    except (OpcError, XMLSyntaxError, zipfile.BadZipFile, KeyError) as fault:
        raise _faulty(chosen, "le fichier n'est pas un document Word lisible") from fault
    return with_fixed_dates(out.getvalue())


def _template_of(kind: Kind) -> bytes:
    place = files("templates") / "documents" / kind.code / "template.docx"
    try:
        return place.read_bytes()
    except FileNotFoundError as fault:
        raise _faulty(kind, "le fichier template.docx n'existe pas") from fault


def _environment() -> _Sandbox:
    environment = _Sandbox(autoescape=True, undefined=StrictUndefined, finalize=_shown)
    # `safe` would let what a candidate typed become part of the document's XML.
    for name in ("safe", "xmlattr", "tojson"):
        del environment.filters[name]
    environment.filters |= {
        "date_fr": french.date_fr,
        "jour": french.jour,
        "heure": french.heure,
        "octets": french.octets,
        "paragraphes": paragraphes,
    }
    return environment


def paragraphes(text: str | None) -> str:
    """The text with each blank line starting a new Word paragraph and each newline kept as a line break."""
    return re.sub(r"\n[ \t]*\n\s*", "\a", (text or "").strip())


def _shown(value: object) -> object:
    """What a template prints for a value: nothing for None, oui or non, texts escaped here once for all."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if type(value) is str:
        # docxtpl turns « {_{ » into « {{ » after rendering: a typed text must not change.
        return Markup(re.sub(r"(?<=[{%}])_(?=[{%}])", "&#95;", str(escape(value))))  # noqa: S704 - just escaped
    return value


def _printable(value: Any) -> Any:
    """A copy whose texts hold only what XML can: control characters and lone surrogates are left out."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def _set_properties(document: DocxTemplate, kind: Kind, values: Mapping[str, Any]) -> None:
    issued = values["issued_at"]
    instant = datetime.fromisoformat(issued) if isinstance(issued, str) else issued
    if instant.tzinfo is None:
        raise ValueError("« issued_at » doit porter son fuseau horaire")
    properties = document.docx.core_properties
    properties.title = f"{kind.title} {values['number']}"[:_PROPERTY_MAX]
    properties.author = str(values["centre"]["name"])[:_PROPERTY_MAX]
    properties.last_modified_by = properties.author
    properties.language = "fr-FR"
    properties.created = properties.modified = instant.astimezone(UTC).replace(tzinfo=None)
    properties.revision = 1


def _sentence(fault: Exception) -> str:
    if isinstance(fault, UndefinedError):
        names = re.findall(r"'([^']+)'", str(fault))
        return f"le modèle demande « {names[-1] if names else fault} », qui n'existe pas"
    if isinstance(fault, SecurityError):
        return "le modèle contient une expression interdite (seuls les champs de la liste sont permis)"
    if isinstance(fault, TemplateSyntaxError):
        return f"une balise du modèle est mal écrite ({fault.message})"
    return f"une valeur ne convient pas ({fault})"


def _faulty(kind: Kind, what: str) -> TemplateFaulty:
    return TemplateFaulty(f"Le document « {kind.title} » ({kind.code}) ne peut pas être rempli : {what}.")
