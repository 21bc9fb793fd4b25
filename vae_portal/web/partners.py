"""The register of unions and employers' bodies that designate members of juries."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Email, Length, Optional

from vae_portal.actions import partners as acts
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence.queries import duties as queries
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.forms import PortalForm, line, options, stripped
from vae_portal.web.presentation import choices
from workflows.vocabulary import College, Right

blueprint = Blueprint("partners", __name__)


class PartnerForm(PortalForm):
    """An organisation and where to write to it."""

    college = RadioField("Collège", choices=options(choices("college")), validate_choice=False)
    name = line("Nom de l'organisation", "Indiquez le nom de l'organisation.")
    email = StringField(
        "Adresse électronique",
        [
            Optional(),
            Email("Écrivez une adresse comme prenom.nom@exemple.fr."),
            Length(max=254, message="Écrivez 254 caractères au plus."),
        ],
        filters=[stripped],
        description="Sans elle, les demandes partent par la poste et se notent à la main.",
    )
    address = TextAreaField(
        "Adresse postale", [Length(max=500, message="Écrivez 500 caractères au plus.")], filters=[stripped]
    )

    def given(self) -> acts.PartnerGiven | None:
        """What was written; None when a field is wrong, which then says so."""
        if not self.validate():
            return None
        if self.college.data not in set(College):
            self.college.errors = ["Choisissez le collège."]
            return None
        texts = (self.name.data or "", self.email.data or "", self.address.data or "")
        return acts.PartnerGiven(College(self.college.data), *texts)


@blueprint.route("/jurys/organisations", methods=["GET", "POST"])
@requires(Right.KEEP_PARTNERS)
def listing() -> ResponseReturnValue:
    """Every organisation of the centre, and a form for one more."""
    form = PartnerForm()
    if request.method == "POST" and (given := form.given()):
        stop_reading()
        try:
            acts.add(services(), current_actor(), given)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("L'organisation est ajoutée au registre.", "success")
            return redirect(url_for("partners.listing"))
    every = queries.partners(reading(), current_actor().centre_id)
    status = 200 if request.method == "GET" else 422
    return render_template("sessions/partners.html", form=form, partners=every), status


@blueprint.route("/jurys/organisations/<int:partner_id>", methods=["GET", "POST"])
@requires(Right.KEEP_PARTNERS)
def partner(partner_id: int) -> ResponseReturnValue:
    """One organisation: what it is called, where to write to it."""
    found = next((p for p in queries.partners(reading(), current_actor().centre_id) if p.id == partner_id), None)
    if found is None:
        raise NotVisible("Cette organisation n'existe pas, ou n'est pas de votre centre.")
    form = PartnerForm(obj=found if request.method == "GET" else None)
    if request.method == "POST" and (given := form.given()):
        stop_reading()
        try:
            acts.change(services(), current_actor(), partner_id, given)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("L'organisation est modifiée.", "success")
            return redirect(url_for("partners.listing"))
    status = 200 if request.method == "GET" else 422
    return render_template("sessions/partner.html", form=form, partner=found), status


@blueprint.post("/jurys/organisations/<int:partner_id>/retrait")
@requires(Right.KEEP_PARTNERS)
def retire(partner_id: int) -> ResponseReturnValue:
    """Written to no more, or again."""
    stop_reading()
    acts.retire(services(), current_actor(), partner_id, request.form.get("retired") == "1")
    flash("C'est enregistré.", "success")
    return redirect(url_for("partners.listing"))
