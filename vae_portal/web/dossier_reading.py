"""What was deposited, to read: capability by capability for those who decide, as a receipt for the candidate."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import candidacies, dossiers, files
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services
from vae_portal.web.own import Own, own
from vae_portal.web.presentation import plural
from workflows import clocks
from workflows.dossier import coverage
from workflows.machine import may
from workflows.vocabulary import Right

_NONE = "Ce dossier n'existe pas, ou ne vous est pas ouvert."


@requires(Right.READ_DOSSIER)
def read(number: str) -> ResponseReturnValue:
    """The latest deposit, to read; nothing here changes anything."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    if not may(Right.READ_DOSSIER, actor, facts):
        raise NotVisible(_NONE)
    sealed = files.latest_deposit(reading(), candidacy.id)
    manifest = json.loads(sealed.manifest_text) if sealed else None
    return render_template(
        "dossier/read.html",
        candidacy=candidacy,
        number=number,
        sealed=sealed,
        manifest=manifest,
        files={file["id"]: file for file in manifest["files"]} if manifest else {},
        states=files.states(reading(), candidacy.id),
        blocks=_shown_by_capability(candidacy, manifest) if manifest else [],
        back_url=_back(candidacy.person_id == actor.person_id, number),
    )


def _back(theirs: bool, number: str) -> str:
    if theirs:
        return url_for("candidate.show", number=number)
    return url_for("candidacy.show", number=number) if "candidacy.show" in current_app.view_functions else ""


def _shown_by_capability(candidacy: Any, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Each targeted block with its capabilities, each with the situations that show it and their files."""
    targeted, situations = set(manifest["targeted"]), list(enumerate(manifest["situations"], 1))
    blocks = []
    for block in candidacy.version.blocks:
        rows = [
            {
                "code": c.code,
                "title": c.title,
                "situations": [(rank, s) for rank, s in situations if c.code in s["capabilities"]],
            }
            for c in block.capabilities
            if c.code in targeted
        ]
        if rows:
            blocks.append({"code": block.code, "title": block.title, "capabilities": rows})
    return blocks


@requires(Right.START_CANDIDACY)
def receipt(number: str) -> ResponseReturnValue:
    """What was sealed, with every file's fingerprint, and the document that says so."""
    mine = own(number)
    sealed = files.latest_deposit(reading(), mine.candidacy.id)
    if sealed is None:
        raise NotVisible("Aucun dossier n'a encore été déposé pour cette candidature.")
    documents = [
        d
        for d in files.documents_of(reading(), mine.candidacy.id)
        if d.kind in ("deposit_receipt", "evidence_dossier") and d.asked_at == sealed.sealed_at
    ]
    due = clocks.jury_due(mine.candidacy.deposited_on) if mine.candidacy.deposited_on else None
    manifest = json.loads(sealed.manifest_text)
    return render_template(
        "dossier/receipt.html", **mine.frame(), sealed=sealed, manifest=manifest, documents=documents, due=due
    )


def situation_of(mine: Own, situation_id: int) -> dossiers.SituationView:
    """A situation of the candidate's own dossier; raises NotVisible."""
    for view in dossiers.view(reading(), mine.candidacy.id).situations:
        if view.row.id == situation_id:
            return view
    raise NotVisible("Cette situation n'est pas, ou plus, dans votre dossier.")


def covered_blocks(mine: Own) -> list[dict[str, Any]]:
    """The targeted blocks as the coverage table shows them."""
    rows = {row.capability: row for row in coverage(mine.facts)}
    shown = []
    for block in mine.candidacy.version.blocks:
        capabilities = []
        for c in block.capabilities:
            if c.code not in rows:
                continue
            row = rows[c.code]
            kind = "ok" if row.covered else "bad"
            without = "sans preuve" if row.situations else "à décrire"
            text = plural(row.evidence, "preuve") if row.covered else without
            capabilities.append({"code": c.code, "title": c.title, "kind": kind, "text": text})
        if capabilities:
            shown.append({"code": block.code, "title": block.title, "capabilities": capabilities})
    return shown
