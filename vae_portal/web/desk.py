"""The worklist of a centre's staff: what is due first, filters in the address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import desk
from vae_portal.persistence.queries import worklist as lists
from vae_portal.persistence.queries.worklist import Wanted
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services
from vae_portal.web.presentation import choices, label
from workflows import clocks
from workflows.steps import STEPS
from workflows.vocabulary import Phase, Right, Role, Step

blueprint = Blueprint("desk", __name__)

_ADVISORS = [("", "Tous les dossiers"), ("mine", "Les miens"), ("none", "Sans conseiller")]
_LATEST_PAGE = 100_000


@blueprint.get("/candidatures")
@requires(Right.SEE_WORKLIST)
def worklist() -> str:
    """Candidacies of the centre, what is due first on top."""
    actor, today = current_actor(), clocks.civil_date(now())
    wanted = _wanted()
    tally = lists.tally(reading(), actor, today)
    lines, total = lists.page(reading(), actor, today, wanted)
    pages = max(1, -(-total // lists.PAGE))
    return render_template(
        "desk/worklist.html",
        lines=lines,
        total=total,
        page=wanted.page,
        pages=pages,
        today=today,
        counters=_counters(tally),
        controls=_controls(),
        filtered=any(request.args.get(name) for name in ("phase", "etape", "conseiller", "urgence", "q")),
        previous_url=_here(page=min(wanted.page - 1, pages)) if wanted.page > 1 else None,
        next_url=_here(page=wanted.page + 1) if wanted.page < pages else None,
    )


@blueprint.post("/candidatures/<number>/prendre")
@requires(Right.SEE_WORKLIST)
def take(number: str) -> ResponseReturnValue:
    """The advisor takes charge of a candidacy."""
    desk.take(services(), current_actor(), number, request.form.get("seen", ""))
    flash("Vous suivez maintenant cette candidature.", "success")
    return redirect(url_for("candidacy.show", number=number))


def _wanted() -> Wanted:
    """The filters of the address; what is not a known value filters nothing."""
    known, phase, step = {s.value for s in Step}, request.args.get("phase", ""), request.args.get("etape", "")
    steps = tuple(s for s in Step if s is not Step.DRAFT and STEPS[s].phase == phase)
    advisor = request.args.get("conseiller", "")
    return Wanted(
        steps=(Step(step),) if step in known else steps,
        advisor=advisor if advisor in dict(_ADVISORS) else "",
        late=request.args.get("urgence") == "retard",
        fresh=request.args.get("urgence") == "nouveau",
        text=request.args.get("q", "")[:200].replace("\0", ""),
        page=_page(request.args.get("page", "")),
    )


def _page(raw: str) -> int:
    return min(max(int(raw), 1), _LATEST_PAGE) if raw.isdecimal() and len(raw) < 9 else 1


def _controls() -> list[dict[str, Any]]:
    steps = [(code, text) for code, text in choices("step") if code != Step.DRAFT]
    controls: list[dict[str, Any]] = [
        {"name": "q", "label": "Numéro ou nom", "value": request.args.get("q", "")},
        {
            "name": "etape",
            "label": "Étape",
            "value": request.args.get("etape", ""),
            "options": [("", "Toutes les étapes"), *steps],
        },
    ]
    if Role.ADVISOR in current_actor().roles:
        value = request.args.get("conseiller", "")
        controls.append({"name": "conseiller", "label": "Suivi", "value": value, "options": _ADVISORS})
    return controls


def _counters(tally: lists.Tally) -> list[dict[str, Any]]:
    """Figures that lead to the list they count."""
    listed = url_for("desk.worklist")
    urgent = request.args.get("urgence", "")
    entries = [
        {"value": tally.late, "label": "en retard", "kind": "bad" if tally.late else "calm", "code": "retard"},
        {"value": tally.fresh, "label": "à accuser", "kind": "wait" if tally.fresh else "calm", "code": "nouveau"},
    ]
    found = [
        {**entry, "url": url_for("desk.worklist", urgence=entry["code"]), "current": urgent == entry["code"]}
        for entry in entries
    ]
    current = request.args.get("phase", "")
    found += [
        {
            "value": sum(count for step, count in tally.by_step.items() if STEPS[step].phase is phase),
            "label": label("phase", phase),
            "kind": "calm",
            "url": f"{listed}?phase={phase}",
            "current": current == phase,
        }
        for phase in Phase
    ]
    return found


def _here(**changed: Any) -> str:
    """This page with the same filters, some of them changed."""
    kept = {name: value for name, value in request.args.items() if value and name != "page"}
    return url_for("desk.worklist", **{**kept, **changed})
