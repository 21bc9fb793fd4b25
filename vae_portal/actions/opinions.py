"""The employer's opinion: the candidate asks, again, or takes back; whoever has the link writes, then sends once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from vae_portal.actions import accounts, assessment_text, leaving, outbox, throttle
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies, hearings
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.persistence.queries import opinions as queries
from vae_portal.persistence.tables import Candidacy, EmployerOpinion, OpinionLine
from workflows import clocks, opinion
from workflows.facts import CLOCK_ACTOR, Actor, Facts
from workflows.machine import may
from workflows.vocabulary import OpinionLevel, Right

_GONE = "Cette demande d'avis n'existe pas, ou n'est pas la vôtre."
_LATE = "À l'étape où en est votre candidature, l'avis d'un employeur ne se demande pas."
_STALE = "Quelqu'un a enregistré autre chose avec ce lien entre-temps. Rien n'a été remplacé."


@dataclass(frozen=True, slots=True)
class Employer:
    """Whom a candidate asks."""

    organisation: str
    contact: str
    email: str
    agreed: bool  # that this person learns of the VAE


@dataclass(frozen=True, slots=True)
class Written:
    """What an employer wrote; levels and comments are by capability code."""

    levels: dict[str, OpinionLevel | None]
    comments: dict[str, str]
    general: str
    written_by: str
    sworn: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link that lives leads to."""

    row: EmployerOpinion
    candidacy: Candidacy
    facts: Facts


# The candidate


def ask(services: Services, actor: Actor, number: str, employer: Employer, network: str) -> None:
    """Sends an employer a personal link that expires. Raises InputRefused by field, ActionRefused, TriedTooOften."""
    email = accounts.clean_address(employer.email)
    if not employer.agreed:
        raise _refused("agreed", "Cochez la case : rien ne part sans votre accord.")
    throttle.spend(services, "employer_opinion", email, network)
    with services.database.writing() as session:
        candidacy = _own(services, session, actor, number)
        asked = [queries.question(row) for row in queries.of(session, candidacy)]
        refusal = opinion.asking_refused(asked, email, candidacy.person.email, services.clock())
        if refusal:
            raise _refused("email", refusal)
        row = EmployerOpinion(
            candidacy_id=candidacy.id,
            round=candidacy.round,
            organisation=employer.organisation,
            contact=employer.contact,
            email=email,
            asked_by=candidacy.person_id,
        )
        _send(services, session, candidacy, row)


def ask_again(services: Services, actor: Actor, number: str, opinion_id: int, network: str) -> None:
    """Sends a new link and ends the former one; what was written behind it is kept. Raises like `ask`."""
    throttle.spend(services, "employer_opinion", f"{number} {opinion_id}", network)
    with services.database.writing() as session:
        candidacy = _own(services, session, actor, number)
        row = _one(session, candidacy, opinion_id)
        asked = {found.id: queries.question(found) for found in queries.of(session, candidacy)}
        refusal = opinion.asking_again_refused(asked[row.id], list(asked.values()), services.clock())
        if refusal:
            raise ActionRefused(refusal)
        _send(services, session, candidacy, row)


def take_back(services: Services, actor: Actor, number: str, opinion_id: int) -> None:
    """Ends a link at once, at any step; an opinion that was sent stays. Raises NotVisible, ActionRefused."""
    with services.database.writing() as session:
        candidacy = candidacies.lock(session, actor, number)
        if candidacy.person_id != actor.person_id:
            raise NotVisible(_GONE)
        row = _one(session, candidacy, opinion_id)
        if row.answered_at is not None:
            raise ActionRefused("L'avis est déjà donné : il ne se retire plus.")
        if row.withdrawn_at is None:
            row.withdrawn_at = services.clock()
            _note(services, session, row, "employer_question_withdrawn", actor.person_id)


# Whoever has the link


def opened(services: Services, session: Session, secret: str) -> Opened | None:
    """What a link leads to; None for one that is wrong, taken back, replaced or past."""
    row = queries.by_link(session, _hash(secret))
    if row is None:
        return None
    candidacy = candidacies.by_number(session, CLOCK_ACTOR, queries.candidacy_of(session, row))
    facts = facts_of.load(session, candidacy, services.clock(), services.scanning)
    lives = candidacy.round == row.round and opinion.link_lives(queries.question(row), facts, services.clock())
    return Opened(row, candidacy, facts) if lives else None


def note_opened(services: Services, secret: str) -> None:
    """Keeps when a link was first opened, as the candidate sees it."""
    with services.database.writing() as session:
        found = _held(services, session, secret)
        if found and found.row.opened_at is None and found.row.answered_at is None:
            found.row.opened_at = services.clock()
            _note(services, session, found.row, "employer_opened", None)


def save(services: Services, secret: str, written: Written, revision: int, network: str) -> bool:
    """Keeps a draft; False when the link is dead. Raises StaleForm when another page wrote since, TriedTooOften."""
    throttle.spend_from(services, "opinion", network)
    with services.database.writing() as session:
        found = _held(services, session, secret)
        if found is None:
            return False
        _write(found, written, revision)
        return True


def send(services: Services, secret: str, written: Written, revision: int, network: str) -> bool:
    """Gives the opinion, once and for good, and tells the candidate; False when the link is dead.

    Raises InputRefused by field, StaleForm, ActionRefused, TriedTooOften.
    """
    throttle.spend_from(services, "opinion", network)
    with services.database.writing() as session:
        found = _held(services, session, secret)
        if found is None:
            return False
        lacking = opinion.missing(written.levels, written.written_by, written.sworn)
        if lacking:
            raise InputRefused("L'avis n'est pas complet.", lacking)
        _write(found, written, revision)
        session.flush()  # its lines first: once answered, the database keeps them as they are
        row, candidacy, now = found.row, found.candidacy, services.clock()
        row.answered_at = now
        interview = hearings.in_force(session, candidacy.id)
        if interview is not None and interview.text_hash:
            # The text that evaluators sign tells what employers said: whoever had signed reads it again.
            assessment_text.rewrite(session, candidacy, interview)
        _note(services, session, row, "employer_answered", None, text_sha256=_text_hash(written))
        about = leaving.about_candidacy(candidacy, candidacy.person, services.settings.base_url)
        outbox.post(
            session,
            centre_id=candidacy.centre_id,
            to=candidacy.person.email,
            template="employer_opinion_given",
            context={**about, "link": f"{about['link']}/avis", "organisation": row.organisation},
            now=now,
            candidacy_id=candidacy.id,
        )
        return True


def _held(services: Services, session: Session, secret: str) -> Opened | None:
    """The same as `opened`, its candidacy locked: a page, an act and a taking back follow each other."""
    row = queries.by_link(session, _hash(secret))
    if row is None:
        return None
    candidacies.lock(session, CLOCK_ACTOR, queries.candidacy_of(session, row))
    return opened(services, session, secret)


def _write(found: Opened, written: Written, revision: int) -> None:
    row = found.row
    if row.answered_at is not None:
        raise ActionRefused("Cet avis est déjà envoyé : il ne change plus.")
    if row.revision != revision:
        raise StaleForm(_STALE)
    row.general, row.written_by = written.general, written.written_by
    row.revision += 1
    lines = {line.capability_id: line for line in row.lines}
    for block in found.candidacy.version.blocks:
        for capability in block.capabilities:
            if capability.code not in written.levels:
                continue
            line = lines.get(capability.id) or OpinionLine(capability_id=capability.id)
            level = written.levels[capability.code]
            line.level = level.value if level else None
            line.comment = written.comments.get(capability.code, "")
            if capability.id not in lines:
                row.lines.append(line)


# What both share


def _own(services: Services, session: Session, actor: Actor, number: str) -> Candidacy:
    candidacy = candidacies.lock(session, actor, number)
    if candidacy.person_id != actor.person_id:
        raise NotVisible(_GONE)
    if not may(Right.ASK_EMPLOYER, actor, facts_of.load(session, candidacy, services.clock(), services.scanning)):
        raise ActionRefused(_LATE)
    return candidacy


def _one(session: Session, candidacy: Candidacy, opinion_id: int) -> EmployerOpinion:
    row = queries.one(session, candidacy, opinion_id)
    if row is None:
        raise NotVisible(_GONE)
    return row


def _send(services: Services, session: Session, candidacy: Candidacy, row: EmployerOpinion) -> None:
    secret, now = secrets.token_urlsafe(32), services.clock()
    row.secret_hash, row.asked_at, row.opened_at = _hash(secret), now, None
    row.expires_at = opinion.open_until(clocks.civil_date(now))
    session.add(row)
    session.flush()
    about = leaving.about_candidacy(candidacy, candidacy.person, services.settings.base_url)
    outbox.post(
        session,
        centre_id=candidacy.centre_id,
        to=row.email,
        template="employer_opinion_asked",
        context={
            "person_name": row.contact,
            "candidate_name": about["candidate_name"],
            "certification_title": about["certification_title"],
            "centre_name": about["centre_name"],
            "organisation": row.organisation,
            "answer_by": last_day(row),
            "link": f"{services.settings.base_url}/avis/{secret}",
        },
        now=now,
        candidacy_id=candidacy.id,
        secret=True,
    )
    _note(services, session, row, "employer_asked", candidacy.person_id, expires_at=row.expires_at.isoformat())


def last_day(row: EmployerOpinion) -> date:
    """The last day on which a link opens."""
    return clocks.civil_date(row.expires_at - timedelta(seconds=1))


def _note(
    services: Services, session: Session, row: EmployerOpinion, event: str, actor_id: int | None, **more: str
) -> None:
    session.flush()
    chain = journal.candidacy_chain(row.candidacy_id)
    journal.record(session, chain, event, actor_id, services.clock(), {"opinion": row.id, **more})


def _text_hash(written: Written) -> str:
    told = [f"{code}\0{level}\0{written.comments.get(code, '')}" for code, level in sorted(written.levels.items())]
    return hashlib.sha256("\0\0".join([*told, written.general, written.written_by]).encode()).hexdigest()


def _refused(field: str, sentence: str) -> InputRefused:
    return InputRefused(sentence, {field: sentence})


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
