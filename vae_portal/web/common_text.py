"""The one text of a commission in its form: as it stands, as a member types it, and where two wrote at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from vae_portal.actions import common_text
from vae_portal.actions.common_text import Standing, Written
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import candidacies, commissions, hearings
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web import grid_view, parts
from vae_portal.web.access import current_actor, requires
from vae_portal.web.commission_forms import GridForm, grid_form
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.presentation import in_paris
from workflows import assessment
from workflows.facts import Facts, VerdictFacts
from workflows.vocabulary import Right

blueprint = Blueprint("common_text", __name__)
_VOIDED = "Les signatures déjà données ne valent plus."


def loaded(number: str) -> tuple[Any, Facts]:
    """A candidacy whose assessment this person reads, with its facts; raises NotVisible."""
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    if not commissions.reads_assessment(reading(), actor, candidacy):
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    return candidacy, facts_of.load(reading(), candidacy, now(), services().scanning)


@blueprint.post("/candidatures/<number>/evaluation/saisie")
@requires(Right.SIGN_ASSESSMENT)
def type_on(number: str) -> ResponseReturnValue:
    """The text as it is being typed; what cannot be kept yet is named, and waits on the page."""
    candidacy, facts = loaded(number)
    form = form_of(candidacy, facts)
    written = written_in(form)
    waiting = [name for _, key in form.capabilities for name in form.wrong(key)]
    waiting += [field.name for field in (form.modality, form.observations) if field.errors]
    stop_reading()
    try:
        kept, voided = common_text.type_on(services(), current_actor(), number, written)
    except StaleForm as fault:
        stop_reading()
        table = render_template("_two_texts.html", rows=both_texts(form, written, *loaded(number)))
        return jsonify(kind="stale", why=str(fault), table=table), 409
    except (InputRefused, ActionRefused, NotVisible) as fault:
        return parts.not_saved(fault)
    wrong = dict.fromkeys(str(error) for name in waiting for error in form[name].errors)
    said = f"Enregistré à {in_paris(kept.at):%H:%M}" + (f". {_VOIDED}" if voided else "")
    return jsonify(
        revision=parts.written(kept.revisions), said=said, waiting=waiting, why=f"À compléter. {' '.join(wrong)}"
    )


def form_of(candidacy: Any, facts: Facts, **given: Any) -> GridForm:
    """The form of the targeted capabilities, with what was sent."""
    rows = (c for b in grid_view.targeted_blocks(candidacy, facts) for c in b.capabilities)
    return grid_form(rows, assessment.differing(facts), **given)


def written_in(form: GridForm) -> Written:
    """What the form holds and is right, named as its page had read it."""
    verdicts, general = form.given()
    return Written(verdicts, general, parts.seen())


def filled(candidacy: Any, facts: Facts) -> GridForm:
    """The text as it stands; what is not written yet begins with what all evaluators agree on."""
    form = form_of(candidacy, facts, formdata=None)
    stands = _standing(candidacy, facts)
    if stands is not None:
        form.revision.data = parts.written(stands.revisions())
        _put(form, stands, {key for _, key in form.capabilities}, set(common_text.GENERAL))
    return form


def both_texts(form: GridForm, written: Written, candidacy: Any, facts: Facts) -> list[tuple[str, str, str]]:
    """What was typed beside what another member wrote since; the form takes over what its author had left alone."""
    kept, stands = filled(candidacy, facts), _standing(candidacy, facts)
    if stands is not None:
        given: dict[str, VerdictFacts | str] = {**written.verdicts, **written.general}
        alone = {name for name, part in given.items() if common_text.print_of(part) == written.seen.get(name)}
        _put(form, stands, {key for code, key in form.capabilities if code in alone}, alone)
    form.revision.data = kept.revision.data
    shown = [field for field in form if field.name not in ("revision", "csrf_token")]
    rows = ((str(field.label.text), _words(field), _words(kept[field.name])) for field in shown)
    return [row for row in rows if row[1] != row[2]]


def _standing(candidacy: Any, facts: Facts) -> Standing | None:
    interview = hearings.in_force(reading(), candidacy.id)
    return common_text.standing(reading(), candidacy, facts, interview) if interview else None


def _put(form: GridForm, stands: Standing, keys: set[int], general: set[str]) -> None:
    for code, key in form.capabilities:
        if key in keys and (verdict := stands.verdicts.get(code)):
            form.put(key, verdict)
    for name in general & set(common_text.GENERAL):
        form[name].data = stands.general[name]


def _words(field: Any) -> str:
    chosen = {choice[0]: str(choice[1]) for choice in field.iter_choices()} if hasattr(field, "iter_choices") else {}
    given = (field.data or "").replace("\r\n", "\n").strip()
    return chosen.get(given, given) if given else ""
