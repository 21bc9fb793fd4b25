"""The points of conformity that a jury ticks, and beside each what the portal itself knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vae_portal.persistence.queries.deliberations import PointChecked
from vae_portal.web.presentation import label, plural, short_day
from workflows.facts import EvaluatorFacts, Facts
from workflows.vocabulary import ConformityPoint


def shown(facts: Facts, interview: Any, deposits: list[Any], checked: Iterable[PointChecked]) -> list[dict[str, Any]]:
    """Each point, whether it is ticked, by whom and when, and what the portal states; it is the jury that ticks."""
    by_point = {row.point: row for row in checked}
    told = {
        ConformityPoint.JOINT_RULES: _commission(facts),
        ConformityPoint.REFERENTIAL: _capabilities(facts),
        ConformityPoint.RECORD_SIGNED: _signatures(facts),
        ConformityPoint.DOSSIER_SEALED: _deposit(facts, interview, deposits),
    }
    return [
        {
            "code": point.value,
            "words": label("conformity_point", point.value),
            "checked": by_point.get(point),
            "sound": sound,
            "told": text,
        }
        for point, (sound, text) in told.items()
    ]


def _commission(facts: Facts) -> tuple[bool, str]:
    there = [e for e in facts.interview.slot.evaluators if e.present] if facts.interview else []
    sound = len(there) > 1 and any(e.qualified for e in there) and not any(e.linked or e.undeclared for e in there)
    return sound, "Commission : " + " ; ".join(map(_evaluator, there)) + "." if there else "Aucune commission en cours."


def _evaluator(evaluator: EvaluatorFacts) -> str:
    declared = "indépendance déclarée"
    if evaluator.linked:
        declared = "lien déclaré"
    elif evaluator.undeclared:
        declared = "indépendance non déclarée"
    return f"{evaluator.name}{', qualification enregistrée' if evaluator.qualified else ''}, {declared}"


def _capabilities(facts: Facts) -> tuple[bool, str]:
    judged = {verdict.capability for verdict in facts.interview.verdicts} if facts.interview else set()
    wanted = facts.targeted_capabilities
    missing = [code for code in wanted if code not in judged]
    lacking = f" ; il manque {', '.join(missing)}" if missing else ""
    many = plural(len(wanted) - len(missing), "capacité évaluée", "capacités évaluées")
    return not missing, f"{many} sur {len(wanted)} visées{lacking}."


def _signatures(facts: Facts) -> tuple[bool, str]:
    if facts.interview is None:
        return False, "Aucun texte en cours."
    there = [e for e in facts.interview.slot.evaluators if e.present]
    signed = {person for person, text in facts.interview.signatures if text == facts.interview.text_hash}
    missing = [e.name for e in there if e.person_id not in signed]
    lacking = f" ; il manque {', '.join(missing)}" if missing else ""
    signatures = plural(len(there) - len(missing), "signature")
    present = plural(len(there), "membre présent", "membres présents")
    return not missing, f"{signatures} pour {present}, sous le texte en vigueur{lacking}."


def _deposit(facts: Facts, interview: Any, deposits: list[Any]) -> tuple[bool, str]:
    if not deposits or interview is None:
        return False, "Aucun dépôt scellé."
    last = deposits[-1]
    told = f"Dépôt n° {last.number} scellé le {short_day(last.sealed_at)}, empreinte {last.manifest_sha256[:12]}"
    if last.sealed_at <= interview.during.lower:
        return True, f"{told} : le dernier, et celui de l'entretien."
    return False, f"{told}, après l'entretien : la commission a évalué un dépôt plus ancien."
