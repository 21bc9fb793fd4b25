"""A candidacy handed over to a colleague, with a word that tells them why."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from vae_portal.actions import leaving, outbox
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import accounts, candidacies
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import Candidacy, Person
from workflows import clocks, following
from workflows.facts import Actor
from workflows.machine import may
from workflows.vocabulary import Right, Role

LONGEST_WORD = 1000  # characters


def hand_over(services: Services, actor: Actor, number: str, receiver_id: int, word: str, seen: str) -> bool:
    """Gives a candidacy to an advisor of the centre, who is told by mail; whether it was not theirs already.

    `seen` is the id of the advisor that the page showed, or "". Raises NotVisible, InputRefused by field, StaleForm
    when someone else took it in between, ActionRefused with a reason.
    """
    word = checked_word(word)
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        now = services.clock()
        facts = facts_of.load(session, candidacy, now, services.scanning)
        if not may(Right.HAND_OVER, actor, facts):
            raise NotVisible("Seul un chargé de recevabilité ou un administrateur du centre peut confier ce dossier.")
        receiver = _receiver(session, candidacy, receiver_id)
        if candidacy.advisor_id == receiver.id:
            return False
        if seen != str(candidacy.advisor_id or ""):
            who = candidacy.advisor.full_name if candidacy.advisor else "personne"
            raise StaleForm(f"Le suivi a changé entre-temps : cette candidature est suivie par {who}.")
        if reason := following.why_not(facts, receiver.id, receiver.full_name):
            raise ActionRefused(reason)
        details = {
            "advisor": receiver.id,
            "before": candidacy.advisor_id,
            "reason_sha256": hashlib.sha256(word.encode()).hexdigest(),
        }
        candidacy.advisor_id = receiver.id
        chain = journal.candidacy_chain(candidacy.id)
        journal.record(session, chain, "candidacy_handed_over", actor.person_id, now, details)
        _tell(services, session, actor, candidacy, receiver, word)
        return True


def checked_word(word: str) -> str:
    """What was written to the colleague; raises InputRefused when there is nothing, or too much."""
    if not word.strip():
        raise refused("reason", "Écrivez un mot à votre collègue : pourquoi ce dossier, et ce qui reste à faire.")
    if len(word) > LONGEST_WORD:
        raise refused("reason", f"Écrivez {LONGEST_WORD} caractères au plus.")
    return word.replace("\0", "").strip()


def refused(field: str, sentence: str) -> InputRefused:
    """A fault of one field."""
    return InputRefused(sentence, {field: sentence})


def _receiver(session: Session, candidacy: Candidacy, receiver_id: int) -> Person:
    advisors = accounts.holding(candidacy.centre_id, Role.ADVISOR).where(Person.id == receiver_id)
    found = session.scalars(advisors).one_or_none()
    if found is None:
        raise refused("receiver", "Choisissez un chargé de recevabilité du centre, dont le compte est ouvert.")
    return found


def _tell(
    services: Services, session: Session, actor: Actor, candidacy: Candidacy, receiver: Person, word: str
) -> None:
    now, giver = services.clock(), session.get_one(Person, actor.person_id)
    for person in leaving.with_cover(session, [receiver], clocks.civil_date(now)):
        if person.id in (actor.person_id, candidacy.person_id):
            continue
        about = leaving.about_candidacy(candidacy, person, services.settings.base_url)
        outbox.post(
            session,
            centre_id=candidacy.centre_id,
            to=person.email,
            template="handed_over",
            context={**about, "giver_name": giver.full_name, "receiver_name": receiver.full_name, "word": word},
            now=now,
            candidacy_id=candidacy.id,
        )
