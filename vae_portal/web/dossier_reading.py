"""What was deposited, to read: capability by capability for those who decide, as a receipt for the candidate."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal import seal_code
from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import candidacies, dossiers, files, opinions
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services
from vae_portal.web.deposit_view import by_capability, version
from vae_portal.web.own import Own, own
from vae_portal.web.places import whole_number
from workflows import clocks
from workflows.machine import may
from workflows.steps import jury_due
from workflows.vocabulary import Right

_NONE = "Ce dossier n'existe pas, ou ne vous est pas ouvert."


@requires(Right.READ_DOSSIER)
def read(number: str) -> ResponseReturnValue:
    """A deposit, the latest unless `depot` names another; nothing here changes anything."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    if not may(Right.READ_DOSSIER, actor, facts):
        raise NotVisible(_NONE)
    theirs = candidacy.person_id == actor.person_id
    shown = version(candidacy.id, deposit_asked())
    return render_template(
        "dossier/read.html",
        candidacy=candidacy,
        number=number,
        theirs=theirs,
        shown=shown,
        opinions=opinions.given(reading(), actor, candidacy, facts),
        states=files.states(reading(), candidacy.id),
        blocks=by_capability(candidacy.version.blocks, shown.manifest) if shown else [],
        picture=shown.picture(candidacy.version.blocks) if shown else None,
        back_url=url_for("candidate.show" if theirs else "candidacy.show", number=number),
    )


def deposit_asked() -> int | None:
    """The number of the deposit that the address names; None for the latest, -1 for what is no number."""
    asked = request.args.get("depot", "")
    return whole_number(asked, -1) if asked else None


@requires(Right.START_CANDIDACY)
def receipt(number: str) -> ResponseReturnValue:
    """What was sealed, with every file's fingerprint, and the document that says so."""
    mine = own(number)
    shown = version(mine.candidacy.id, deposit_asked())
    if shown is None:
        raise NotVisible("Aucun dossier n'a encore été déposé pour cette candidature.")
    documents = [
        d
        for d in files.documents_of(reading(), mine.candidacy.id)
        if d.kind in ("deposit_receipt", "evidence_dossier") and d.asked_at == shown.sealed.sealed_at
    ]
    due = jury_due(mine.facts.regime, clocks.civil_date(shown.sealed.sealed_at)) if shown.latest else None
    return render_template(
        "dossier/receipt.html",
        **mine.frame(),
        shown=shown,
        code=seal_code.code_of(shown.sealed.manifest_sha256),
        documents=documents,
        due=due,
        sealed_until=shown.sealed.sealed_at + timedelta(days=services().settings.seal_days),
    )


def situation_of(mine: Own, situation_id: int) -> dossiers.SituationView:
    """A situation of the candidate's own dossier; raises NotVisible."""
    for view in dossiers.view(reading(), mine.candidacy.id).situations:
        if view.row.id == situation_id:
            return view
    raise NotVisible("Cette situation n'est pas, ou plus, dans votre dossier.")
