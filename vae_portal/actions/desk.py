"""Who follows a candidacy: an advisor takes charge of it, as often as the centre shares its work out anew."""

from __future__ import annotations

from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import facts as facts_of
from workflows import following
from workflows.facts import Actor
from workflows.machine import roles_for
from workflows.vocabulary import Role


def take(services: Services, actor: Actor, number: str, seen: str) -> None:
    """The advisor takes charge of a candidacy; `seen` is the id of the advisor that the page showed, or "".

    Raises NotVisible, StaleForm when someone else took it in between, ActionRefused with a reason.
    """
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        now = services.clock()
        facts = facts_of.load(session, candidacy, now, services.scanning)
        if Role.ADVISOR not in roles_for(facts, actor):
            raise NotVisible("Seul un chargé de recevabilité du centre peut suivre cette candidature.")
        if candidacy.advisor_id == actor.person_id:
            return
        if seen != str(candidacy.advisor_id or ""):
            who = candidacy.advisor.full_name if candidacy.advisor else "personne"
            raise StaleForm(f"Le suivi a changé entre-temps : cette candidature est suivie par {who}.")
        if reason := following.why_not(facts, actor.person_id):
            raise ActionRefused(reason)
        details = {"advisor": actor.person_id, "before": candidacy.advisor_id}
        candidacy.advisor_id = actor.person_id
        journal.record(session, journal.candidacy_chain(candidacy.id), "candidacy_taken", actor.person_id, now, details)
