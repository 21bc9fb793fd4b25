"""What a file proves: the situations it backs, what it shows of a capability and where, whether it is confidential."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from vae_portal.actions import versions
from vae_portal.actions.editing import Edit, editing
from vae_portal.actions.services import Services
from vae_portal.actions.situations import own_situation
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence.queries import dossiers
from vae_portal.persistence.tables import Evidence, Pointer, Situation, SituationEvidence
from workflows.facts import Actor
from workflows.vocabulary import EvidenceState, Right

LONGEST_SHOWS = 300  # characters
LONGEST_PLACE = 60
REFUSED = (EvidenceState.REFUSED, EvidenceState.INFECTED)
_SHOWS_NOTHING = "Ce fichier a été refusé : il ne peut rien montrer. Retirez-le ou remplacez-le."


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a file serves: a capability, as a situation shows it."""

    situation_id: int
    capability: str  # code


def link(services: Services, actor: Actor, number: str, evidence_id: int, situation_ids: Collection[int]) -> None:
    """Says which situations a file backs, these and no other; a link that stays keeps what it points at."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        evidence = _own_evidence(edit, evidence_id)
        live = set(
            edit.session.scalars(
                select(Situation.id).where(Situation.candidacy_id == edit.candidacy.id, Situation.removed_at.is_(None))
            )
        )
        wanted = set(situation_ids)
        if wanted - live:
            raise NotVisible("Cette situation n'est pas, ou plus, dans votre dossier.")
        linked = edit.session.scalars(
            select(SituationEvidence).where(SituationEvidence.evidence_id == evidence_id)
        ).all()
        if wanted - {row.situation_id for row in linked}:
            _require_accepted(evidence)  # links that it has may still be taken away
        for row in linked:
            if row.situation_id in live - wanted:
                edit.session.delete(row)
        for situation_id in sorted(wanted - {row.situation_id for row in linked}):
            edit.session.add(SituationEvidence(situation_id=situation_id, evidence_id=evidence_id))
        edit.record("evidence_linked", evidence=evidence_id, situations=sorted(wanted))


def show(
    services: Services, actor: Actor, number: str, evidence_id: int, cell: Cell, shows: str = "", place: str = ""
) -> None:
    """Makes a file show a capability in a situation, linking what was not; says what it shows and where, or nothing."""
    shows, place = " ".join(shows.split()), " ".join(place.split())
    _require_short(shows, place)
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        _require_accepted(_own_evidence(edit, evidence_id))
        situation = own_situation(edit.session, edit.candidacy.id, cell.situation_id)
        capability_id = versions.targeted(edit).get(cell.capability)
        if capability_id is None:
            raise NotVisible("Cette capacité n'est pas visée par votre candidature.")
        if edit.session.get(SituationEvidence, (situation.id, evidence_id)) is None:
            edit.session.add(SituationEvidence(situation_id=situation.id, evidence_id=evidence_id))
            edit.record("evidence_linked", evidence=evidence_id, situations=[situation.id])
        codes = versions.shown_by(edit.session, situation.id)
        if cell.capability not in codes:
            versions.show(edit, situation.id, [*codes, cell.capability])
            situation.revision += 1  # a page open on the situation must not untick it without a word
            versions.keep(edit, situation, "situation_edited")
        _point(edit, (situation.id, evidence_id, capability_id), cell, shows, place)


def mark(services: Services, actor: Actor, number: str, evidence_id: int, confidential: bool) -> str:
    """Says whether a file is confidential; returns its name."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        evidence = _own_evidence(edit, evidence_id)
        if evidence.confidential is not confidential:
            evidence.confidential = confidential
            edit.record("confidentiality_changed", evidence=evidence_id, confidential=confidential)
        return evidence.name


def _point(edit: Edit, key: tuple[int, int, int], cell: Cell, shows: str, place: str) -> None:
    found = edit.session.get(Pointer, key)
    named = {"evidence": key[1], "situation": cell.situation_id, "capability": cell.capability}
    if not (shows or place):
        if found is not None:
            edit.session.delete(found)
            edit.record("pointer_removed", **named)
        return
    if found is not None and (found.shows, found.place) == (shows, place):
        return
    if found is None:
        found = Pointer(situation_id=key[0], evidence_id=key[1], capability_id=key[2])
        edit.session.add(found)
    found.shows, found.place = shows, place
    edit.record("pointer_set", **named)


def _require_accepted(evidence: Evidence) -> None:
    if evidence.state in REFUSED:
        raise InputRefused(_SHOWS_NOTHING)


def _require_short(shows: str, place: str) -> None:
    faults = {}
    if len(shows) > LONGEST_SHOWS:
        faults["shows"] = f"Dites ce que montre le fichier en {LONGEST_SHOWS} caractères au plus."
    if len(place) > LONGEST_PLACE:
        faults["place"] = f"Indiquez la page ou la minute en {LONGEST_PLACE} caractères au plus."
    if faults:
        raise InputRefused("Le lien n'est pas enregistré.", faults)


def _own_evidence(edit: Edit, evidence_id: int) -> Evidence:
    for evidence in dossiers.files_of(edit.session, edit.candidacy.id):
        if evidence.id == evidence_id:
            return evidence
    raise NotVisible("Ce fichier n'est pas, ou plus, dans votre dossier.")
