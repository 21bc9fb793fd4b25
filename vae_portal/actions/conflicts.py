"""Tells planners of the interviews that an act on people or rooms makes impossible, when it does and not on the day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from vae_portal.actions import planners
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import conflicts


@contextmanager
def told(services: Services, session: Session, centre_id: int | None) -> Iterator[None]:
    """What stands in the way of interviews after an act and did not before is told, in the act's transaction."""
    before = _faults(services, session, centre_id)
    yield
    session.flush()
    after = conflicts.of_centre(session, centre_id, services.clock())
    brought = [one for one in after if set(one.faults) - before.get(one.interview_id, frozenset())]
    if centre_id is not None and brought:
        planners.tell_all(services, session, centre_id, "interviews_in_conflict", brought)


def _faults(services: Services, session: Session, centre_id: int | None) -> dict[int, frozenset[str]]:
    found = conflicts.of_centre(session, centre_id, services.clock())
    return {one.interview_id: frozenset(one.faults) for one in found}
