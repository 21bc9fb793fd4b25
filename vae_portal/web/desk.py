"""The worklist of a centre's staff: what is due first, everything it shows said by its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import desk
from vae_portal.actions.batches import Batch
from vae_portal.persistence.queries import desk as around
from vae_portal.persistence.queries import worklist as lists
from vae_portal.persistence.queries.worklist import MOST_COUNTED, PAGE, Tally, When
from vae_portal.persistence.queries.worklist_lines import Badge
from vae_portal.web import desk_address
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services
from vae_portal.web.desk_address import MINE, NOBODY, Address, Desk
from vae_portal.web.presentation import choices, label
from workflows import clocks
from workflows.machine import may
from workflows.vocabulary import Phase, Right, Step

blueprint = Blueprint("desk", __name__)


@blueprint.get("/candidatures")
@requires(Right.SEE_WORKLIST)
def worklist() -> str:
    """Candidacies of the centre, what is due first on top."""
    return page(Lot())


@dataclass(frozen=True, slots=True)
class Lot:
    """What was ticked and asked for the ticked ones, shown again when it was refused."""

    refused: str = ""
    ticked: frozenset[str] = frozenset()
    action: str = ""
    receiver: str = ""
    reason: str = ""


def page(lot: Lot) -> str:
    """The list that the address says."""
    looking = looking_at()
    address = desk_address.read(request.args, looking)
    wanted = lists.weighed(reading(), looking.actor, address.wanted)
    tally = lists.tally(reading(), looking.actor, looking.today, wanted, looking.mine)
    lines, more = lists.page(reading(), looking.actor, looking.today, wanted, tally.found <= MOST_COUNTED)
    number, last = wanted.page, _last_page(tally.found)
    return render_template(
        "desk/worklist.html",
        lines=lines,
        total=counted(tally.found),
        found=tally.found,
        page=number,
        pages=f"{number} sur {last}" if last else str(number),
        today=looking.today,
        covered=looking.covered,
        counters=_counters(tally, address, looking),
        controls=_controls(address, looking),
        orders=choices("desk_order"),
        columns=address.columns,
        every_column=choices("desk_column"),
        address=address,
        views=around.views(reading(), looking.actor.person_id),
        **_offered(looking),
        lot=lot,
        filtered=address.filtered,
        previous_url=address.url(page=min(number - 1, last or number)) if number > 1 else None,
        next_url=address.url(page=number + 1) if more else None,
    )


@blueprint.post("/candidatures/<number>/prendre")
@requires(Right.SEE_WORKLIST)
def take(number: str) -> ResponseReturnValue:
    """The advisor takes charge of a candidacy."""
    desk.take(services(), current_actor(), number, request.form.get("seen", ""))
    flash("Vous suivez maintenant cette candidature.", "success")
    return redirect(url_for("candidacy.show", number=number))


def _offered(looking: Desk) -> dict[str, Any]:
    """What can be done from the list: to the candidacies ticked, and to the whole of it."""
    batches = choices("desk_batch") if may(Right.HAND_OVER, looking.actor) else []
    return {
        "batches": [(code, text) for code, text in batches if looking.advises or code == Batch.HAND_OVER],
        "token": _ticked,
        "colleagues": looking.colleagues,
        "exports": may(Right.EXPORT_WORKLIST, looking.actor),
        "absences_url": url_for("sharing.absent") if may(Right.PLAN_ABSENCE, looking.actor) else "",
    }


def looking_at() -> Desk:
    """Who looks at the worklist, and when."""
    actor, today = current_actor(), clocks.civil_date(now())
    return Desk(actor, today, around.advisors(reading(), actor, today))


def counted(number: int) -> str:
    """A count in words, when it stops before the end."""
    return f"plus de {MOST_COUNTED:,}".replace(",", "\N{NO-BREAK SPACE}") if number > MOST_COUNTED else str(number)


def _last_page(found: int) -> int | None:
    """The last page, where the list was counted to its end."""
    return max(1, -(-found // PAGE)) if found <= MOST_COUNTED else None


def _controls(address: Address, looking: Desk) -> list[dict[str, Any]]:
    steps = [(code, text) for code, text in choices("step") if code != Step.DRAFT]
    mine = [(MINE, "Les miens")] if looking.advises else []
    advisors = [*mine, (NOBODY, "Sans conseiller"), *((str(one.id), one.name) for one in looking.colleagues)]
    certifications = [(str(key), title) for key, title in around.certifications(reading())]
    offered: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("etape", "Étape", steps),
        ("conseiller", "Suivi", advisors),
        ("phase", "Phase", choices("phase")),
        ("echeance", "Échéance légale", choices("desk_due")),
        ("signe", "À regarder", choices("desk_badge")),
        ("certification", "Certification", certifications),
    ]
    every = {"conseiller": "Tous les dossiers"}
    return [
        {
            "name": name,
            "label": words,
            "value": address.value(name),
            "options": [("", every.get(name, "Toutes")), *values],
        }
        for name, words, values in offered
    ]


def _counters(tally: Tally, address: Address, looking: Desk) -> list[dict[str, Any]]:
    """Figures that lead to the list they count, and to nothing else: other filters are left."""
    entries: list[tuple[int, str, str, str, str]] = [
        (tally.late, "en retard", "bad" if tally.late else "calm", "echeance", When.LATE),
        (tally.fresh, "à accuser", "wait" if tally.fresh else "calm", "signe", Badge.FRESH),
    ]
    if looking.advises:
        entries.append((tally.mine, "les miens", "calm", "conseiller", MINE))
    entries += [(tally.phases[phase], label("phase", phase), "calm", "phase", phase) for phase in Phase]
    return [
        {
            "value": counted(count),
            "label": words,
            "kind": kind,
            "url": address.of((name, str(value))),
            "current": address.value(name) == value,
        }
        for count, words, kind, name, value in entries
    ]


def _ticked(number: str, revision: int, advisor_id: int | None) -> str:
    """What a box of the list sends: the candidacy as the list shows it."""
    return f"{number}/{revision}/{advisor_id or ''}"
