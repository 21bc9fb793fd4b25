"""A letter read before it leaves, between the form of an act and its doing: what is sent is what was read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from flask import render_template, request, url_for

from vae_portal.actions.perform import Prepared, rehearse
from vae_portal.documents import amending
from vae_portal.documents.fill import fill
from vae_portal.documents.kinds import kind_of
from vae_portal.web.access import current_actor
from vae_portal.web.case import Case
from vae_portal.web.context import services, stop_reading
from workflows.vocabulary import Action
from workflows.who_may_do_what import RULES

_OURS = ("csrf_token", "do", "read")
_NOT_YET = "donnée à l'envoi"  # the reference of a letter that has not left


@dataclass(slots=True)
class Sheet:
    """One letter: its parts as they will be printed, and the texts that replace those which may be amended."""

    kind: str
    parts: list[amending.Part]
    typed: list[str] | None  # None: not shown yet
    errors: dict[int, str] = field(default_factory=dict)

    @property
    def own(self) -> list[str]:
        """The texts of the template, filled."""
        return [part.text for part in self.parts if part.kind == "text"]

    @property
    def title(self) -> str:
        """What the letter is."""
        return kind_of(self.kind).title


@dataclass(slots=True)
class Reading:
    """The letters of an act as they would leave now, and whether the reader agreed to just these."""

    found: Case
    sheets: list[Sheet]
    changed: bool  # since they were shown

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the letters as the portal writes them, tables too: whether they changed since they were shown."""
        said = [[(part.kind, part.text, part.rows) for part in sheet.parts] for sheet in self.sheets]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def agreed(self) -> bool:
        """The page was shown, nothing has changed since, and every text can be printed."""
        told = all(sheet.typed is not None and not sheet.errors for sheet in self.sheets)
        return told and not self.changed and request.form.get("do") == "send"

    @property
    def amended(self) -> dict[str, list[str]]:
        """The texts of the letters that were changed, by kind."""
        return {s.kind: s.typed for s in self.sheets if s.typed is not None and s.typed != s.own}

    @property
    def status(self) -> int:
        """422 where a text cannot be printed, 409 where the letter changed, 200 when it is only to be read."""
        return 422 if any(sheet.errors for sheet in self.sheets) else 409 if self.changed else 200

    def page(self, action: Action) -> str:
        """The letters, to read and amend, with everything typed before them."""
        number = self.found.number
        sent = [(name, value) for name, value in request.form.items(multi=True) if not _is_ours(name)]
        return render_template(
            "candidacy/letter.html",
            candidacy=self.found.row,
            action=action.value,
            sheets=self.sheets,
            changed=self.changed,
            fingerprint=self.fingerprint,
            carried=sent,
            url=url_for("candidacy.act", number=number, action=action.value),
            back_url=self.found.url,
            longest=amending.LONGEST,
        )


def precedes(action: Action) -> bool:
    """Whether a letter that this action issues is read before it leaves."""
    return any(letter.amendable for letter in RULES[action].letters)


def goes_back() -> bool:
    """Whether the reader goes back to the form."""
    return request.form.get("do") == "back"


def read(found: Case, action: Action, given: Prepared, revision: int | None) -> Reading:
    """The letters as they would leave now, with the texts that were sent back; raises what `perform` raises."""
    stop_reading()  # the rehearsal writes, and takes it back
    amendable = {letter.kind for letter in RULES[action].letters if letter.amendable}
    rehearsed = rehearse(services(), current_actor(), found.number, action, given, revision)
    sheets = [
        _sheet(kind, amending.parts(fill(kind, {**context, "number": _NOT_YET})))
        for kind, context in rehearsed
        if kind in amendable
    ]
    reading = Reading(found, sheets, changed=False)
    reading.changed = request.form.get("do") == "send" and request.form.get("read") != reading.fingerprint
    return reading


def typed() -> list[tuple[str, str]]:
    """The texts of the letters as they were sent back, to be copied where the act could not be done."""
    return [("Texte de la lettre", text) for name, text in request.form.items(multi=True) if name.startswith("letter-")]


def carried() -> list[tuple[str, str]]:
    """The letters as they were amended, for the form to bring along when it is shown again."""
    return [
        (name, text) for name, text in request.form.items(multi=True) if name.startswith("letter-") or name == "read"
    ]


def _sheet(kind: str, parts: list[amending.Part]) -> Sheet:
    sheet = Sheet(kind, parts, None)
    names = [f"letter-{kind}-{rank}" for rank in range(len(sheet.own))]
    if not request.form.get("read") or request.form.get("do") == "again" or any(n not in request.form for n in names):
        return sheet
    sheet.typed = ["\n".join(request.form[name].replace("\0", "").splitlines()).strip() for name in names]
    for rank, text in enumerate(sheet.typed):
        if not text:
            sheet.errors[rank] = "Ce texte est vide : écrivez-le, ou reprenez celui d'origine."
        elif len(text) > amending.LONGEST:
            sheet.errors[rank] = f"Écrivez {amending.LONGEST} caractères au plus."
        elif lost := amending.lost(sheet.own[rank], text):
            sheet.errors[rank] = f"Gardez telle quelle la partie qui dit la décision ou les droits : « {lost} »"
    return sheet


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith("letter-")
