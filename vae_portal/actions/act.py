"""An act under way: what the change functions of each matter are handed, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Candidacy, Document
from workflows import clocks
from workflows.facts import Actor, Facts, Given
from workflows.vocabulary import Action


@dataclass(slots=True)
class Act:
    """One action on one candidacy, allowed by the rules and not yet recorded."""

    services: Services
    session: Session
    candidacy: Candidacy
    facts: Facts
    actor: Actor
    action: Action
    given: Given
    now: datetime
    inputs: Mapping[str, Any]
    details: dict[str, Any] = field(default_factory=dict)  # for the journal: codes, ids, dates, hashes
    mail: dict[str, Any] = field(default_factory=dict)  # for the mails that leave
    letters: list[Document] = field(default_factory=list)  # owed by it
    calendars: dict[int, str] = field(default_factory=dict)  # iCalendar objects that go with the mails, by person
    interview_id: int | None = None  # that people are called to by it

    @property
    def today(self) -> date:
        """The civil day of the act in Paris."""
        return clocks.civil_date(self.now)

    @property
    def person_id(self) -> int:
        """Who acts; the clock has none."""
        if self.actor.person_id is None:
            raise ValueError("the clock signs nothing")
        return self.actor.person_id

    @property
    def written_reason(self) -> str:
        """What the actor wrote, as one text."""
        named = [f"{what} : {why}" for what, why in self.given.named]
        if self.action is Action.ASK_SUPPLEMENT:
            named = [f"{what} : {why}" for what, why in self.facts.request.to_ask]
        opinions = [f"{opinion.block} : {opinion.gaps.strip()}" for opinion in self.given.opinions]
        return "\n".join(filter(None, (self.given.reason.strip(), *opinions, *named)))

    def capability_ids(self) -> dict[str, int]:
        """Ids of the capabilities of the candidacy's version, by code."""
        return {c.code: c.id for b in self.candidacy.version.blocks for c in b.capabilities}

    def block_ids(self) -> dict[str, int]:
        """Ids of the blocks of the candidacy's version, by code."""
        return {b.code: b.id for b in self.candidacy.version.blocks}
