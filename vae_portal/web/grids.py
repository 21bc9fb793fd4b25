"""One's own grid on the day: filled in alone, kept as typed whatever the connection does, then shown to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import alone
from vae_portal.actions.alone import LONGEST_TEXT, OwnPart
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import candidacies, hearings, opinions, preparations
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web import parts
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.grid_view import targeted_blocks
from vae_portal.web.places import candidacy_page, dossier_page, whole_number
from vae_portal.web.preparation_view import capability_ids
from vae_portal.web.presentation import choices, label
from workflows import assessment
from workflows import interview as rules
from workflows.machine import NOTHING, may
from workflows.vocabulary import OwnVerdict, Right

blueprint = Blueprint("grids", __name__)
_BASE = "/candidatures/<number>/ma-grille"
_TEXTS = ("verdict", "reason", "observations", "modality")
_NOT_THERE = "Cette grille n'existe pas, ou n'est pas la vôtre."


@blueprint.get(_BASE)
@requires(Right.ASSESS_ALONE)
def show(number: str) -> ResponseReturnValue:
    """One's own grid, empty before the interview, to read once it is shown."""
    return _page(number)


@blueprint.post(_BASE)
@requires(Right.ASSESS_ALONE)
def save(number: str) -> ResponseReturnValue:
    """Keeps one's own grid by the button."""
    fault = _kept(number)
    if fault is not None:
        return fault
    flash("Votre grille est enregistrée. Vous seul la voyez pour l'instant.", "success")
    return redirect(url_for("grids.show", number=number))


@blueprint.post(f"{_BASE}/saisie")
@requires(Right.ASSESS_ALONE)
def type_on(number: str) -> ResponseReturnValue:
    """One's own grid as it is being filled in, unless the same capability changed on another device."""
    typed, answers = _typed(), _answers()
    stop_reading()
    try:
        kept = alone.save(services(), current_actor(), number, typed, answers, parts.seen())
    except StaleForm as fault:
        stop_reading()
        rows = _differing(_loaded(number), typed, answers)
        return jsonify(kind="stale", why=str(fault), table=render_template("_two_texts.html", rows=rows)), 409
    except (InputRefused, ActionRefused, NotVisible) as fault:
        return parts.not_saved(fault)
    return parts.saved(kept, url_for("grids.show", number=number), url_for("grids.type_on", number=number))


@blueprint.post(f"{_BASE}/mise-en-commun")
@requires(Right.ASSESS_ALONE)
def share(number: str) -> ResponseReturnValue:
    """Keeps what is in the form, then shows it to the others."""
    confirmed = request.form.get("confirmed") == "yes"
    fault = _kept(number)
    if fault is not None:
        return fault
    try:
        seen = alone.share(services(), current_actor(), number, confirmed)
    except InputRefused as refusal:
        return _page(number, errors=refusal.fields or {"": str(refusal)}, confirms=True), 422
    except ActionRefused as refusal:
        return _page(number, errors={"": str(refusal)}), 409
    if seen:
        flash("Toutes les grilles sont en commun : comparez-les et écrivez le texte de la commission.", "success")
        return redirect(url_for("commission.grid", number=number))
    flash("Votre grille est prête. Les autres la verront quand chacun aura mis la sienne en commun.", "success")
    return redirect(url_for("grids.show", number=number))


@blueprint.post(f"{_BASE}/reprendre")
@requires(Right.ASSESS_ALONE)
def take_back(number: str) -> ResponseReturnValue:
    """One's grid is one's own again, as long as nobody saw it."""
    stop_reading()
    try:
        alone.take_back(services(), current_actor(), number)
        flash("Votre grille est de nouveau à vous seul : vous pouvez la modifier.", "success")
    except ActionRefused as fault:
        flash(str(fault), "error")
    return redirect(url_for("grids.show", number=number))


def _kept(number: str) -> ResponseReturnValue | None:
    """Saves the form; the page to answer with when it could not be."""
    typed, answers = _typed(), _answers()
    stop_reading()
    try:
        alone.save(services(), current_actor(), number, typed, answers, parts.seen())
    except InputRefused as fault:
        return _page(number, typed, answers, errors=fault.fields or {"": str(fault)}), 422
    except StaleForm as fault:
        return _page(number, typed, answers, stale=str(fault)), 409
    except ActionRefused as fault:
        return _page(number, typed, answers, errors={"": str(fault)}), 409
    return None


# What is typed


def _typed() -> dict[str, OwnPart]:
    """The parts that came, by capability."""
    codes = [name.removeprefix("verdict-") for name in request.form if name.startswith("verdict-")]
    found = {}
    for code in codes:
        criteria = [name for name in request.form if name.startswith(f"criterion-{code}-")]
        if parts.wrote([*(f"{name}-{code}" for name in _TEXTS), *criteria]):
            found[code] = _part(code, criteria)
    return found


def _part(code: str, criteria: list[str]) -> OwnPart:
    texts = {name: request.form.get(f"{name}-{code}", "") for name in _TEXTS}
    known = texts["verdict"] in [verdict.value for verdict in OwnVerdict]
    told = {name.rpartition("-")[2]: request.form[name] for name in criteria}
    return OwnPart(
        OwnVerdict(texts["verdict"]) if known else OwnVerdict.UNDECIDED,
        texts["reason"],
        texts["observations"],
        texts["modality"],
        {rank: value == "met" for rank, value in told.items() if rank.isdecimal() and value in ("met", "unmet")},
    )


def _answers() -> dict[int, str]:
    names = [name for name in request.form if name.startswith("answer-") and parts.wrote([name])]
    return {whole_number(name.removeprefix("answer-"), 0): request.form[name] for name in names}


# The page


def _loaded(number: str) -> dict[str, Any]:
    """One's own grid as it is kept; raises NotVisible for whoever does not sit for this candidate."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    facts = facts_of.load(reading(), candidacy, now(), services().scanning)
    interview = hearings.in_force(reading(), candidacy.id)
    if interview is None or actor.person_id not in [seat.person_id for seat in interview.evaluators]:
        raise NotVisible(_NOT_THERE)
    ids, kept = capability_ids(candidacy, facts), preparations.own_grid(reading(), interview.id, actor.person_id or 0)
    asked = preparations.questions(reading(), candidacy)
    rows = {code: kept.get(key) for code, key in ids.items()}
    every = [q for questions in asked.values() for q in questions]
    revisions = {code: row.revision if row else 0 for code, row in rows.items()}
    return {
        "candidacy": candidacy,
        "facts": facts,
        "interview": interview,
        "grid": {code: alone.part_of(row) if row else OwnPart() for code, row in rows.items()},
        "revision": parts.written(revisions | {f"q{q.id}": q.revision for q in every}),
        "questions": {code: asked[key] for code, key in ids.items()},
        "general": asked[None],
        "answers": {q.id: q.answer for q in every},
    }


def _page(
    number: str,
    typed: Mapping[str, OwnPart] | None = None,
    answers: Mapping[int, str] | None = None,
    errors: Mapping[str, str] | None = None,
    stale: str = "",
    confirms: bool = False,
) -> str:
    stop_reading()
    found, actor = _loaded(number), current_actor()
    candidacy, facts = found["candidacy"], found["facts"]
    barred = rules.of_that_commission(facts, actor, now(), NOTHING)
    open_now = may(Right.ASSESS_ALONE, actor, facts) and not barred
    heard = facts.interview
    shown = heard is not None and actor.person_id in heard.shared
    kept = preparations.notes(reading(), candidacy.id, actor.person_id or 0)
    rows = _differing(found, typed or {}, answers or {}) if stale else []
    return render_template(
        "commission/own_grid.html",
        **{**found, "grid": {**found["grid"], **(typed or {})}, "answers": {**found["answers"], **(answers or {})}},
        blocks=targeted_blocks(candidacy, facts),
        notes=kept,
        opinions=opinions.given(reading(), actor, candidacy, facts),
        writes=open_now and not shown,
        answering=open_now,
        keeps=open_now and (not shown or bool(found["answers"])),  # something of the page can still be saved
        barred=barred,
        shown=shown,
        together=heard is not None and assessment.together(heard),
        empty=all(part == OwnPart() for part in found["grid"].values()),
        errors=errors or {},
        stale=stale,
        rows=rows,
        confirms=confirms,
        most=LONGEST_TEXT,
        modalities=choices("assessment_modality"),
        me=actor.person_id,
        candidacy_page=candidacy_page(number),
        dossier_page=dossier_page(number),
    )


def _differing(found: dict[str, Any], typed: Mapping[str, OwnPart], answers: Mapping[int, str]) -> list[Any]:
    """What of the page is not what is kept: (name, typed, kept)."""
    rows = []
    for code, part in typed.items():
        kept = found["grid"].get(code, OwnPart())
        mine, theirs = _told(part), _told(kept)
        rows += [(f"{code}, {name}", mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]]
    for key, text in answers.items():
        if key in found["answers"] and text.replace("\r\n", "\n").strip() != found["answers"][key]:
            rows.append(("Réponse à une question", text, found["answers"][key]))
    return rows


def _told(part: OwnPart) -> dict[str, str]:
    return {
        "avis": label("own_verdict", part.verdict),
        "motif": part.reason.replace("\r\n", "\n").strip(),
        "observations": part.observations.replace("\r\n", "\n").strip(),
        "modalité": label("assessment_modality", part.modality) if part.modality else "",
        "critères": ", ".join(f"{k} {'rempli' if yes else 'non rempli'}" for k, yes in sorted(part.criteria.items())),
    }
