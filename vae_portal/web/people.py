"""The staff of a centre: who does what, invitations, closed accounts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectMultipleField, widgets

from vae_portal.actions import team
from vae_portal.actions.posts import Post, fingerprint, post_of, role_codes
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence.queries import accounts as queries
from vae_portal.web.access import current_actor, current_person, requires
from vae_portal.web.context import now, reading, services
from vae_portal.web.forms import PortalForm, line, options
from vae_portal.web.presentation import label
from workflows.vocabulary import GIVEN_BY_A_CENTRE, College, Right

blueprint = Blueprint("people", __name__, url_prefix="/equipe")


class PostForm(PortalForm):
    """What someone does in the centre."""

    roles = SelectMultipleField(
        "Rôles",
        choices=options((role.value, label("role", role.value)) for role in GIVEN_BY_A_CENTRE),
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
        validate_choice=False,
    )
    college = RadioField(
        "Collège du jury",
        choices=options((college.value, label("college", college.value)) for college in College),
        validate_choice=False,
        description="Pour un membre du jury seulement.",
    )
    union_name = line(
        "Organisation syndicale",
        description="Pour un membre du jury du collège salariés : celle qui le désigne.",
    )

    def post(self) -> Post:
        """What was chosen; unknown codes are left out."""
        college = next((one for one in College if one.value == self.college.data), None)
        return Post(role_codes(self.roles.data or ()), college, self.union_name.data or "")


class InvitationForm(PostForm):
    """Whom to invite, and to do what."""

    email = line("Adresse électronique", "Indiquez l'adresse de la personne à inviter.", most=254)


class RolesForm(PostForm):
    """What someone does; `seen` is the fingerprint of what the page showed."""

    seen = HiddenField()


@blueprint.get("", endpoint="team")
@requires(Right.MANAGE_PEOPLE)
def team_page() -> ResponseReturnValue:
    """Everyone who works in the centre, and the invitations that wait."""
    return _team(InvitationForm(formdata=None))


@blueprint.post("/invitations")
@requires(Right.MANAGE_PEOPLE)
def invite() -> ResponseReturnValue:
    """Sends someone a personal link."""
    form = InvitationForm()
    if not form.validate_on_submit():
        return _team(form)
    post = form.post()
    try:
        team.invite(services(), current_actor(), form.email.data, post, role_words(post.codes))
    except InputRefused as fault:
        form.refuse(fault)
        return _team(form)
    flash("L'invitation est partie. Le lien vaut quatorze jours et ne sert qu'une fois.", "success")
    return redirect(url_for("people.team"))


@blueprint.post("/invitations/<int:invitation_id>/renvoyer")
@requires(Right.MANAGE_PEOPLE)
def invite_again(invitation_id: int) -> ResponseReturnValue:
    """Sends a new link in place of the former one."""
    found = next(
        (one for one in queries.open_invitations(reading(), current_person().centre_id) if one.id == invitation_id),
        None,
    )
    if found is None:
        raise NotVisible("Cette invitation n'existe plus : elle a été acceptée ou annulée.")
    team.invite_again(services(), current_actor(), invitation_id, role_words(found.roles))
    flash("Un nouveau lien est parti ; l'ancien ne vaut plus.", "success")
    return redirect(url_for("people.team"))


@blueprint.post("/invitations/<int:invitation_id>/annuler")
@requires(Right.MANAGE_PEOPLE)
def withdraw_invitation(invitation_id: int) -> ResponseReturnValue:
    """Ends an invitation."""
    team.withdraw_invitation(services(), current_actor(), invitation_id)
    flash("L'invitation est annulée : son lien ne vaut plus.", "success")
    return redirect(url_for("people.team"))


@blueprint.get("/<int:person_id>")
@requires(Right.MANAGE_PEOPLE)
def member(person_id: int) -> ResponseReturnValue:
    """One of the staff, and what they do."""
    return _member(person_id, None)


@blueprint.post("/<int:person_id>/roles")
@requires(Right.MANAGE_PEOPLE)
def change_roles(person_id: int) -> ResponseReturnValue:
    """Changes what someone does, at once."""
    form = RolesForm()
    if not form.validate_on_submit():
        return _member(person_id, form)
    try:
        team.give_roles(services(), current_actor(), person_id, form.post(), form.seen.data or "")
    except InputRefused as fault:
        form.refuse(fault)
        return _member(person_id, form)
    flash("Les rôles sont enregistrés. Ils valent dès maintenant.", "success")
    return redirect(url_for("people.member", person_id=person_id))


@blueprint.post("/<int:person_id>/desactiver")
@requires(Right.MANAGE_PEOPLE)
def disable(person_id: int) -> ResponseReturnValue:
    """Closes an account."""
    team.disable(services(), current_actor(), person_id)
    flash("Le compte est désactivé et ses sessions sont terminées.", "success")
    return redirect(url_for("people.member", person_id=person_id))


@blueprint.post("/<int:person_id>/reactiver")
@requires(Right.MANAGE_PEOPLE)
def enable(person_id: int) -> ResponseReturnValue:
    """Opens a closed account again."""
    team.enable(services(), current_actor(), person_id)
    flash("Le compte est de nouveau ouvert.", "success")
    return redirect(url_for("people.member", person_id=person_id))


def role_words(codes: list[str]) -> str:
    """Roles in French, in the order of the portal."""
    return ", ".join(label("role", role.value) for role in GIVEN_BY_A_CENTRE if role.value in codes)


def _team(form: InvitationForm) -> ResponseReturnValue:
    viewer = current_person()
    people = [
        {"person": person, "roles": role_words(post_of(person).codes)}
        for person in queries.staff(reading(), viewer.centre_id)
    ]
    invitations = [
        {"invitation": one, "roles": role_words(one.roles), "expired": one.expires_at <= now()}
        for one in queries.open_invitations(reading(), viewer.centre_id)
    ]
    page = render_template("people/team.html", viewer=viewer, people=people, invitations=invitations, form=form)
    return page, 422 if form.errors else 200


def _member(person_id: int, form: RolesForm | None) -> ResponseReturnValue:
    person = queries.staff_member(reading(), current_person().centre_id, person_id)
    if person is None:
        raise NotVisible("Cette personne n'existe pas, ou n'est pas de votre centre.")
    post = post_of(person)
    shown = form or RolesForm(
        formdata=None,
        roles=post.codes,
        college=post.college.value if post.college else None,
        union_name=post.union_name,
        seen=fingerprint(post),
    )
    page = render_template(
        "people/member.html",
        person=person,
        roles=role_words(post.codes),
        form=shown,
        own=person.id == current_person().id,
    )
    return page, 422 if form and form.errors else 200
