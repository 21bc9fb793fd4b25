"""The views that someone saved of the worklist: named, renamed, forgotten."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import views
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import desk as around
from vae_portal.web import desk_address
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import reading, services
from vae_portal.web.desk import looking_at
from vae_portal.web.forms import PortalForm, line
from workflows.vocabulary import Right

blueprint = Blueprint("desk_views", __name__, url_prefix="/candidatures/vues")


class ViewForm(PortalForm):
    """What a view is called."""

    name = line("Nom de la vue", "Donnez un nom à cette vue.", views.LONGEST_NAME)


@blueprint.get("")
@requires(Right.SEE_WORKLIST)
def listing() -> ResponseReturnValue:
    """One's views, to rename or forget."""
    return _page()


@blueprint.post("")
@requires(Right.SEE_WORKLIST)
def save() -> ResponseReturnValue:
    """Names what the address of this form shows."""
    address = desk_address.read(request.args, looking_at())
    form = ViewForm()
    if form.validate_on_submit():
        try:
            views.save(services(), current_actor(), form.name.data, address.query)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash(f"La vue « {form.name.data} » est enregistrée : vous la retrouvez en haut de la liste.", "success")
            return redirect(address.url())
    return _page(form, address.url("desk_views.save")), 422


@blueprint.post("/<int:view_id>")
@requires(Right.SEE_WORKLIST)
def rename(view_id: int) -> ResponseReturnValue:
    """Gives a view another name."""
    form = ViewForm()
    if form.validate_on_submit():
        try:
            views.rename(services(), current_actor(), view_id, form.name.data)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("La vue est renommée.", "success")
            return redirect(url_for("desk_views.listing"))
    return _page(form, url_for("desk_views.rename", view_id=view_id)), 422


@blueprint.post("/<int:view_id>/supprimer")
@requires(Right.SEE_WORKLIST)
def delete(view_id: int) -> ResponseReturnValue:
    """Forgets a view."""
    views.delete(services(), current_actor(), view_id)
    flash("La vue est supprimée.", "success")
    return redirect(url_for("desk_views.listing"))


def _page(form: ViewForm | None = None, again: str = "") -> str:
    """`form` is what was refused, to be sent again to `again`."""
    saved = around.views(reading(), current_actor().person_id)
    return render_template("desk/views.html", views=saved, form=form, again=again)
