"""What the centre does for a candidacy: the advisor's decisions, the planner's slot, the secretary's session."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from templates.words import label
from tests.journeys.visitor import Visitor
from workflows.clocks import PARIS
from workflows.vocabulary import ConformityPoint


def acts(
    member: Visitor,
    candidate: str,
    act: str,
    texts: dict[str, str] | None = None,
    place: str = "",
    letter: bool = False,
) -> None:
    """Opens a candidacy from the worklist, chooses an act, fills what it asks for, reads its letter, and does it."""
    member.goes_to(place or "Candidatures")
    member.follows(candidate)
    member.follows(act)
    member.fills(texts or {})
    if letter:
        member.presses("Relire la lettre avant l'envoi")
        member.presses(f"{act} et envoyer")
    else:
        member.presses(act)
    member.reads("C'est fait")


def schedules(planner: Visitor, candidate: str, starts_at: datetime, evaluators: Iterable[str]) -> None:
    """Books an interview."""
    local = starts_at.astimezone(PARIS)
    planner.goes_to("Entretiens")
    planner.follows(f"Planifier l'entretien de {candidate}")
    planner.fills(
        {"Date": f"{local:%Y-%m-%d}", "Heure de début": f"{local:%H:%M}", "Lieu": "Salle « Émeraude », 2e étage"}
    )
    planner.ticks(evaluators)
    planner.bears("status of 409")  # what is inconvenient is asked about before it is booked
    planner.presses("Planifier l'entretien", expect_status=409)
    planner.reads("n'a pas dit être disponible à cette heure")
    planner.ticks(["Réserver quand même"])
    planner.presses("Planifier l'entretien")
    planner.reads("C'est fait", candidate)


def convenes(secretary: Visitor, starts_at: datetime, members: Iterable[str], president: str) -> None:
    """Creates a jury session and composes it."""
    local = starts_at.astimezone(PARIS)
    secretary.goes_to("Jurys")
    secretary.follows("Créer une séance")
    secretary.fills({"Date": f"{local:%Y-%m-%d}", "Heure": f"{local:%H:%M}", "Lieu": "Salle du jury"})
    secretary.presses("Créer la séance")
    for member in members:
        secretary.chooses("Membre", member)
        secretary.presses("Ajouter au jury")
        secretary.reads(f"{member} siège dans ce jury.")
    secretary.reads("Ce jury ne peut pas encore se prononcer")
    changes_seat(secretary, president, ticked=["Préside"])
    secretary.reads("La composition est valable.")


def enrols(secretary: Visitor, candidate: str) -> None:
    """Puts a candidacy on the agenda of the session on the page."""
    secretary.within(secretary.panel("En attente de jury")).ticks([candidate])
    secretary.presses("Inscrire les candidatures cochées")
    secretary.within(secretary.panel("Ordre du jour")).reads(candidate, "à examiner")
    secretary.within(None)


def opens_the_session(secretary: Visitor, candidate: str, day: str) -> None:
    """Opens the session at its hour, and notes that the evaluation followed the rules."""
    secretary.goes_to("Jurys")
    secretary.follows(day)
    secretary.presses("Ouvrir la séance")
    secretary.follows(candidate)
    checks_conformity(secretary)


def checks_conformity(secretary: Visitor) -> None:
    """Ticks each point that the jury checked, on the candidate's page."""
    secretary.ticks(label("conformity_point", point.value) for point in ConformityPoint)
    secretary.presses("Constater la conformité")
    secretary.reads("évaluation conforme")


def changes_seat(secretary: Visitor, member: str, ticked: Iterable[str] = (), unticked: Iterable[str] = ()) -> None:
    """On the page of a session: how a member sits."""
    secretary.unfolds(f"Modifier {member}")
    secretary.within(secretary.page.get_by_role("listitem").filter(has_text=f"Modifier {member}"))
    secretary.ticks(ticked)
    secretary.unticks(unticked)
    secretary.presses(f"Enregistrer pour {member}")


def closes_the_session(secretary: Visitor, day: str) -> bytes:
    """Closes the session; the minutes as a Word document, once written."""
    secretary.goes_to("Jurys")
    secretary.follows(day)
    secretary.presses("Clore la séance")
    secretary.portal.do_jobs()
    secretary.goes_to("Jurys")
    secretary.follows(day)
    secretary.follows("Procès-verbal PV-")
    return secretary.downloads("Télécharger le document Word")
