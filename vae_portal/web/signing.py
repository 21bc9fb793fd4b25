"""The text of an assessment as it is signed and sealed: read whole, then signed with one's password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import assessment_text, assessments
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import commissions, hearings
from vae_portal.web.access import current_actor, requires
from vae_portal.web.commission_forms import SignatureForm
from vae_portal.web.common_text import loaded
from vae_portal.web.context import now, reading, services, stop_reading
from workflows import interview as rules
from workflows import machine
from workflows.facts import Facts
from workflows.vocabulary import Right

blueprint = Blueprint("signing", __name__)
_CHECKS = (rules.of_that_commission, *assessments.COMPLETE)


@blueprint.get("/candidatures/<number>/evaluation/signature")
@requires(Right.READ_ASSESSMENT)
def text(number: str) -> ResponseReturnValue:
    """The whole text, as it will be sealed."""
    candidacy, facts = loaded(number)
    return _page(candidacy, facts, SignatureForm(formdata=None))


@blueprint.post("/candidatures/<number>/evaluation/signature")
@requires(Right.SIGN_ASSESSMENT)
def sign(number: str) -> ResponseReturnValue:
    """Signs the text as it was read."""
    form = SignatureForm()
    actor = current_actor()
    if form.validate():
        stop_reading()
        try:
            network = request.remote_addr or ""
            assessments.sign(services(), actor, number, form.text_hash.data or "", form.password.data, network)
            flash("Vous avez signé l'évaluation.", "success")
            return redirect(url_for("commission.grid", number=number))
        except InputRefused as fault:
            form.refuse(fault)
        except (ActionRefused, StaleForm) as fault:
            form.form_errors.append(str(fault))
    candidacy, facts = loaded(number)
    return _page(candidacy, facts, form), 422


def _page(candidacy: Any, facts: Facts, form: SignatureForm) -> str:
    interview = hearings.in_force(reading(), candidacy.id)
    if interview is None or not interview.text_hash:
        raise NotVisible("Aucun texte n'est encore écrit pour cette évaluation.")
    actor, written = current_actor(), assessment_text.as_read(reading(), candidacy, interview)
    form.text_hash.data = interview.text_hash
    given = commissions.signatures(reading(), interview)
    signed = any(s.stands and s.person_id == actor.person_id for s in given)
    mine = machine.may(Right.SIGN_ASSESSMENT, actor, facts)
    reasons = (check(facts, actor, now(), machine.NOTHING) for check in _CHECKS)
    return render_template(
        "commission/sign.html",
        candidacy=candidacy,
        interview=interview,
        text=written,
        blocks=[
            {"code": b.code, "title": b.title, "rows": rows}
            for b in candidacy.version.blocks
            if (rows := [row for row in written["capabilities"] if row["block"] == b.code])
        ],
        sound=assessment_text.hash_of(written) == interview.text_hash,
        form=form,
        signatures=given,
        signed=signed,
        why_not=next((reason for reason in reasons if reason), "") if mine and not signed else "",
        may_sign=mine and not signed,
    )
