"""Employers of the demonstration: asked by a candidate, and one of them answers behind their own link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from vae_portal.actions import opinions
from vae_portal.actions.opinions import Employer, Written
from vae_portal.demonstration.clock import StoryClock
from vae_portal.demonstration.story import Story
from vae_portal.persistence.tables import Candidacy, OutboxMail
from workflows.vocabulary import OpinionLevel

_NETWORK = "192.0.2.1"  # of nobody (RFC 5737)
_ASKED = Employer(
    "Tuyauterie Fictive", "Perrine Atelier, responsable qualité", "perrine.atelier@tuyauterie.example", True
)
_WAITING = Employer("Emboutissage Inventé", "Firmin Presse, directeur", "firmin.presse@emboutissage.example", True)
_COMMENTS = {OpinionLevel.PARTLY: "Sur mon atelier.", OpinionLevel.SHOWN: "Chaque mois, avec son équipe."}


def ask_another(story: Story, at: datetime) -> None:
    """A candidate asks an employer who has not answered yet."""
    opinions.ask(replace(story.services, clock=StoryClock(at)), story.candidate, story.number, _WAITING, _NETWORK)


def employer_says(story: Story, at: datetime, levels: Mapping[str, OpinionLevel]) -> str:
    """A candidate asks an employer, who says this of some capabilities and saw nothing of the others; its name."""
    then = replace(story.services, clock=StoryClock(at))
    opinions.ask(then, story.candidate, story.number, _ASKED, _NETWORK)
    told: dict[str, OpinionLevel | None] = {c: levels.get(c, OpinionLevel.NOT_SEEN) for c in story.targeted()}
    comments = {code: _COMMENTS.get(level, "") for code, level in levels.items()}
    general = "Une personne sur qui l'équipe compte."
    secret = _secret(story)
    opinions.note_opened(then, secret)
    opinions.send(
        then, secret, Written(told, comments, general, "Perrine Atelier, responsable qualité", True), 0, _NETWORK
    )
    return _ASKED.organisation


def _secret(story: Story) -> str:
    """What the employer finds in their mail: it is nowhere else."""
    wanted = select(OutboxMail.body).join(Candidacy, Candidacy.id == OutboxMail.candidacy_id)
    mine = (Candidacy.number == story.number) & (OutboxMail.recipient == _ASKED.email)
    with story.services.database.reading() as session:
        body = session.scalars(wanted.where(mine).order_by(OutboxMail.id.desc()).limit(1)).one() or ""
    return body.split("/avis/", 1)[1].split()[0]
