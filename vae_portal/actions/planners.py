"""Tells whoever plans the interviews of a centre that something waits for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from vae_portal.actions import leaving, outbox
from vae_portal.actions.services import Services
from vae_portal.persistence.queries.conflicts import Conflict
from vae_portal.persistence.tables import Candidacy, Centre
from workflows.vocabulary import Action, Role

CANCELLING = f"/faire/{Action.CANCEL_INTERVIEW}"  # the page, of a candidacy, where its interview is cancelled


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


def tell_all(
    services: Services, session: Session, centre_id: int, template: str, interviews: Iterable[Conflict]
) -> None:
    """One mail to each planner of a centre about all of these interviews but their own, which leads to the week."""
    every, name = list(interviews), session.get_one(Centre, centre_id).name
    for planner in leaving.holding(session, centre_id, Role.PLANNER):
        theirs = [
            {"candidacy_number": one.number, "starts_at": one.starts_at}
            for one in every
            if one.candidate_id != planner.id
        ]
        if not theirs:
            continue
        context = {
            "person_name": planner.full_name,
            "centre_name": name,
            "link": f"{services.settings.base_url}/entretiens",
            "interviews": theirs,
        }
        outbox.post(
            session, centre_id=centre_id, to=planner.email, template=template, context=context, now=services.clock()
        )
