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
from vae_portal.web.preparation_view import Typed, preparation
from workflows import clocks
from workflows.machine import may
from workflows.steps import jury_due
from workflows.vocabulary import Right

_NONE = "Ce dossier n'existe pas, ou ne vous est pas ouvert."


@requires(Right.READ_DOSSIER)
def read(number: str) -> ResponseReturnValue:
    """A deposit, the latest unless `depot` names another; whoever is to judge it takes notes beside."""
    return shown(number, deposit_asked())


def shown(number: str, deposit: int | None = None, told: Typed | None = None) -> str:
    """The page of a deposit; `told` is what its reader had typed in their notes, and what was wrong with it."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    if not may(Right.READ_DOSSIER, actor, facts):
        raise NotVisible(_NONE)
    theirs = candidacy.person_id == actor.person_id
    sealed = version(candidacy.id, deposit)
    latest = sealed is not None and sealed.latest
    return render_template(
        "dossier/read.html",
        preparation=preparation(candidacy, facts, told or Typed()) if latest else None,
        candidacy=candidacy,
        number=number,
        theirs=theirs,
        shown=sealed,
        opinions=opinions.given(reading(), actor, candidacy, facts),
        states=files.states(reading(), candidacy.id),
        blocks=by_capability(candidacy.version.blocks, sealed.manifest) if sealed else [],
        picture=sealed.picture(candidacy.version.blocks) if sealed else None,
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
    sealed = version(mine.candidacy.id, deposit_asked())
    if sealed is None:
        raise NotVisible("Aucun dossier n'a encore été déposé pour cette candidature.")
    documents = [
        d
        for d in files.documents_of(reading(), mine.candidacy.id)
        if d.kind in ("deposit_receipt", "evidence_dossier") and d.asked_at == sealed.sealed.sealed_at
    ]
    due = jury_due(mine.facts.regime, clocks.civil_date(sealed.sealed.sealed_at)) if sealed.latest else None
    return render_template(
        "dossier/receipt.html",
        **mine.frame(),
        shown=sealed,
        code=seal_code.code_of(sealed.sealed.manifest_sha256),
        documents=documents,
        due=due,
        sealed_until=sealed.sealed.sealed_at + timedelta(days=services().settings.seal_days),
    )


def situation_of(mine: Own, situation_id: int) -> dossiers.SituationView:
    """A situation of the candidate's own dossier; raises NotVisible."""
    for view in dossiers.view(reading(), mine.candidacy.id).situations:
        if view.row.id == situation_id:
            return view
    raise NotVisible("Cette situation n'est pas, ou plus, dans votre dossier.")
