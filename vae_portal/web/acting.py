"""The page of an action that has none of its own: what it does and to whom, what it needs, what leaves."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions.perform import perform
from vae_portal.documents.kinds import kind_of
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import candidacies, case, dossiers
from vae_portal.persistence.queries import review as reviews
from vae_portal.web import letter_page
from vae_portal.web.access import current_actor, current_person
from vae_portal.web.act_forms import WHOLE_DOSSIER, Admissible, Confirm, Remarks, Revocation, Supplement, form_of
from vae_portal.web.case import Case, load, page_of
from vae_portal.web.context import now, reading, services
from vae_portal.web.forms import options
from vae_portal.web.navigation import first_page
from vae_portal.web.offered import DANGEROUS, OWN_PAGE, url_of
from vae_portal.web.presentation import day_and_hour, label
from workflows import clocks, jury
from workflows.machine import offers, roles_for
from workflows.vocabulary import Action, Role
from workflows.who_may_do_what import RULES, TABLE

_NOT_AT_THIS_STEP = "Cette action n'est pas possible à l'étape où en est la candidature."
_NOT_YOURS = "Cette action ne relève pas de votre rôle pour cette candidature."


def known(action: str) -> Action:
    """The action of that code that a person can do here; 404 for any other."""
    known = {rule.action.value: rule.action for rule in TABLE if set(rule.by) != {Role.CLOCK}}
    if action not in known:
        abort(404)
    return known[action]


def answer(number: str, action: Action) -> ResponseReturnValue:
    """The page of an action, or its doing."""
    found = load(number)
    if action in OWN_PAGE:
        return redirect(url_of(action, number, found.own))
    form = form_of(action).form()
    _prepare(form, found, action)
    if request.method == "POST":
        return _do(found, action, form)
    form.revision.data = found.row.revision
    refusal = _refusal(found, action)
    return (_refused(found, action, refusal), 409) if refusal else _page(found, action, form)


def _refusal(found: Case, action: Action) -> str | None:
    """Why this person cannot do the action now; None when they can."""
    actor = current_actor()
    offer = next((o for o in offers(found.facts, actor, now()) if o.action is action), None)
    if offer is not None:
        return offer.refusal
    rule = RULES[action]
    return _NOT_AT_THIS_STEP if roles_for(found.facts, actor) & set(rule.by) else _NOT_YOURS


def _prepare(form: Confirm, found: Case, action: Action) -> None:
    """Gives the form the choices that depend on the candidacy."""
    if action is Action.ENROL_IN_JURY:
        ahead = case.sessions_ahead(reading(), current_actor(), now())
        form.session_id.choices = options(  # type: ignore[attr-defined]
            (str(s.id), f"{day_and_hour(s.starts_at)}, {s.place}") for s in ahead
        )
    if isinstance(form, Revocation):
        grounds = jury.grounds_open(found.facts)
        form.ground.choices = options((ground.value, label("ground", ground.value)) for ground in grounds)
    if isinstance(form, Admissible):
        form.ask((b.code, b.title) for b in found.facts.blocks if b.code in found.facts.targeted)
    if isinstance(form, Supplement) and request.method == "GET":
        form.answer_by.data = clocks.last_day(clocks.SUPPLEMENT, clocks.civil_date(now()))
    if isinstance(form, Remarks):
        choices = _subjects(found)
        for entry in form.rows:
            entry.form.about.choices = choices


def _subjects(found: Case) -> list[tuple[str, str]]:
    """What a remark may be about, by code: the whole dossier, a situation, a capability or a file of it."""
    shown = dossiers.view(reading(), found.row.id)
    files = dossiers.files_of(reading(), found.row.id)
    subjects = [("", "Choisissez"), (WHOLE_DOSSIER, "Le dossier entier")]
    subjects += [(f"situation:{s.row.id}", f"Situation {n} : {s.row.title}") for n, s in enumerate(shown.situations, 1)]
    subjects += [(f"capability:{code}", f"Capacité {code}") for code in found.facts.targeted_capabilities]
    subjects += [(f"evidence:{e.id}", f"Fichier : {e.name}") for e in files]
    return options(subjects)


def _do(found: Case, action: Action, form: Confirm) -> ResponseReturnValue:
    """Does the action; what is refused shows the form again with what was typed."""
    if form.revision.data is None:
        form.form_errors.append("La page était incomplète. Relisez ce qui suit et recommencez.")
        form.revision.data, form.revision.raw_data, form.revision.errors = found.row.revision, None, []
        return _page(found, action, form), 422
    if not form.validate():
        return _page(found, action, form), 422
    asked = form_of(action)
    given, inputs = asked.given(form, current_actor()), asked.inputs(form)
    try:
        if letter_page.precedes(action):
            if letter_page.goes_back():
                return _page(found, action, form)
            read = letter_page.read(found, action, given, form.revision.data)
            if not read.agreed:
                return read.page(action), read.status
            inputs = {**inputs, "amended": read.amended}
        perform(services(), current_actor(), found.number, action, given, form.revision.data, inputs)
    except InputRefused as fault:
        form.refuse(fault)
        return _page(found, action, form), 422
    except StaleForm as fault:
        return _stale(found, action, form, fault), 409
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
        return _page(load(found.number), action, form, letter_page.typed()), 409
    flash(f"C'est fait : {label('done', action)}.", "success")
    return redirect(_back(found.number))


def _back(number: str) -> str:
    """The candidacy's page; the first page of whoever no longer sees it, such as an evaluator after an absence."""
    try:
        row = candidacies.by_number(reading(), current_actor(), number)
    except NotVisible:
        return first_page(current_person())
    return page_of(number, row.person_id == current_actor().person_id)


def _page(found: Case, action: Action, form: Confirm, kept: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "candidacy/act.html",
        candidacy=found.row,
        action=action.value,
        form=form,
        kept=kept or [],
        carried=letter_page.carried(),
        unstudied=_unstudied(found, action),
        url=url_for("candidacy.act", number=found.number, action=action.value),
        back_url=found.url,
        danger=action in DANGEROUS,
        leaving=_leaving(action),
        reads_first=letter_page.precedes(action),
        asked=found.facts.request.to_ask if action is Action.ASK_SUPPLEMENT else (),
        review_url=url_for("review.show", number=found.number) if action is Action.ASK_SUPPLEMENT else "",
        candidate=found.row.person.full_name,
        own=found.own,
        interview=found.facts.interview,
        session=found.facts.session,
    )


def _unstudied(found: Case, action: Action) -> list[str]:
    """What the advisor has not looked at, where they are about to say that the request is complete, or decide."""
    if action not in (Action.ACKNOWLEDGE_REQUEST, Action.DECLARE_ADMISSIBLE, Action.DECLARE_INADMISSIBLE):
        return []
    pieces = [one for one in reviews.whole(reading(), found.row).every if one.review is None]
    told = [f"{len(pieces)} pièce{'s' if len(pieces) > 1 else ''} sans verdict"] if pieces else []
    return told + (["l'identité n'est pas vérifiée"] if found.row.identity_verified_on is None else [])


def _refused(found: Case, action: Action, refusal: str) -> str:
    return render_template(
        "candidacy/refused.html",
        candidacy=found.row,
        action=action.value,
        refusal=refusal,
        back_url=found.url,
        acts=[button for button in found.buttons if button["enabled"]],
    )


def _stale(found: Case, action: Action, form: Confirm, fault: StaleForm) -> str:
    """What happened in between, and what was typed, to be copied."""
    return render_template(
        "candidacy/stale.html",
        candidacy=found.row,
        action=action.value,
        message=str(fault),
        happened=[
            {
                "text": f"{label('done', row['event'])}, par {row['who'] or label('role', 'clock').lower()}",
                "when": day_and_hour(row["at"]),
            }
            for row in fault.happened
        ],
        kept=_typed(form),
        back_url=found.url,
    )


def _typed(form: Any, before: str = "") -> list[tuple[str, str]]:
    """(label, text) of every text of a form, its rows included."""
    found: list[tuple[str, str]] = [] if before else letter_page.typed()
    for field in form:
        if hasattr(field, "entries"):
            for rank, entry in enumerate(field.entries, 1):
                found += _typed(entry.form, f"{rank}. ")
        elif isinstance(field.data, str) and field.data and field.name != "csrf_token":
            found.append((before + field.label.text, field.data))
    return found


def _leaving(action: Action) -> dict[str, list[str]]:
    """Letters and mails that leave when the action is done, in words."""
    rule = RULES[action]
    return {
        "letters": [kind_of(letter.kind).title for letter in rule.letters],
        "mails": [label("recipient", mail.to.value) for mail in rule.mails],
    }
