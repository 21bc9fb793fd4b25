"""Tells whoever plans the interviews of a centre that something waits for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from vae_portal.actions import leaving, outbox
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Candidacy
from workflows.vocabulary import Role


def tell(
    services: Services, session: Session, candidacy: Candidacy, template: str, page: str = "", **more: Any
) -> None:
    """A mail to each planner of the centre but the candidate, which leads to a page of the candidacy."""
    for planner in leaving.holding(session, candidacy.centre_id, Role.PLANNER):
        if planner.id == candidacy.person_id:
            continue
        about = leaving.about_candidacy(candidacy, planner, services.settings.base_url)
        outbox.post(
            session,
            centre_id=candidacy.centre_id,
            to=planner.email,
            template=template,
            context={**about, "link": f"{about['link']}{page}", **more},
            now=services.clock(),
            candidacy_id=candidacy.id,
        )
