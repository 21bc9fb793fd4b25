"""When an evidence dossier may be deposited: coverage of every targeted capability, and no file in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.facts import Actor, DossierFacts, EvidenceFacts, Facts, Given
from workflows.vocabulary import EvidenceState

_BLOCKING = {
    EvidenceState.RECEIVING: "{} est encore en cours d'envoi.",
    EvidenceState.CHECKING: "{} est encore en vérification.",
    EvidenceState.REFUSED: "{} a été refusé : remplacez-le ou retirez-le.",
    EvidenceState.INFECTED: "{} est infecté : retirez-le.",
}


@dataclass(frozen=True, slots=True)
class Cover:
    """How one capability is shown: situations that name it, and the files behind them."""

    capability: str
    situations: tuple[str, ...]
    evidence: int

    @property
    def covered(self) -> bool:
        """At least one situation backed by at least one evidence."""
        return self.evidence > 0


def backs(evidence: EvidenceFacts, scanning: bool) -> bool:
    """Whether a file counts as evidence: usable, or not scanned where no antivirus is set up."""
    if evidence.state is EvidenceState.NOT_SCANNED:
        return not scanning
    return evidence.state is EvidenceState.USABLE


def coverage(facts: Facts) -> tuple[Cover, ...]:
    """One row per targeted capability, in the order of the fiche: what shows it and with how much evidence."""
    rows = []
    for capability in facts.targeted_capabilities:
        naming = [s for s in facts.dossier.situations if capability in s.capabilities]
        count = sum(backs(e, facts.dossier.scanning) for s in naming for e in s.evidence)
        rows.append(Cover(capability, tuple(s.title for s in naming), count))
    return tuple(rows)


def covered(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """Fiche 28242: every targeted capability is shown by a situation backed by at least one evidence."""
    rows = coverage(facts)
    if not rows:
        return "Dépôt impossible : aucun bloc n'est visé par cette candidature."
    undescribed = [row.capability for row in rows if not row.situations]
    unbacked = [row.capability for row in rows if row.situations and not row.covered]
    wants = []
    if undescribed:
        wants.append("il manque une situation pour " + ", ".join(undescribed))
    if unbacked:
        wants.append("il manque une preuve pour " + ", ".join(unbacked))
    return ("Dépôt impossible : " + " et ".join(wants) + ".") if wants else None


def no_file_in_doubt(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """No evidence still being checked, unscanned where scanning is on, infected or refused."""
    faults = [fault for e in _files(facts.dossier) if (fault := _fault(e, facts.dossier.scanning))]
    return " ".join(dict.fromkeys(faults)) or None


def _files(dossier: DossierFacts) -> list[EvidenceFacts]:
    return [e for s in dossier.situations for e in s.evidence] + list(dossier.unlinked)


def _fault(evidence: EvidenceFacts, scanning: bool) -> str:
    if evidence.state is EvidenceState.NOT_SCANNED and scanning:
        return f"« {evidence.name} » n'est pas encore passé à l'antivirus."
    return _BLOCKING.get(evidence.state, "").format(f"« {evidence.name} »")


def remarks_given(facts: Facts, actor: Actor, now: datetime, given: Given) -> str | None:
    """A return names at least one situation, capability or evidence, each with its reason."""
    if not given.named:
        return "Indiquez au moins une remarque : sur une situation, une capacité ou une preuve."
    if any(not what.strip() or not why.strip() for what, why in given.named):
        return "Chaque remarque dit sur quoi elle porte et pourquoi."
    return None
