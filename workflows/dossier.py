"""When an evidence dossier may be deposited: coverage of every targeted capability, and no file in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from workflows.facts import Actor, DossierFacts, EvidenceFacts, Facts, Given
from workflows.vocabulary import EvidenceState, Shown

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
    evidence: int  # files that count, each once
    proven: int = 0  # situations among them that have such a file
    pointed: bool = False  # at least one of them says what it shows, or where to look

    @property
    def covered(self) -> bool:
        """At least one situation backed by at least one evidence."""
        return self.evidence > 0

    @property
    def shown(self) -> Shown:
        """The verdict, from the best to the worst; a thin cover may be deposited, and is said to be thin."""
        if self.covered:
            return Shown.THIN if thin(self) else Shown.COVERED
        return Shown.TO_PROVE if self.situations else Shown.TO_DESCRIBE


def thin(cover: Cover) -> bool:
    """Covered by a single file, or by a single situation where no file says where to look [choice]."""
    return cover.covered and (cover.evidence == 1 or (cover.proven == 1 and not cover.pointed))


def backs(evidence: EvidenceFacts, scanning: bool) -> bool:
    """Whether a file counts as evidence: usable, or not scanned where no antivirus is set up."""
    if evidence.state is EvidenceState.NOT_SCANNED:
        return not scanning
    return evidence.state is EvidenceState.USABLE


def coverage(facts: Facts) -> tuple[Cover, ...]:
    """One row per targeted capability, in the order of the fiche: what shows it and with how much evidence."""
    return covers(facts.targeted_capabilities, facts.dossier)


def covers(targeted: Iterable[str], dossier: DossierFacts) -> tuple[Cover, ...]:
    """The same for any dossier, such as one that was deposited."""
    rows = []
    for capability in targeted:
        naming = [s for s in dossier.situations if capability in s.capabilities]
        counting = [{e for e in s.evidence if backs(e, dossier.scanning)} for s in naming]
        pointed = any(capability in s.pointed for s in naming)
        titles, proven = tuple(s.title for s in naming), sum(map(bool, counting))
        rows.append(Cover(capability, titles, len(set().union(*counting)), proven, pointed))
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
