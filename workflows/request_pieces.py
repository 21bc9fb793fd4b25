"""The pieces that a request calls for, following from what was answered (CERFA 12818*02), and those still missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.request_form import Problem

PIECES = (
    "identity",
    "degree",
    "comparability",
    "block_certificate",
    "employer_statement",
    "contract",
    "payslips",
    "trade_register",
    "urssaf",
    "service_statement",
    "activity_statement",
    "training_statement",
    "experience_proof",  # joined before pieces had a place: proves the line to which it is tied
    "supplement",  # the answer to something that the centre asked for
)
UNPLACED = "experience_proof"
# Each alternative is enough; within one, every kind is needed.
Alternatives = tuple[tuple[str, ...], ...]
_ACTIVITY: Alternatives = (("activity_statement",),)
_BY_STATUS: dict[str, tuple[str, Alternatives]] = {
    "employee": (
        "une attestation d'employeur, ou le contrat de travail et des bulletins de salaire",
        (("employer_statement",), ("contract", "payslips")),
    ),
    "self_employed": (
        "un extrait d'inscription au registre, ou une attestation de l'URSSAF",
        (("trade_register",), ("urssaf",)),
    ),
    "public_agent": (
        "un état de services, ou une attestation d'employeur",
        (("service_statement",), ("employer_statement",)),
    ),
    "volunteer": ("l'attestation de l'association", _ACTIVITY),
    "union": ("l'attestation de l'organisation syndicale", _ACTIVITY),
    "mandate": ("l'attestation de la collectivité où s'exerce le mandat", _ACTIVITY),
    "internship": ("l'attestation de stage", _ACTIVITY),
    "training": ("l'attestation de formation", (("training_statement",),)),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A place for pieces: what it is about, the sentence that asks for them, and which kinds are enough."""

    kind: str  # of the place: identity, degree, comparability, block_certificate or experience
    about: str  # "" for the person, "experience:<line>" or "block:<code>"
    title: str
    sentence: str
    alternatives: Alternatives

    @property
    def code(self) -> str:
        """What names the place on a page; a field of `Problem` too."""
        return f"piece-{self.about or self.kind}".replace(":", "-")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that may be joined there."""
        return tuple(dict.fromkeys(kind for together in self.alternatives for kind in together))

    def holds(self, joined: Collection[tuple[str, str]]) -> frozenset[str]:
        """Kinds that stand there among the pieces joined, as (kind, about)."""
        known = {*self.kinds, UNPLACED} if self.kind == "experience" else set(self.kinds)
        return frozenset(kind for kind, about in joined if about == self.about and kind in known)

    def filled(self, joined: Collection[tuple[str, str]]) -> bool:
        """One alternative stands there whole."""
        there = self.holds(joined)
        return UNPLACED in there or any(set(together) <= there for together in self.alternatives)


def wanted(form: Mapping[str, Any], held: Collection[str]) -> list[Wanted]:
    """The pieces that these answers call for, in the order of the form; `held`: blocks declared as held already."""
    found = [_one("identity", "", "Pièce d'identité", "Joignez votre pièce d'identité.")]
    if _says(form, "highest_degree"):
        sentence = "Joignez une copie de votre diplôme le plus élevé, ou son attestation de réussite."
        found.append(_one("degree", "", "Diplôme", sentence))
    if form.get("comparability") == "yes":  # only where it is declared: nobody is obliged to ask for one
        sentence = "Joignez l'attestation de comparabilité de votre diplôme étranger (centre ENIC-NARIC)."
        found.append(_one("comparability", "", "Attestation de comparabilité", sentence))
    for code in sorted(held):
        sentence = f"Joignez l'attestation du bloc {code}, que vous déclarez déjà détenir."
        found.append(_one("block_certificate", about_block(code), f"Bloc {code} déjà détenu", sentence))
    for rank, line in enumerate(form.get("experiences") or [], 1):
        if line.get("status") in _BY_STATUS:
            proof, alternatives = _BY_STATUS[line["status"]]
            title = " : ".join(filter(None, (f"Expérience {rank}", str(line.get("job") or ""))))
            sentence = f"Expérience {rank} : joignez {proof}."
            found.append(Wanted("experience", about_line(line), title, sentence, alternatives))
    return found


def missing(form: Mapping[str, Any], held: Collection[str], joined: Collection[tuple[str, str]]) -> list[Problem]:
    """What is still to be joined, (kind, about) being there; an experience without its status calls for it first."""
    found = [
        Problem(f"experiences-{index}-status", f"Expérience {index + 1} : indiquez à quel titre vous l'avez exercée.")
        for index, line in enumerate(form.get("experiences") or [])
        if line.get("status") not in _BY_STATUS
    ]
    return found + [
        Problem(place.code, _lacking(place, joined)) for place in wanted(form, held) if not place.filled(joined)
    ]


def _lacking(place: Wanted, joined: Collection[tuple[str, str]]) -> str:
    there = place.holds(joined)
    if there == {"contract"}:
        return f"{place.sentence} Le contrat est joint : ajoutez des bulletins de salaire."
    if there == {"payslips"}:
        return f"{place.sentence} Des bulletins sont joints : ajoutez le contrat de travail."
    return place.sentence


def unplaced(
    form: Mapping[str, Any], held: Collection[str], joined: Collection[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Pieces that stand in no place: joined before there were any, or for a line or a block that is no longer there."""
    standing = {(kind, place.about) for place in wanted(form, held) for kind in place.holds(joined)}
    return frozenset((kind, about) for kind, about in joined if kind != "supplement") - standing


def about_line(line: Mapping[str, Any]) -> str:
    """What ties a piece to a line of experience."""
    return f"experience:{line.get('id') or ''}"


def about_block(code: str) -> str:
    """What ties a piece to a block."""
    return f"block:{code}"


def _one(kind: str, about: str, title: str, sentence: str) -> Wanted:
    return Wanted(kind, about, title, sentence, ((kind,),))


def _says(form: Mapping[str, Any], name: str) -> bool:
    return bool(str(form.get(name) or "").strip())
