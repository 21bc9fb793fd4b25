"""Writes an e-mail from its folder in `templates/emails`: a subject on one line, a calm text, rarely HTML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import PackageLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from templates import french
from vae_portal.mail.errors import MailTemplateFaulty

WIDTH = 72  # characters: what every mail reader shows without folding
_SUBJECT_MAX = 150  # characters
# Line ends of every alphabet, control characters, marks that reverse the reading order, lone surrogates.
_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An e-mail ready to be composed; `subject` holds no line end."""

    subject: str
    text: str
    html: str | None = None


def render(template: str, context: Mapping[str, Any]) -> Rendered:
    """The e-mail of this name filled with the context; raises MailTemplateFaulty naming what is missing.

    Every text of the context is brought to one line: a name cannot add lines, headers or paragraphs to a message.
    """
    values = {name: _one_line(value) for name, value in context.items()}
    try:
        subject = _one_line(_environment().get_template(f"{template}/subject.txt").render(values))
        text = _wrapped(_environment().get_template(f"{template}/body.txt").render(values))
        html = _html(template, values)
    except TemplateNotFound as fault:
        raise _faulty(template, f"le fichier « {fault} » n'existe pas") from fault
    except UndefinedError as fault:
        names = re.findall(r"'([^']+)'", str(fault))
        raise _faulty(template, f"il manque « {names[-1] if names else fault} »") from fault
    except (TemplateError, ValueError, TypeError) as fault:
        raise _faulty(template, f"le modèle ou une valeur ne convient pas ({fault})") from fault
    return Rendered(subject[:_SUBJECT_MAX], text, html)


def _html(template: str, values: Mapping[str, Any]) -> str | None:
    name = f"{template}/body.html"
    if name not in _environment().list_templates(extensions=["html"]):
        return None
    return _environment().get_template(name).render(values)


@cache
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=PackageLoader("templates", "emails"),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "date_fr": french.date_fr,
        "jour": french.jour,
        "heure": french.heure,
        "octets": french.octets,
    }
    return environment


def _one_line(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return re.sub(r" {2,}", " ", _BREAKING.sub(" ", value)).strip()


def _wrapped(text: str) -> str:
    """One line of the template is one paragraph: cut at 72 characters, list items indented, links left whole."""
    lines = []
    for line in text.strip().splitlines():
        if "://" in line or len(line) <= WIDTH:
            lines.append(line.rstrip())
            continue
        indent = "  " if line.startswith("- ") else ""
        lines += textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _faulty(template: str, what: str) -> MailTemplateFaulty:
    return MailTemplateFaulty(f"Le message « {template} » ne peut pas être écrit : {what}.")
