"""What the invented people write and join: the request, situations, evidence, signatures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from vae_portal.actions import disposal, receiving
from vae_portal.actions.services import Services
from vae_portal.demonstration import papers
from vae_portal.demonstration.situations import SITUATIONS, Paper, Told
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
    Pointer,
    Situation,
    SituationCapability,
    SituationEvidence,
    SituationVersion,
)
from workflows import clocks
from workflows.facts import Actor, Facts
from workflows.vocabulary import EvidenceState

REQUEST = {
    "nature": "first",
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
            "id": "l1",
            "status": "employee",
            "job": "Responsable QSE adjointe",
            "organisation": "Mécanique Exemple SAS",
            "organisation_address": "3 rue de l'Essieu-Fictif, 00000 Ville-Fictive",
            "family": "H",
            "started_on": "2018-09-03",
            "ended_on": "",
            "working_time": "Temps plein",
            "total_hours": "11000",
            "activities": "Politique QSE avec la direction, indicateurs de l'atelier, audits internes.",
        },
        {
            "id": "l2",
            "status": "volunteer",
            "job": "Référente sécurité des manifestations",
            "organisation": "Association Exemple Plein Air",
            "family": "V",
            "started_on": "2019-03-01",
            "ended_on": "2021-06-30",
            "working_time": "Deux jours par mois",
            "total_hours": "320",
            "activities": "Plans de prévention des fêtes de quartier, accueil et consignes des bénévoles.",
        },
    ],
}
_PIECES = (
    ("identity", "", "piece-identite.pdf"),
    ("degree", "", "bts-qualite.pdf"),
    ("employer_statement", "experience:l1", "attestation-employeur.pdf"),
    ("activity_statement", "experience:l2", "attestation-association.pdf"),
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
        for kind, about, name in _PIECES:
            file = give(services, session, candidacy.id, candidate, name, papers.pdf(name, candidacy.number))
            session.add(Piece(candidacy_id=candidacy.id, kind=kind, about=about, evidence_id=file.id))
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


def dossier(
    services: Services,
    cast,  # type: ignore[no-untyped-def]
    candidate: Actor,
    number: str,
    without: tuple[str, ...],
    full: bool = False,
) -> None:
    """Situations for the capabilities targeted in this round but those left out, each with a file, or all of them."""
    now = services.clock()
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, candidate, number)
        targeted = set(facts_of.load(session, candidacy, now, services.scanning).targeted_capabilities) - set(without)
        ids = dict(
            session.execute(
                select(Capability.code, Capability.id).join(Block).where(Block.version_id == cast.version_id)
            ).all()
        )
        for position, told in enumerate(SITUATIONS, 1):
            shown = [c for c in told.capabilities if c in targeted]
            if not shown:
                continue
            situation = Situation(candidacy_id=candidacy.id, position=position, revision=2, **told.texts)
            session.add(situation)
            session.flush()
            session.add_all(SituationCapability(situation_id=situation.id, capability_id=ids[c]) for c in shown)
            session.add_all(_versions(situation, told, shown, candidate, now))
            for paper in told.papers if full else told.papers[:1]:
                file = give(services, session, candidacy.id, candidate, paper.name, _bytes(paper, number, full))
                file.confidential = paper.confidential
                session.add(SituationEvidence(situation_id=situation.id, evidence_id=file.id))
                session.flush()
                session.add_all(_pointers(situation, file, paper, ids, shown) if full else [])
        candidacy.candidate_stepped_on = clocks.civil_date(now)


def _bytes(paper: Paper, number: str, full: bool) -> bytes:
    return papers.made(paper.name, paper.pages, number) if full else papers.pdf(paper.pages[0], number)


def _versions(
    situation: Situation, told: Told, shown: list[str], by: Actor, now: datetime
) -> Iterator[SituationVersion]:
    """What the candidate wrote first, and what stands now."""
    first = told.texts | {"done": told.texts["done"].partition(".")[0] + ".", "learnt": "", "means": ""}
    for revision, text in enumerate((first, told.texts), 1):
        at = now - timedelta(hours=3 - revision)
        yield SituationVersion(
            situation_id=situation.id,
            revision=revision,
            text=text,
            capabilities=shown,
            saved_by=by.person_id,
            begun_at=at - timedelta(minutes=8),
            saved_at=at,
            while_typing=revision == 1,
        )


def _pointers(
    situation: Situation, file: Evidence, paper: Paper, ids: dict[str, int], shown: list[str]
) -> Iterator[Pointer]:
    for code, shows, place in paper.pointers:
        if code in shown:
            yield Pointer(
                situation_id=situation.id, evidence_id=file.id, capability_id=ids[code], shows=shows, place=place
            )


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
