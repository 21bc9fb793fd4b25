"""What the invented people write and join: the request, situations, evidence, signatures."""

from __future__ import annotations

import io
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions import disposal, receiving
from vae_portal.actions.services import Services
from vae_portal.demonstration import papers
from vae_portal.persistence import journal, numbering
from vae_portal.persistence.queries import candidacies, hearings
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.tables import (
    AssessmentSignature,
    Block,
    Candidacy,
    CandidacyBlock,
    Capability,
    Evidence,
    Person,
    Piece,
    Situation,
    SituationCapability,
    SituationEvidence,
)
from workflows import clocks
from workflows.facts import Actor, Facts
from workflows.vocabulary import EvidenceState

REQUEST = {
    "birth_name": "Exemple",
    "given_names": "Camille, Andréa",
    "birth_date": "1987-05-14",
    "birth_town": "Ville-Fictive",
    "nationality": "FR",
    "address": "12 allée de l'Invention\n00000 Ville-Fictive",
    "phone": "00 00 00 00 00",
    "situation": "employed",
    "highest_degree": "BTS Qualité (exemple)",
    "experiences": [
        {
            "status": "employee",
            "job": "Responsable QSE adjointe",
            "organisation": "Mécanique Exemple SAS",
            "started_on": "2018-09-03",
            "ended_on": "",
            "total_hours": "11000",
            "activities": "Politique QSE avec la direction, indicateurs de l'atelier, audits internes.",
        }
    ],
}

SITUATIONS = (
    ("Refonte de la politique QSE du site", "Janvier à juin 2021", ("C1", "C2", "C3"), "politique-qse-2021.pdf"),
    (
        "Tableau de bord sécurité de l'atelier B",
        "Mars 2022 à juin 2023",
        ("C4", "C5", "C6"),
        "tableau-de-bord-2023.pdf",
    ),
    ("Programme d'audits internes", "Depuis 2022", ("C7", "C8"), "programme-audits.pdf"),
)


def whole(session: Session, number: str) -> Candidacy:
    """The candidacy with all that its facts need."""
    return (
        session.scalars(select(Candidacy).where(Candidacy.number == number).options(*candidacies.WHOLE)).unique().one()
    )


def people_of(session: Session, ids: list[int]) -> list[Person]:
    """These people."""
    return list(session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)))


def facts(session: Session, number: str, now: datetime) -> Facts:
    """The facts of a candidacy."""
    return facts_of.load(session, whole(session, number), now, scanning=False)


def draft(services: Services, cast, candidate: Actor, blocks: tuple[str, ...]) -> str:  # type: ignore[no-untyped-def]
    """A draft with its form filled and its pieces joined; returns its number."""
    now = services.clock()
    with services.database.writing() as session:
        person = session.get_one(Person, candidate.person_id)
        candidacy = Candidacy(
            number=numbering.candidacy_number(session, clocks.civil_date(now).year),
            centre_id=cast.centre_id,
            person_id=candidate.person_id,
            version_id=cast.version_id,
            step="draft",
            whole=not blocks,
            request=REQUEST | {"given_names": person.given_names, "birth_name": person.family_name},
            created_at=now,
            stepped_at=now,
        )
        session.add(candidacy)
        session.flush()
        for row in session.execute(select(Block.id, Block.code).where(Block.version_id == cast.version_id)):
            targeted = not blocks or row.code in blocks
            session.add(CandidacyBlock(candidacy_id=candidacy.id, block_id=row.id, targeted=targeted))
        for kind, name in (("identity", "piece-identite.pdf"), ("experience_proof", "attestation-employeur.pdf")):
            file = give(services, session, candidacy.id, candidate, name, papers.pdf(name, candidacy.number))
            session.add(Piece(candidacy_id=candidacy.id, kind=kind, evidence_id=file.id))
        return candidacy.number


def give(services: Services, session: Session, candidacy_id: int, by: Actor, name: str, data: bytes) -> Evidence:
    """A file kept in the store, checked, with its journal row."""
    now = services.clock()
    received = services.store.put_stream(io.BytesIO(data), limit_bytes=services.settings.max_file_bytes)
    key = receiving.keep(session, received.key, received.sha256, received.size, received.media_type, now)
    if key != received.key:
        disposal.discard_unused(services, received.key)
    state = EvidenceState.USABLE if services.scanning else EvidenceState.NOT_SCANNED
    file = Evidence(
        candidacy_id=candidacy_id,
        object_key=key,
        name=name,
        size=received.size,
        state=state.value,
        given_by=by.person_id,
        given_at=now,
    )
    session.add(file)
    session.flush()
    details = {"evidence": file.id, "sha256": received.sha256, "size": received.size}
    journal.record(session, journal.candidacy_chain(candidacy_id), "evidence_given", by.person_id, now, details)
    return file


def dossier(services: Services, cast, candidate: Actor, number: str, without: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    """Situations with a file each, for the capabilities targeted in this round but those left out."""
    now = services.clock()
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, candidate, number)
        targeted = set(facts_of.load(session, candidacy, now, services.scanning).targeted_capabilities) - set(without)
        ids = dict(
            session.execute(
                select(Capability.code, Capability.id).join(Block).where(Block.version_id == cast.version_id)
            ).all()
        )
        for position, (title, period, capabilities, file_name) in enumerate(SITUATIONS, 1):
            shown = [c for c in capabilities if c in targeted]
            if not shown:
                continue
            situation = Situation(
                candidacy_id=candidacy.id,
                position=position,
                title=title,
                period=period,
                organisation="Mécanique Exemple SAS",
                role="Responsable QSE adjointe",
                done="J'ai construit avec les chefs d'équipe la démarche décrite ici, relue chaque mois en comité.",
                results="Le taux de fréquence est passé de 31 à 18 en quinze mois.",
            )
            session.add(situation)
            session.flush()
            file = give(services, session, candidacy.id, candidate, file_name, papers.pdf(title, number))
            session.add(SituationEvidence(situation_id=situation.id, evidence_id=file.id))
            session.add_all(SituationCapability(situation_id=situation.id, capability_id=ids[c]) for c in shown)
        candidacy.candidate_stepped_on = clocks.civil_date(now)


def sign(services: Services, people: list[int | None], number: str) -> None:
    """Each evaluator signs the text as it stands."""
    now = services.clock()
    with services.database.writing() as session:
        candidacy = whole(session, number)
        interview = hearings.in_force(session, candidacy.id)
        if interview is None:
            raise ValueError("no interview to sign for")
        for person_id in people:
            session.add(
                AssessmentSignature(
                    interview_id=interview.id, person_id=person_id, text_hash=interview.text_hash, signed_at=now
                )
            )
            details = {"interview": interview.id, "text_sha256": interview.text_hash}
            journal.record(session, journal.candidacy_chain(candidacy.id), "assessment_signed", person_id, now, details)
