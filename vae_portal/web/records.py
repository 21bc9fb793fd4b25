"""What left the centre, what its journal holds, and in the demonstration the mails as their recipients read them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import records
from vae_portal.documents.kinds import kind_of
from vae_portal.mail import caught
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import records as queries
from vae_portal.web import journal_words as words
from vae_portal.web.access import current_actor, holds, public, requires
from vae_portal.web.context import reading, services
from workflows.vocabulary import Right

blueprint = Blueprint("records", __name__)

_STATES = {"envoyes": "sent", "attente": "waiting", "echec": "failed"}
_NAMES = {"envoyes": "envoyés", "attente": "en attente", "echec": "en échec"}
_KINDS = {"envoyes": "calm", "attente": "wait", "echec": "bad"}
_LATEST_PAGE = 100_000
_LINK = re.compile(r"(https?://[^\s<>\"]+)")


@blueprint.get("/courriels")
@requires(Right.SEE_OUTBOX)
def outbox() -> str:
    """Mails of the centre and documents that could not be made."""
    actor, wanted, page = current_actor(), request.args.get("etat", ""), _page()
    counts = queries.mail_counts(reading(), actor)
    state = _STATES.get(wanted, "")
    total = counts.get(state, sum(counts.values()))
    pages = max(1, -(-total // queries.MAILS_A_PAGE))
    return render_template(
        "records/outbox.html",
        counters=[
            {
                "value": counts[code],
                "label": _NAMES[word],
                "kind": _KINDS[word] if counts[code] else "calm",
                "url": url_for("records.outbox", etat=word),
                "current": wanted == word,
            }
            for word, code in _STATES.items()
        ],
        mails=queries.mails(reading(), actor, state, page),
        documents=[(kind_of(d.kind).title, d) for d in queries.lost_documents(reading(), actor)],
        may_retry=holds(Right.RETRY_OUTBOX),
        filtered=bool(state),
        page=page,
        pages=pages,
        **_around(page, pages, etat=wanted if state else None),
    )


@blueprint.post("/courriels/<int:mail_id>/renvoyer")
@requires(Right.RETRY_OUTBOX)
def retry_mail(mail_id: int) -> ResponseReturnValue:
    """A mail given up is sent again."""
    records.retry_mail(services(), current_actor(), mail_id)
    flash("Un nouvel envoi est demandé.", "success")
    return redirect(url_for("records.outbox"))


@blueprint.post("/courriels/documents/<int:document_id>/refaire")
@requires(Right.RETRY_OUTBOX)
def retry_document(document_id: int) -> ResponseReturnValue:
    """A document that could not be made is asked for again."""
    records.retry_document(services(), current_actor(), document_id)
    flash("Le document est demandé de nouveau.", "success")
    return redirect(url_for("records.outbox"))


@blueprint.get("/journal")
@requires(Right.READ_JOURNAL)
def journal() -> str:
    """The centre's own chain: accounts, certifications, what was asked again."""
    page = _page()
    entries, total = queries.of_centre(reading(), current_actor(), page)
    return _journal("", entries, total, page)


@blueprint.get("/journal/<number>")
@requires(Right.READ_JOURNAL)
def candidacy_journal(number: str) -> str:
    """The chain of one candidacy."""
    candidacy = candidacies.by_number(reading(), current_actor(), number)
    page = _page()
    entries, total = queries.of_candidacy(reading(), candidacy.id, page)
    return _journal(number, entries, total, page)


@blueprint.get("/demonstration/courriels")
@public
def demonstration_mails() -> str:
    """The demonstration's mails as their recipients read them, links included; no such page anywhere else."""
    if not services().settings.demonstration:
        abort(404)
    folder = os.environ.get("VAE_DEMO_MAILS", "")
    mails = caught.newest(Path(folder)) if folder else []
    return render_template("records/demonstration.html", mails=[(mail, _pieces(mail.text)) for mail in mails])


def _journal(number: str, entries: list[queries.Entry], total: int, page: int) -> str:
    pages = max(1, -(-total // queries.ROWS_A_PAGE))
    return render_template(
        "records/journal.html",
        number=number,
        rows=[{"entry": e, "what": words.event(e.event), "details": words.details(e.details)} for e in entries],
        total=total,
        page=page,
        pages=pages,
        **_around(page, pages, number=number or None),
    )


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The text cut at its links: (piece, whether it is one)."""
    return [(piece, bool(rank % 2)) for rank, piece in enumerate(_LINK.split(text)) if piece]


def _page() -> int:
    raw = request.args.get("page", "")
    return min(max(int(raw), 1), _LATEST_PAGE) if raw.isdecimal() and len(raw) < 9 else 1


def _around(page: int, pages: int, **kept: Any) -> dict[str, str | None]:
    endpoint = request.endpoint or ""
    return {
        "previous_url": url_for(endpoint, page=min(page - 1, pages), **kept) if page > 1 else None,
        "next_url": url_for(endpoint, page=page + 1, **kept) if page < pages else None,
    }
