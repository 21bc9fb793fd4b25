"""The conversation on a candidacy, the same for its two sides, and beside it the notes between staff."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from storage.errors import FileRefused, StreamCut
from storage.names import safe_filename
from storage.port import Received
from vae_portal.actions import conversation as acts
from vae_portal.actions import evidence
from vae_portal.actions.conversation import Written
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence.queries import conversation as queries
from vae_portal.persistence.queries.conversation import Unread
from vae_portal.web import case, uploads
from vae_portal.web.access import current_actor, reads_its_own_body, require_token, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.files import why_closed
from vae_portal.web.own import own
from vae_portal.web.places import whole_number
from workflows.conversation import LONGEST
from workflows.facts import Actor, Facts
from workflows.machine import may
from workflows.vocabulary import EvidenceState, Right

blueprint = Blueprint("conversation", __name__)

_LONGEST_FIELD = 400_000  # bytes: far more than may be sent, so that what is too long comes back to be shortened
_NOT_YOURS = "Cette conversation n'existe pas, ou ne vous est pas ouverte."
_PAGES = {False: "conversation.show", True: "conversation.notes"}


@dataclass(slots=True)
class _Sending:
    """What a form brought: its fields, the files that the store took, and what is wrong."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, Received]] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)


@blueprint.get("/ma-candidature/<number>/messages")
@requires(Right.READ_CONVERSATION)
def mine(number: str) -> ResponseReturnValue:
    """My conversation with my centre."""
    found = own(number)
    return _read(found.candidacy, found.facts, internal=False)


@blueprint.get("/candidatures/<number>/messages")
@requires(Right.READ_CONVERSATION)
def show(number: str) -> ResponseReturnValue:
    """The conversation with the candidate; the candidate is led to their own page."""
    found = case.load(number)
    if found.own:
        return redirect(url_for("conversation.mine", number=number))
    return _read(found.row, found.facts, internal=False)


@blueprint.post("/ma-candidature/<number>/messages")
@blueprint.post("/candidatures/<number>/messages")
@requires(Right.WRITE_MESSAGE)
@reads_its_own_body
def write(number: str) -> ResponseReturnValue:
    """One side writes to the other."""
    return _write(number, internal=False)


@blueprint.get("/candidatures/<number>/notes")
@requires(Right.READ_NOTES)
def notes(number: str) -> ResponseReturnValue:
    """What staff noted between themselves."""
    found = case.load(number)
    return _read(found.row, found.facts, internal=True)


@blueprint.post("/candidatures/<number>/notes")
@requires(Right.WRITE_NOTE)
@reads_its_own_body
def write_note(number: str) -> ResponseReturnValue:
    """Staff note something for each other."""
    return _write(number, internal=True)


def entry(candidacy: Any, facts: Facts) -> dict[str, Any]:
    """What the page of a candidacy shows of its conversation: where it is and what waits there; nothing to others."""
    actor, number = current_actor(), candidacy.number
    if candidacy.submitted_on is None or not may(Right.READ_CONVERSATION, actor, facts):
        return {"messages_url": "", "notes_url": "", "unread": Unread()}
    return {
        "messages_url": _address(number, candidacy.person_id == actor.person_id, internal=False),
        "notes_url": url_for("conversation.notes", number=number) if may(Right.READ_NOTES, actor, facts) else "",
        "unread": _waiting(candidacy.id),
    }


def _waiting(candidacy_id: int) -> Unread:
    return queries.unread(reading(), current_actor(), [candidacy_id]).get(candidacy_id, Unread())


# Reading


def _read(candidacy: Any, facts: Facts, internal: bool) -> ResponseReturnValue:
    """The page; what it shows is read from then on, as opening a file is told."""
    actor, before = current_actor(), whole_number(request.args.get("avant"), 0) or None
    page = _page(candidacy, facts, internal, before)
    lines = page["lines"]
    stop_reading()
    if lines and before is None and request.method == "GET":
        last = lines[-1].id
        if last > page["read_up_to"] and any(line.author_id != actor.person_id for line in lines):
            acts.opened(services(), actor, candidacy.id, internal, last)
    return render_template("conversation/show.html", **page)


def _page(candidacy: Any, facts: Facts, internal: bool, before: int | None = None, **told: Any) -> dict[str, Any]:
    actor = current_actor()
    theirs = candidacy.person_id == actor.person_id
    if not theirs and not may(Right.READ_NOTES if internal else Right.READ_CONVERSATION, actor, facts):
        raise NotVisible(_NOT_YOURS)
    read = queries.notes if internal else queries.exchanged
    lines, more = read(reading(), actor, candidacy.id, before)
    here = _address(candidacy.number, theirs, internal)
    return {
        "candidacy": candidacy,
        "number": candidacy.number,
        "own": theirs,
        "internal": internal,
        "lines": lines,
        "me": actor.person_id,
        "why_closed": lambda file: _closed(file, actor),
        "earlier_url": f"{here}?avant={lines[0].id}" if more else "",
        "latest_url": here if before else "",
        "read_up_to": queries.last_read(reading(), actor, candidacy.id, internal),
        "waiting": _waiting(candidacy.id),
        "sent": candidacy.submitted_on is not None,
        "may_write": may(Right.WRITE_NOTE if internal else Right.WRITE_MESSAGE, actor, facts),
        "url": here,
        "back_url": case.page_of(candidacy.number, theirs),
        "longest": LONGEST,
        "most_files": acts.MOST_FILES,
        "most": services().settings.max_file_bytes,
        "submission": secrets.token_hex(16),
        "errors": told.get("errors", {}),
        "typed": told.get("typed", ""),
    }


def _address(number: str, theirs: bool, internal: bool) -> str:
    return url_for("conversation.mine" if theirs else _PAGES[internal], number=number)


def _closed(file: Any, actor: Actor) -> str:
    """Why a file does not open for who reads, or nothing."""
    return why_closed(EvidenceState(file.state), file.given_by == actor.person_id, services().scanning)


# Writing


def _write(number: str, internal: bool) -> ResponseReturnValue:
    """Takes the message and its files, all or nothing; what was typed comes back with what is wrong."""
    require_token()
    actor, sending = current_actor(), _Sending()
    with ExitStack() as held:
        try:
            _take(sending, held, actor, number, internal)
        finally:
            request.form = ImmutableMultiDict(sending.fields)  # an error page gives back what was typed
        written = Written(sending.fields.get("text", ""), sending.fields.get("submission", ""), internal)
        if not sending.faults:
            try:
                key = acts.write(services(), actor, number, written, sending.files)
            except InputRefused as fault:
                sending.faults = {name: [sentence] for name, sentence in fault.fields.items()}
    if sending.faults:
        found = case.load(number)
        page = _page(found.row, found.facts, internal, errors=sending.faults, typed=written.text)
        return render_template("conversation/show.html", **page), 422
    flash("Note enregistrée." if internal else "Message envoyé.", "success")
    theirs = case.load(number).own
    return redirect(f"{_address(number, theirs, internal)}#message-{key}")


def _take(sending: _Sending, held: ExitStack, actor: Actor, number: str, internal: bool) -> None:
    """Reads the body as it comes: fields first, then each file straight to the store."""
    try:
        for part in uploads.parts(request, _LONGEST_FIELD):
            if isinstance(part, uploads.SentField):
                sending.fields.setdefault(part.name, part.text.replace("\0", ""))
            elif part.name.strip():
                if not sending.files and not sending.faults:
                    announced = uploads.announced_bytes(request)
                    acts.require_room(services(), actor, number, Written("", "", internal), announced)
                    stop_reading()  # a long upload holds no connection to the database
                _take_file(sending, held, part)
            elif part.pass_over():
                sending.faults.setdefault("files", []).append("Un fichier n'a pas de nom : renommez-le.")
    except InputRefused as fault:
        sending.faults["files"] = list(fault.fields.values()) or [str(fault)]
    except (EOFError, StreamCut):
        sending.faults["files"] = [f"{uploads.CUT.split('.')[0]}. Rien n'est parti."]


def _take_file(sending: _Sending, held: ExitStack, part: uploads.SentFile) -> None:
    if len(sending.files) >= acts.MOST_FILES:
        sending.faults["files"] = [f"Joignez {acts.MOST_FILES} fichiers au plus à un message."]
        return
    try:
        received, kept_as = held.enter_context(evidence.receive(services(), part.name, part))
    except FileRefused as fault:
        refusal = f"« {safe_filename(part.name)} » : {fault.reason}"
        sending.faults.setdefault("files", []).append(refusal)
    else:
        sending.files.append((kept_as, received))
