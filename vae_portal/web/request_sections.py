"""The form of a request: what each section lacks, and each section kept as it is typed or by its button."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import requests as acts
from vae_portal.actions.answers import hours_told
from vae_portal.actions.requests import Target
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import requests as queries
from vae_portal.web import request_forms as forms
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.own import Own, own
from vae_portal.web.presentation import in_paris, label
from workflows import clocks, request_missing
from workflows.admissibility import request_complete
from workflows.facts import Given
from workflows.request_form import Problem, Section
from workflows.vocabulary import Action, Right, Step
from workflows.who_may_do_what import RULES

_EDIT = Right.EDIT_REQUEST
ADDRESSES = {
    "objet": Section.PURPOSE,
    "etat-civil": Section.CIVIL_STATUS,
    "coordonnees": Section.CONTACT,
    "formation": Section.TRAINING,
    "blocs-acquis": Section.HELD_BLOCKS,
    "experiences": Section.EXPERIENCES,
}
_ADDRESS_OF = {section: address for address, section in ADDRESSES.items()}
_NEXT = dict(zip(ADDRESSES, [*ADDRESSES][1:], strict=False))


@requires(_EDIT)
def form(number: str) -> ResponseReturnValue:
    """The sections of the request, with what each one lacks."""
    mine = own(number, _EDIT)
    found = problems(mine)
    rows = [
        {
            "title": label("section", section),
            "url": url_for("candidate.section", number=number, section=address),
            "lacks": [told for told in found if request_missing.section_of(told.field) is section],
        }
        for address, section in ADDRESSES.items()
    ]
    of_pieces = [told for told in found if told.field.startswith("piece-")]
    rows.append({"title": "Vos pièces", "url": url_for("candidate.pieces", number=number), "lacks": of_pieces})
    return render_template(
        "candidate/form.html",
        **mine.frame(),
        sections=rows,
        addresses=addresses(number, found),
        hours=hours_told(mine.candidacy.request, clocks.civil_date(now())),
        missing=len(found),
        otherwise=_refused_otherwise(mine),
    )


def _refused_otherwise(mine: Own) -> list[str]:
    """Why the request could not be sent even when it is complete: told before it is filled in."""
    guards = (guard for guard in RULES[Action.SUBMIT_REQUEST].ready if guard is not request_complete)
    asked = (guard(mine.facts, mine.actor, now(), Given()) for guard in guards if mine.facts.step is Step.DRAFT)
    return [refusal for refusal in asked if refusal]


@requires(_EDIT)
def section(number: str, section: str) -> ResponseReturnValue:
    """One section, as it is kept; with what it lacks beside the fields when that is asked for."""
    which, mine = _known(section), own(number, _EDIT)
    candidacy = mine.candidacy
    one_more = request.args.get("ligne") == "1"
    shown = forms.shown(candidacy.request, target(mine), _stamp(mine, which), candidacy.version.blocks, one_more)
    told = []
    if request.args.get("voir") in ("manques", "erreurs"):
        found = [p for p in problems(mine) if request_missing.section_of(p.field) is which]
        told = found if request.args["voir"] == "manques" else request_missing.wrong(found, candidacy.request)
    return _page(mine, which, shown, forms.attach(shown, told))


@requires(_EDIT)
def save(number: str, section: str) -> ResponseReturnValue:
    """Keeps a section, complete or not, then goes on to what the button says."""
    which, mine = _known(section), own(number)
    stop_reading()
    candidacy, blocks, stands = mine.candidacy, mine.candidacy.version.blocks, _stands(mine)
    answers = forms.typed(request.form, candidacy.request, which, blocks)
    aimed, wanted = forms.aim(request.form, which, blocks), request.form.get("do", "")
    if wanted.startswith("remove-"):
        gone = wanted.removeprefix("remove-")
        answers["experiences"] = [line for line in answers["experiences"] if line.get("id") != gone]
    seen = request.form.get("revision", "")
    try:
        acts.save_section(services(), current_actor(), number, which, seen, answers, aimed)
    except InputRefused as fault:
        shown = forms.shown({**candidacy.request, **answers}, acts.aimed_at(which, aimed, stands), seen, blocks)
        told = forms.attach(shown, [Problem(field, sentence) for field, sentence in fault.fields.items()])
        return _page(mine, which, shown, told, unsaved=True), 422
    except StaleForm as fault:
        mine = own(number)
        stamp = _stamp(mine, which)
        shown = forms.shown(
            {**mine.candidacy.request, **answers}, acts.aimed_at(which, aimed, target(mine)), stamp, blocks
        )
        return _page(mine, which, shown, [], stale=str(fault), rows=_differences(mine, which, answers, aimed)), 409
    return _after_saving(number, section, wanted)


@requires(_EDIT)
def type_on(number: str, section: str) -> ResponseReturnValue:
    """The section as it is being typed, kept in the background unless it changed elsewhere."""
    which = _known(section)
    try:
        mine = own(number)
        stop_reading()
        blocks = mine.candidacy.version.blocks
        answers = forms.typed(request.form, mine.candidacy.request, which, blocks)
        aimed, seen = forms.aim(request.form, which, blocks), request.form.get("revision", "")
        saved = acts.save_section(services(), current_actor(), number, which, seen, answers, aimed, typing=True)
    except StaleForm as fault:
        table = render_template("_two_texts.html", rows=_differences(own(number), which, answers, aimed))
        return jsonify(kind="stale", why=str(fault), table=table), 409
    except (InputRefused, ActionRefused, NotVisible) as fault:
        status = 422 if isinstance(fault, InputRefused) else 404 if isinstance(fault, NotVisible) else 409
        return jsonify(kind="refused", why=" ".join(getattr(fault, "fields", {}).values()) or str(fault)), status
    return jsonify(
        revision=saved.stamp,
        said=f"Enregistré à {in_paris(saved.at):%H:%M}",
        typing=url_for("candidate.type_on", number=number, section=section),
    )


def _after_saving(number: str, section: str, wanted: str) -> ResponseReturnValue:
    mine = own(number)
    found = [p for p in problems(mine) if request_missing.section_of(p.field) is ADDRESSES[section]]
    if wanted != "add" and request_missing.wrong(found, mine.candidacy.request):
        flash("Enregistré. Une réponse au moins est à corriger : voyez ci-dessous.", "success")
        return redirect(url_for("candidate.section", number=number, section=section, voir="erreurs"))
    flash("Enregistré. Vous pouvez continuer, ou revenir plus tard.", "success")
    if wanted == "add":
        return redirect(url_for("candidate.section", number=number, section=section, ligne=1, _anchor="derniere"))
    if wanted.startswith("remove-"):
        return redirect(url_for("candidate.section", number=number, section=section))
    if wanted == "stop":
        return redirect(url_for("candidate.form", number=number))
    if section in _NEXT:
        return redirect(url_for("candidate.section", number=number, section=_NEXT[section]))
    return redirect(url_for("candidate.pieces", number=number))


def _page(mine: Own, which: Section, shown: forms.RequestForm, told: list[Any], **more: Any) -> str:
    address = _ADDRESS_OF[which]
    places = [*ADDRESSES]
    return render_template(
        "candidate/section.html",
        **mine.frame(),
        form=shown,
        told=told,
        section=which.value,
        address=address,
        rank=places.index(address) + 1,
        count=len(places),
        previous=places[places.index(address) - 1] if places.index(address) else "",
        hours=hours_told(mine.candidacy.request, clocks.civil_date(now())),
        settled=mine.facts.step is not Step.DRAFT,
        **{"stale": "", "rows": [], "unsaved": False, **more},
    )


def problems(mine: Own) -> list[Problem]:
    """Everything that the request lacks now."""
    today = clocks.civil_date(now())
    found = queries.lacking(reading(), mine.candidacy, mine.facts.held, today)
    if not mine.facts.targeted:
        found.insert(0, request_missing.NO_TARGET)
    return found


def addresses(number: str, found: list[Problem]) -> dict[str, str]:
    """Where each of these problems is put right, by its field."""
    return {problem.field: _address(number, problem.field) for problem in found}


def _address(number: str, field: str) -> str:
    section = request_missing.section_of(field)
    if section is None:
        return url_for("candidate.pieces", number=number, _anchor=field)
    return url_for(
        "candidate.section",
        number=number,
        section=_ADDRESS_OF[section],
        voir="manques",
        _anchor=forms.anchor(field),
    )


def target(mine: Own) -> Target:
    """What the request is for."""
    held = queries.declared_held(reading(), mine.candidacy.id)
    return Target(mine.candidacy.whole, mine.facts.targeted, frozenset(held))


def _stands(mine: Own) -> Target:
    """The same while nothing is read any more: before it is sent, what is held is what is declared."""
    return Target(mine.candidacy.whole, mine.facts.targeted, mine.facts.held)


def _stamp(mine: Own, which: Section) -> str:
    return acts.stamp(mine.candidacy.request, which, target(mine))


def _differences(
    mine: Own, which: Section, answers: dict[str, Any], aimed: Target | None
) -> list[tuple[str, str, str]]:
    rows = forms.differences(answers, mine.candidacy.request, which)
    stands = target(mine)
    if which is Section.PURPOSE and aimed is not None and _aim_told(aimed) != _aim_told(stands):
        rows.append(("Vous demandez", _aim_told(aimed), _aim_told(stands)))
    if which is Section.HELD_BLOCKS and aimed is not None and aimed.held != stands.held:
        rows.append(("Blocs déjà détenus", ", ".join(sorted(aimed.held)), ", ".join(sorted(stands.held))))
    return rows


def _aim_told(what: Target) -> str:
    return "La certification entière" if what.whole else "Blocs " + ", ".join(sorted(what.blocks))


def _known(section: str) -> Section:
    if section not in ADDRESSES:
        abort(404)
    return ADDRESSES[section]
