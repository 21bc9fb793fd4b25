"""How a centre plans, and which days of France nobody works there."""

from __future__ import annotations

from datetime import date

import holidays
from sqlalchemy.orm import Session

from vae_portal.persistence.tables import PlanningHabits

# Parts of France with days of their own, as the library names them; metropolitan France is the empty one. Zones are
# those of schools, whose holidays are no days off.
PARTS_OF_FRANCE = ("", *sorted(p for p in holidays.country_holidays("FR").subdivisions if not p.startswith("Zone")))


def of_centre(session: Session, centre_id: int) -> PlanningHabits:
    """The centre's habits, or the usual ones, which are in no session."""
    return session.get(PlanningHabits, centre_id) or _usual(centre_id)


def _usual(centre_id: int) -> PlanningHabits:
    columns = PlanningHabits.__table__.columns
    usual = {c.name: c.default.arg for c in columns if c.default is not None}
    return PlanningHabits(centre_id=centre_id, **usual)


def days_off(habits: PlanningHabits, first: date, last: date) -> dict[date, str]:
    """Holidays of France between two days, both included, with their names in French."""
    years = range(first.year, last.year + 1)
    found = holidays.country_holidays("FR", subdiv=habits.holidays_of or None, years=years, language="fr")
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}
