"""One's own account: opening it, signing in and out, passwords."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from vae_portal.actions import accounts, links, team
from vae_portal.actions.accounts import Registration
from vae_portal.actions.links import Purpose
from vae_portal.errors import InputRefused
from vae_portal.persistence.queries import accounts as queries
from vae_portal.persistence.queries.accounts import Viewer
from vae_portal.web import navigation
from vae_portal.web.access import Account, current_person, local_path, public, signed_in, signed_in_person
from vae_portal.web.accounts_forms import (
    ChangePasswordForm,
    EmailForm,
    MailsForm,
    NameForm,
    NewcomerForm,
    NewPasswordForm,
    ProofForm,
    RegisterForm,
    SignInForm,
)
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.forms import PortalForm, options
from workflows.vocabulary import MessageMails

blueprint = Blueprint("accounts", __name__)


def network() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


# Opening an account


@blueprint.route("/inscription", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """A candidate opens an account."""
    form = RegisterForm()
    centres = queries.centres(reading())
    stop_reading()
    form.centre_id.choices = options([("", "Choisissez dans la liste"), *((str(key), name) for key, name in centres)])
    if form.validate_on_submit():
        given = Registration(
            form.email.data, form.password.data, form.given_names.data, form.family_name.data, int(form.centre_id.data)
        )
        try:
            accounts.register(services(), given, network())
            return redirect(url_for("accounts.check_mail"))
        except InputRefused as fault:
            form.refuse(fault)
    return _shown("register", form)


@blueprint.get("/inscription/verifiez")
@public
def check_mail() -> str:
    """What to do once the form is sent: the same page whatever the address."""
    return render_template("accounts/check_mail.html")


@blueprint.get("/verification/<token>")
@public
def verification(token: str) -> ResponseReturnValue:
    """A button, since mail readers open links by themselves."""
    alive = links.read(services(), Purpose.VERIFY, token) is not None
    return render_template("accounts/verify.html", token=token, alive=alive), 200 if alive else 404


@blueprint.post("/verification/<token>")
@public
def verify(token: str) -> ResponseReturnValue:
    """Confirms the address."""
    try:
        accounts.verify_address(services(), token)
    except InputRefused:
        return render_template("accounts/verify.html", token=token, alive=False), 404
    flash("Votre adresse est vérifiée. Connectez-vous pour commencer.", "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/invitation/<secret>", methods=["GET", "POST"])
@public
def invitation(secret: str) -> ResponseReturnValue:
    """Someone invited opens their account, or adds the roles to the one they have."""
    found = team.invitation_of(services(), reading(), secret)
    if found is None:
        return render_template("accounts/dead_invitation.html"), 404
    known = accounts.by_address(reading(), found.email)
    told = {
        "known": known is not None,
        "roles": sorted(found.roles),
        "email": found.email,
        "centre_name": queries.centre_name(reading(), found.centre_id),
    }
    form = ProofForm() if known else NewcomerForm()
    stop_reading()
    if form.validate_on_submit():
        names = () if known else (form.given_names.data, form.family_name.data)
        try:
            team.accept(services(), secret, network(), form.password.data, *names)
            flash("Votre accès est ouvert. Connectez-vous.", "success")
            return redirect(url_for("accounts.sign_in"))
        except InputRefused as fault:
            form.refuse(fault)
    return _shown("invitation", form, **told)


# Signing in and out


@blueprint.route("/connexion", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Opens a session, then leads to the page that was asked for."""
    person = signed_in_person()
    back = local_path(request.values.get("suite", ""))
    if person is not None and request.method == "GET":
        return redirect(back or navigation.first_page(person))
    stop_reading()
    form = SignInForm()
    if form.validate_on_submit():
        try:
            person = accounts.sign_in(services(), form.email.data, form.password.data, network())
        except InputRefused as fault:
            form.refuse(fault)
        else:
            _open_session(person)
            return redirect(back or navigation.first_page(person))
    return _shown("sign_in", form, suite=back)


@blueprint.post("/deconnexion")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Ends the session."""
    logout_user()
    session.clear()
    flash("Vous êtes déconnecté.", "success")
    return redirect(url_for("public.home"))


def _open_session(person: Viewer) -> None:
    """A session of its own: nothing of what the browser held before is kept."""
    session.clear()
    session.permanent = True
    login_user(Account(person))


# Passwords


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Asks for a link to choose a new password."""
    form = EmailForm()
    if form.validate_on_submit():
        accounts.ask_reset(services(), form.email.data, network())
        return redirect(url_for("accounts.reset_asked"))
    return _shown("forgotten", form)


@blueprint.get("/mot-de-passe-oublie/verifiez")
@public
def reset_asked() -> str:
    """What to do next: the same page whatever the address."""
    return render_template("accounts/reset_asked.html")


@blueprint.route("/mot-de-passe/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Chooses a new password with the link received."""
    alive = accounts.reset_link(services(), reading(), token) is not None
    stop_reading()
    if not alive:
        return render_template("accounts/dead_link.html"), 404
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            accounts.reset_password(services(), token, form.password.data)
            flash("Votre mot de passe est changé. Connectez-vous avec le nouveau.", "success")
            return redirect(url_for("accounts.sign_in"))
        except InputRefused as fault:
            form.refuse(fault)
    return _shown("reset", form)


# The account


@blueprint.get("/compte")
@signed_in
def account() -> ResponseReturnValue:
    """One's own name, roles and password."""
    return _account()


@blueprint.post("/compte/nom")
@signed_in
def rename() -> ResponseReturnValue:
    """Corrects one's own name."""
    person, form = current_person(), NameForm()
    if not form.validate_on_submit():
        return _account(name_form=form)
    accounts.rename(services(), person.id, form.given_names.data, form.family_name.data, form.seen.data or "")
    flash("Votre nom est enregistré.", "success")
    return redirect(url_for("accounts.account"))


@blueprint.post("/compte/mot-de-passe")
@signed_in
def change_password() -> ResponseReturnValue:
    """Changes one's own password; this session goes on, the others end."""
    person, form = current_person(), ChangePasswordForm()
    if form.validate_on_submit():
        try:
            renewed = accounts.change_password(services(), person.id, form.current.data, form.password.data, network())
        except InputRefused as fault:
            form.refuse(fault)
        else:
            _open_session(renewed)
            flash("Votre mot de passe est changé. Vos autres sessions sont terminées.", "success")
            return redirect(url_for("accounts.account"))
    return _account(password_form=form)


@blueprint.post("/compte/courriels")
@signed_in
def choose_mails() -> ResponseReturnValue:
    """Chooses when one is mailed that messages wait."""
    form = MailsForm()
    if not form.validate_on_submit():
        return _account(mails_form=form)
    accounts.choose_mails(services(), current_person().id, MessageMails(form.message_mails.data))
    flash("Votre choix est enregistré.", "success")
    return redirect(url_for("accounts.account"))


def _account(**sent: PortalForm) -> ResponseReturnValue:
    """The page, with the form that was sent if something in it is wrong."""
    person = current_person()
    names = {"given_names": person.given_names, "family_name": person.family_name, "seen": person.full_name}
    forms = {
        "name_form": NameForm(formdata=None, **names),
        "password_form": ChangePasswordForm(formdata=None),
        "mails_form": MailsForm(formdata=None, message_mails=person.message_mails.value),
        **sent,
    }
    page = render_template(
        "accounts/account.html",
        person=person,
        roles=sorted(person.roles),
        hours=services().settings.session_hours,
        **forms,
    )
    return page, 422 if any(form.errors for form in sent.values()) else 200


def _shown(name: str, form: PortalForm, **context: object) -> ResponseReturnValue:
    """The form's page; 422 when something in it is wrong."""
    return render_template(f"accounts/{name}.html", form=form, **context), 422 if form.errors else 200
