"""The pages where a request is sent: all that it says and lacks, the answers to the centre, the sworn statement."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from vae_portal.actions import answers, supplement
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused, InputRefused, StaleForm
from vae_portal.persistence.queries import requests as queries
from vae_portal.persistence.queries import review
from vae_portal.web import request_sections as sections
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.own import Own, own
from vae_portal.web.presentation import label
from workflows import clocks
from workflows.facts import Given
from workflows.machine import offers
from workflows.vocabulary import Action, Right, Step

_ACTION = {Step.DRAFT: Action.SUBMIT_REQUEST, Step.ADMISSIBILITY_INCOMPLETE: Action.COMPLETE_REQUEST}
_EDIT = Right.EDIT_REQUEST


@requires(Right.EDIT_REQUEST)
def send(number: str) -> ResponseReturnValue:
    """What will be sent, what is missing, and the sworn statement."""
    return page(own(number, _EDIT))


@requires(Right.EDIT_REQUEST)
def answer(number: str, item_id: int) -> ResponseReturnValue:
    """Keeps the answer in writing to one thing that the centre asked for."""
    text = request.form.get(f"answer-{item_id}")
    if text is None:
        raise InputRefused("La réponse n'est pas arrivée avec la page. Rien n'a été changé : recommencez.")
    known = request.form.get("known", "")
    try:
        supplement.answer_supplement(services(), current_actor(), number, item_id, text, known)
    except InputRefused as fault:
        return page(own(number, _EDIT), errors=fault.fields, typed={item_id: text}), 422
    except StaleForm as fault:
        return page(own(number, _EDIT), stale=str(fault), typed={item_id: text}), 409
    flash("Réponse enregistrée. Elle partira quand vous enverrez vos compléments.", "success")
    return redirect(url_for("candidate.send", number=number, _anchor=f"point-{item_id}"))


@requires(Right.EDIT_REQUEST)
def send_request(number: str) -> ResponseReturnValue:
    """Sends the request, or its complements, exactly as the page showed them."""
    mine = own(number)
    stop_reading()
    action, seen = _ACTION.get(mine.facts.step), request.form.get("request_revision", "")
    if action is None:
        raise ActionRefused("Votre demande est déjà envoyée : il n'y a rien à envoyer à cette étape.")
    revision = request.form.get("revision", "")
    sworn = request.form.get("sworn") == "yes"

    def given(session: Session, candidacy: Any) -> Given:
        if str(candidacy.request_revision) != seen:
            raise StaleForm("Votre demande a été modifiée ailleurs depuis l'affichage de cette page : relisez-la.")
        return Given(sworn=sworn)

    try:
        perform(services(), mine.actor, number, action, given, int(revision) if revision.isdecimal() else -1)
    except StaleForm as fault:
        return page(own(number, _EDIT), stale=str(fault)), 409
    except ActionRefused as fault:
        errors = {} if sworn else {"sworn": str(fault)}
        return page(own(number, _EDIT), errors=errors, refused=str(fault) if sworn else ""), 409 if sworn else 422
    done = "Votre demande est envoyée." if action is Action.SUBMIT_REQUEST else "Vos compléments sont envoyés."
    flash(f"{done} Vous recevrez un courriel à chaque étape.", "success")
    return redirect(url_for("candidate.show", number=number))


def page(mine: Own, **told: Any) -> str:
    """The page of sending, with what became of the last try."""
    candidacy = mine.candidacy
    action = _ACTION[mine.facts.step]
    refusal = next((o.refusal for o in offers(mine.facts, mine.actor, now()) if o.action is action), None)
    form, found = candidacy.request, sections.problems(mine)
    asked = [one for one in review.whole(reading(), candidacy, theirs=True).asked if not one.item.closed]
    return render_template(
        "candidate/send.html",
        **mine.frame(),
        action=action.value,
        problems=found,
        addresses=sections.addresses(mine.number, found),
        refusal=refusal,
        target=sections.target(mine),
        sections=[(label("section", key), rows) for key, rows in answers.by_section(form, candidacy.person.email)],
        held=answers.held_blocks(form, mine.facts.held),
        experiences=[
            {
                "title": line.get("job") or "Emploi non renseigné",
                "period": answers.period(line),
                "rows": answers.line_rows(line),
                "activities": line.get("activities"),
            }
            for line in form.get("experiences") or []
        ],
        hours=answers.hours_told(form, clocks.civil_date(now())),
        pieces=[
            (answers.piece_title(form, piece.kind, piece.about), piece.evidence)
            for piece in queries.pieces(reading(), candidacy.id)
        ],
        items=[(one, supplement.fingerprint(one.item.answer)) for one in asked],
        most=services().settings.max_file_bytes,
        **{"errors": {}, "typed": {}, "stale": "", "refused": "", "outcome": None, **told},
    )
