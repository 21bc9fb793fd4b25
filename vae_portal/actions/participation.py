"""The attestation of what an organisation took part in during a half-year, made at once from the closed sessions."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from vae_portal.actions import leaving, taking_away
from vae_portal.actions.services import Services
from vae_portal.documents.fill import fill
from vae_portal.documents.kinds import kind_of
from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import participation
from vae_portal.persistence.tables import Centre
from workflows import clocks
from workflows.composition import COLLEGES
from workflows.facts import Actor
from workflows.vocabulary import Right

_WORDS = {1: "premier", 2: "second"}


def bounds(year: int, half: int) -> tuple[datetime, datetime]:
    """The instants at which a half-year begins and ends, in Paris."""
    first, after = (date(year, 1, 1), date(year, 7, 1)) if half == 1 else (date(year, 7, 1), date(year + 1, 1, 1))
    return clocks.midnight(first), clocks.midnight(after)


def attestation(services: Services, actor: Actor, year: int, half: int, name: str) -> tuple[str, bytes]:
    """The file's name and its bytes; raises NotVisible for an organisation that sat in no session then."""
    since, until = bounds(year, half)
    with services.database.reading() as session:
        found, _ = participation.half_year(session, actor, since, until, name)
        if not name.strip() or not found:
            raise NotVisible("Cette organisation n'a siégé dans aucune séance de ce semestre.")
        centre = session.get_one(Centre, actor.centre_id)
    organisation, now = found[0], services.clock()
    number = leaving.reference(now)
    hashed = hashlib.sha256(organisation.name.encode()).hexdigest()
    details = {"document": number, "from": since, "until": until, "partner_sha256": hashed}
    taking_away.note(services, actor, Right.ATTEST_PARTICIPATION, "participation_attested", **details)
    context = {
        "number": number,
        "issued_at": now.isoformat(),
        "centre": {
            "name": centre.name,
            "address": centre.address,
            "phone": centre.phone or None,
            "email": centre.email,
        },
        "organisation": organisation.name,
        "college": COLLEGES[organisation.college],
        "period": f"au {_WORDS[half]} semestre {year}",
        "sessions": [
            {
                "number": s.number,
                "starts_at": s.starts_at.isoformat(),
                "place": s.place,
                "members": ", ".join(s.members),
                "voting": s.voting,
            }
            for s in organisation.sat
        ],
    }
    return kind_of("participation").file_name(number), fill("participation", context)
