"""The minutes of a session: the draft, each deed as it was fixed, its signatures, its signed sheet, its corrections."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storage.checks import AllowedType, type_of
from storage.errors import FileRefused, StreamCut
from vae_portal.actions import minutes as acts
from vae_portal.actions import minutes_signing, viewing
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import juries, minutes
from vae_portal.web import files, minutes_view, uploads
from vae_portal.web.access import current_actor, reads_its_own_body, require_token, requires
from vae_portal.web.commission_forms import SignatureForm
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.minutes_forms import CorrectionForm
from workflows.vocabulary import Right, SessionState

blueprint = Blueprint("minutes", __name__)
_NO_FILE = "Choisissez le fichier de la feuille signée, puis envoyez-le."
_TOO_BIG = "Ce fichier est trop gros : 25 Mo au plus."
_ROUND_BYTES = 64 * 1024  # of the form around the file


@blueprint.get("/jurys/<int:id>/proces-verbal")
@requires(Right.SEE_SESSIONS)
def show(id: int) -> ResponseReturnValue:  # noqa: A002 - the name that the address gives it
    """The draft before closing, then the first deed."""
    row = juries.visible_session(reading(), current_actor(), id)
    if row.state == SessionState.CLOSED:
        return redirect(url_for("minutes.deed", id=id, number=row.minutes_number))
    return render_template("sessions/minutes_draft.html", **minutes_view.draft(row))


@blueprint.get("/jurys/<int:id>/proces-verbal/<number>")
@requires(Right.SEE_SESSIONS)
def deed(id: int, number: str) -> str:  # noqa: A002
    """A deed, from its own text."""
    return _page(id, number)


def _page(session_id: int, number: str, error: str = "") -> str:
    row, found = minutes.deed(reading(), current_actor(), session_id, number)
    return render_template("sessions/minutes.html", error=error, **minutes_view.shown(row, found, current_actor()))


# Signing


@blueprint.get("/jurys/<int:id>/proces-verbal/signature")
@requires(Right.SIGN_MINUTES)
def first_to_sign(id: int) -> ResponseReturnValue:  # noqa: A002
    """The page where the minutes themselves are signed."""
    row = juries.visible_session(reading(), current_actor(), id)
    if row.minutes_number is None:
        raise NotVisible("Le procès-verbal se signe une fois la séance close.")
    return redirect(url_for("minutes.signature", id=id, number=row.minutes_number))


@blueprint.get("/jurys/<int:id>/proces-verbal/<number>/signature")
@requires(Right.SIGN_MINUTES)
def signature(id: int, number: str) -> str:  # noqa: A002
    """The whole text with its hash, and one's password again."""
    return _to_sign(id, number, SignatureForm(formdata=None))


@blueprint.post("/jurys/<int:id>/proces-verbal/<number>/signature")
@requires(Right.SIGN_MINUTES)
def sign(id: int, number: str) -> ResponseReturnValue:  # noqa: A002
    """Signs the text as it was read."""
    form, actor, status = SignatureForm(), current_actor(), 422
    if form.validate():
        stop_reading()
        try:
            network, seen = request.remote_addr or "", form.text_hash.data or ""
            minutes_signing.sign(services(), actor, id, number, seen, form.password.data, network)
            flash("Vous avez signé le procès-verbal.", "success")
            return redirect(url_for("minutes.deed", id=id, number=number))
        except InputRefused as fault:
            form.refuse(fault)
        except (ActionRefused, StaleForm) as fault:
            form.form_errors.append(str(fault))
            status = 409
    return _to_sign(id, number, form), status


def _to_sign(session_id: int, number: str, form: SignatureForm) -> str:
    actor = current_actor()
    row, found = minutes.deed(reading(), actor, session_id, number)
    form.text_hash.data = found.sha256
    return render_template("sessions/minutes_sign.html", form=form, **minutes_view.shown(row, found, actor))


# The signed sheet


@blueprint.post("/jurys/<int:id>/proces-verbal/<number>/exemplaires")
@requires(Right.RUN_SESSION)
@reads_its_own_body
def add_scan(id: int, number: str) -> ResponseReturnValue:  # noqa: A002
    """Keeps the scan of the sheet signed by hand, read as it comes."""
    require_token()
    actor, error = current_actor(), _NO_FILE
    stop_reading()
    try:
        if uploads.announced_bytes(request) > minutes_signing.MOST_BYTES + _ROUND_BYTES:
            raise InputRefused(_TOO_BIG)
        for part in uploads.parts(request):
            if isinstance(part, uploads.SentFile) and part.name.strip():
                minutes_signing.add_scan(services(), actor, id, number, part.name, part)
                flash("L'exemplaire signé est joint au procès-verbal.", "success")
                return redirect(url_for("minutes.deed", id=id, number=number))
    except (InputRefused, ActionRefused, FileRefused) as fault:
        error = str(fault)
    except (EOFError, StreamCut):
        error = "L'envoi a été interrompu : rien n'a été gardé. Recommencez."
    return _page(id, number, error), 422


@blueprint.get("/jurys/<int:id>/proces-verbal/<number>/exemplaires/<int:scan_id>")
@requires(Right.SEE_SESSIONS)
def scan(id: int, number: str, scan_id: int) -> ResponseReturnValue:  # noqa: A002
    """The scan as it was sent, with the headers of every stranger's file."""
    actor = current_actor()
    row, found = minutes.deed(reading(), actor, id, number)
    kept = next((one for one in minutes.scans(reading(), [found.id]) if one.id == scan_id), None)
    if kept is None:
        raise NotVisible("Ce fichier n'existe pas, ou ne vous est pas ouvert.")
    kind = type_of(kept.media_type) or AllowedType.PDF
    sendable = files.Sendable(kept.key, kept.size, kept.sha256, kept.media_type, kept.name, kind)
    centre_id = row.centre_id
    return files.answer(
        sendable, lambda _part: viewing.minutes_scan_read(services(), actor, centre_id, kept.id, number)
    )


# Corrections, and the sheet to sign


@blueprint.route("/jurys/<int:id>/proces-verbal/<number>/rectification", methods=["GET", "POST"])
@requires(Right.RUN_SESSION)
def correct(id: int, number: str) -> ResponseReturnValue:  # noqa: A002
    """A new deed says what to read in the place of what; the first stays as it was."""
    actor, form, status = current_actor(), CorrectionForm(), 200
    row, found = minutes.deed(reading(), actor, id, number)
    if not minutes_view.shown(row, found, actor)["runs"]:
        raise NotVisible("Seuls le secrétariat du jury et la personne qui préside corrigent un procès-verbal.")
    if form.is_submitted():
        status = 422
        if form.validate():
            stop_reading()
            try:
                lines = (form.lines.data or "").splitlines()
                made = acts.correct(services(), actor, id, number, form.reason.data or "", lines)
                flash(
                    f"Le procès-verbal rectificatif {made} est établi : les membres sont invités à le signer.",
                    "success",
                )
                return redirect(url_for("minutes.deed", id=id, number=made))
            except InputRefused as fault:
                form.refuse(fault)
        row, found = minutes.deed(reading(), actor, id, number)
    return render_template("sessions/minutes_correct.html", form=form, row=row, deed=found), status


@blueprint.post("/jurys/<int:id>/emargement")
@requires(Right.RUN_SESSION)
def sheet(id: int) -> ResponseReturnValue:  # noqa: A002
    """Owes the sheet that the members sign on paper."""
    actor = current_actor()
    stop_reading()
    try:
        acts.sheet(services(), actor, id)
        flash("La feuille d'émargement s'établit : elle se télécharge ici dans un instant.", "success")
    except ActionRefused as fault:
        flash(str(fault), "error")
    return redirect(url_for("sessions.show", id=id) + "#proces-verbal")
