"""The centre's rooms: add, change, retire, close for a while."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField
from wtforms.validators import Length, Regexp

from vae_portal.actions import rooms
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence.queries import rooms as queries
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.forms import PortalForm, Required, line, options, stripped
from vae_portal.web.moments import NO_SUCH_HOUR, Day, Hour, instant
from vae_portal.web.presentation import choices
from workflows.vocabulary import Right, RoomKind

blueprint = Blueprint("rooms", __name__)
_A_DAY, _AN_HOUR = "Indiquez un jour, par exemple 18/03/2026.", "Indiquez une heure, par exemple 14:00."


class RoomForm(PortalForm):
    """A room where people meet, or a video room."""

    kind = RadioField("Où se tient l'entretien ?", choices=options(choices("room_kind")), validate_choice=False)
    name = line("Nom de la salle", "Donnez un nom à cette salle.", most=80)
    address = line("Adresse", most=110, description="Pour une salle. Étage, rue, ville : elle est dans la convocation.")
    video_link = StringField(
        "Lien de visioconférence",
        [
            Length(max=500, message="Écrivez 500 caractères au plus."),
            Regexp(r"^$|^https://\S+$", message="Copiez l'adresse entière, qui commence par https://."),
        ],
        filters=[stripped],
        description="Pour une visioconférence. Il est dans la convocation.",
    )

    def given(self) -> rooms.RoomGiven | None:
        """What was written; None when a field is wrong, which then says so."""
        if not self.validate():
            return None
        if self.kind.data not in set(RoomKind):
            self.kind.errors = ["Choisissez : une salle, ou une visioconférence."]
            return None
        texts = (self.name.data or "", self.address.data or "", self.video_link.data or "")
        return rooms.RoomGiven(RoomKind(self.kind.data), *texts)


class ClosureForm(PortalForm):
    """From a day and hour to another."""

    closed_from = Day("Fermée à partir du", _A_DAY, validators=[Required(_A_DAY)])
    closed_at = Hour("à", _AN_HOUR, validators=[Required(_AN_HOUR)])
    closed_to = Day("Rouverte le", _A_DAY, validators=[Required(_A_DAY)])
    open_at = Hour("à", _AN_HOUR, validators=[Required(_AN_HOUR)])
    reason = line("Pourquoi", most=200)

    def given(self) -> tuple[datetime, datetime] | None:
        """Start and end; None when a field is wrong, which then says so."""
        if not self.validate():
            return None
        bounds = []
        for day, hour in ((self.closed_from, self.closed_at), (self.closed_to, self.open_at)):
            moment = instant(day.data, hour.data) if day.data and hour.data else None
            if moment is None:
                hour.errors = [*hour.errors, NO_SUCH_HOUR]
                return None
            bounds.append(moment)
        return bounds[0], bounds[1]


@blueprint.route("/entretiens/salles", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def listing() -> ResponseReturnValue:
    """Every room of the centre, and a form for one more."""
    form = RoomForm()
    if request.method == "POST" and (given := form.given()):
        stop_reading()
        try:
            rooms.add(services(), current_actor(), given)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("La salle est ajoutée.", "success")
            return redirect(url_for("rooms.listing"))
    if request.method == "GET":
        form.kind.data = RoomKind.ROOM.value
    every = queries.of_centre(reading(), current_actor().centre_id, now())
    return render_template("planning/rooms.html", form=form, rooms=every), 200 if request.method == "GET" else 422


@blueprint.route("/entretiens/salles/<int:room_id>", methods=["GET", "POST"])
@requires(Right.PLAN_INTERVIEWS)
def room(room_id: int) -> ResponseReturnValue:
    """One room: what it is called, where it is, when it is closed."""
    form, found = RoomForm(), _found(room_id)
    if request.method == "GET":
        form.kind.data, form.name.data = found.kind.value, found.name
        form.address.data, form.video_link.data = found.address, found.video_link
        return _page(found, form, ClosureForm(formdata=None, prefix="f-"))
    if given := form.given():
        stop_reading()
        try:
            rooms.change(services(), current_actor(), room_id, given)
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("C'est enregistré.", "success")
            return redirect(url_for("rooms.listing"))
    return _page(_found(room_id), form, ClosureForm(formdata=None, prefix="f-")), 422


@blueprint.post("/entretiens/salles/<int:room_id>/service")
@requires(Right.PLAN_INTERVIEWS)
def retire(room_id: int) -> ResponseReturnValue:
    """Takes a room out of service, or puts it back."""
    retired = request.form.get("retired") == "1"
    rooms.retire(services(), current_actor(), room_id, retired)
    told = "La salle n'est plus proposée. Ce qui y est réservé reste." if retired else "La salle est remise en service."
    flash(told, "success")
    return redirect(url_for("rooms.listing"))


@blueprint.post("/entretiens/salles/<int:room_id>/fermetures")
@requires(Right.PLAN_INTERVIEWS)
def close(room_id: int) -> ResponseReturnValue:
    """Notes that a room is closed for a while."""
    form, found = ClosureForm(prefix="f-"), _found(room_id)
    if given := form.given():
        stop_reading()
        try:
            rooms.close(services(), current_actor(), room_id, *given, form.reason.data or "")
        except InputRefused as fault:
            form.refuse(fault)
        else:
            flash("La fermeture est notée.", "success")
            return redirect(url_for("rooms.room", room_id=room_id))
    whole = RoomForm(formdata=None)
    whole.kind.data, whole.name.data = found.kind.value, found.name
    whole.address.data, whole.video_link.data = found.address, found.video_link
    return _page(found, whole, form), 422


@blueprint.post("/entretiens/salles/<int:room_id>/fermetures/<int:closure_id>/lever")
@requires(Right.PLAN_INTERVIEWS)
def reopen(room_id: int, closure_id: int) -> ResponseReturnValue:
    """Takes a closure back."""
    rooms.reopen(services(), current_actor(), closure_id)
    flash("La fermeture est levée.", "success")
    return redirect(url_for("rooms.room", room_id=room_id))


def _found(room_id: int) -> queries.RoomView:
    every = queries.of_centre(reading(), current_actor().centre_id, now())
    found = next((one for one in every if one.id == room_id), None)
    if found is None:
        raise NotVisible("Cette salle n'existe pas, ou n'est pas de votre centre.")
    return found


def _page(found: queries.RoomView, form: RoomForm, closure: ClosureForm) -> str:
    return render_template("planning/room.html", room=found, form=form, closure=closure)
