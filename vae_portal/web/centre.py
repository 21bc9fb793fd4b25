"""Certifications and their openings, and how the centre is reached."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from vae_portal.actions import openings, referential
from vae_portal.actions.openings import CentreDetails
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence.queries import referential as queries
from vae_portal.web.access import current_actor, requires
from vae_portal.web.act_forms import text
from vae_portal.web.context import now, reading, services
from vae_portal.web.forms import PortalForm, Required, line
from vae_portal.web.moments import Day
from vae_portal.web.presentation import label, plural, short_day
from workflows import clocks, versions
from workflows.machine import may
from workflows.vocabulary import Right

blueprint = Blueprint("centre", __name__)

MOST_NOTICE_DAYS = 90  # the database says so too


class OpeningForm(PortalForm):
    """Until when, and on what ground."""

    until = Day(
        "Dernier jour où une nouvelle demande est reçue",
        "Indiquez une date, jour, mois et année.",
        validators=[InputRequired("Indiquez jusqu'à quel jour la certification est ouverte.")],
    )
    ground = text(
        "Fondement de la décision",
        "Indiquez sur quoi se fonde la décision.",
        description="Par exemple : demandes reçues avant la fin de l'enregistrement, renouvellement en cours.",
        render_kw={"rows": 4},
    )


class ClosingForm(PortalForm):
    """Why an opening ends before its term."""

    reason = text(
        "Pourquoi l'ouverture prend fin",
        "Indiquez pourquoi l'ouverture prend fin : les candidats le liront.",
        render_kw={"rows": 3},
    )


class CentreForm(PortalForm):
    """How the centre is reached."""

    name = line("Nom du centre", "Indiquez le nom du centre.")
    address = text("Adresse postale", most=500, render_kw={"rows": 3})
    phone = line("Téléphone", most=40)
    email = line("Adresse électronique", most=254)
    notice_days = IntegerField(
        "Délai de convocation à l'entretien, en jours",
        [
            Required("Indiquez un nombre de jours."),
            NumberRange(0, MOST_NOTICE_DAYS, message=f"Indiquez un nombre entre 0 et {MOST_NOTICE_DAYS}."),
        ],
        description="Un entretien ne peut pas être planifié plus tôt. Quinze jours d'habitude.",
    )
    version = HiddenField()


@blueprint.get("/certifications")
@requires(Right.SEE_WORKLIST)
def certifications() -> str:
    """Every version, whether it is open, and by which decision."""
    lines = queries.versions(reading(), current_actor())
    manages = may(Right.MANAGE_CERTIFICATIONS, current_actor())
    waiting = queries.proposals(reading(), current_actor()) if manages else []
    today = clocks.civil_date(now())
    return render_template("centre/certifications.html", lines=lines, today=today, manages=manages, proposals=waiting)


@blueprint.get("/certifications/<int:version_id>")
@requires(Right.SEE_WORKLIST)
def certification(version_id: int) -> str:
    """Blocks, capabilities and opening decisions of a version."""
    return _certification(version_id, OpeningForm())


@blueprint.get("/certifications/<int:version_id>/comparer/<int:other_id>")
@requires(Right.SEE_WORKLIST)
def compare(version_id: int, other_id: int) -> str:
    """Two versions of one certification side by side, the earlier one first."""
    both = [queries.version(reading(), key) for key in (version_id, other_id)]
    before, after = sorted(both, key=lambda one: (one.registered_from or date.min, one.id))
    if before.certification_id != after.certification_id or before.id == after.id:
        raise NotVisible("Ces deux versions ne se comparent pas : choisissez-en deux de la même certification.")
    running = {row.id: count for row, count in queries.versions_of(reading(), current_actor(), before.certification_id)}
    pairs = versions.compared(_items(before), _items(after))
    facts = [(name, told, _facts(after)[name]) for name, told in _facts(before).items()]
    return render_template(
        "centre/compare.html",
        before=before,
        after=after,
        running=running,
        pairs=pairs,
        facts=facts,
        words=versions.words,
        changes=sum(one != other for _, one, other in facts)
        + sum(pair.difference is not versions.Difference.SAME for block in pairs for pair in (block, *block.inside)),
    )


def _facts(version: Any) -> dict[str, str]:
    """What a version says beside its blocks, in words."""
    start, end, months = version.registered_from, version.registered_until, version.block_validity_months
    alone = version.capability_validity_months
    return {
        "Enregistrée à partir du": short_day(start) if start else "non précisé",
        "Enregistrée jusqu'au": short_day(end) if end else "sans fin connue",
        "Accessible par la VAE": "oui" if version.open_to_vae else "non",
        "Présidence du jury": label("president_college", version.president_college),
        "Validité des blocs acquis": plural(months, "mois", "mois") if months else "illimitée",
        "Validité d'une compétence seule": plural(alone, "mois", "mois") if alone else "illimitée",
    }


def _items(version: Any) -> list[versions.Item]:
    return [
        versions.Item(b.code, b.title, tuple(versions.Item(c.code, c.title) for c in b.capabilities))
        for b in version.blocks
    ]


@blueprint.post("/certifications/<int:version_id>/ouvertures")
@requires(Right.MANAGE_CERTIFICATIONS)
def open_certification(version_id: int) -> ResponseReturnValue:
    """Records an opening decision."""
    form = OpeningForm()
    if not form.validate():
        return _certification(version_id, form), 422
    until, ground = form.until.data, form.ground.data
    assert until is not None  # noqa: S101 - the form asks for it
    try:
        openings.open_certification(services(), current_actor(), version_id, until, ground)
    except InputRefused as fault:
        form.refuse(fault)
        return _certification(version_id, form), 422
    flash("La décision est enregistrée.", "success")
    return redirect(url_for("centre.certification", version_id=version_id))


@blueprint.post("/certifications/<int:version_id>/fermeture")
@requires(Right.MANAGE_CERTIFICATIONS)
def close_certification(version_id: int) -> ResponseReturnValue:
    """Ends the opening in force before its term."""
    form = ClosingForm()
    if not form.validate():
        return _certification(version_id, OpeningForm(formdata=None), form), 422
    openings.close_certification(services(), current_actor(), version_id, form.reason.data)
    flash("L'ouverture a pris fin : aucune nouvelle demande n'est reçue à ce titre.", "success")
    return redirect(url_for("centre.certification", version_id=version_id))


def _certification(version_id: int, form: OpeningForm, closing: ClosingForm | None = None) -> str:
    version = queries.version(reading(), version_id)
    recorded = queries.openings(reading(), current_actor(), version_id)
    today = clocks.civil_date(now())
    line_ = queries.VersionLine(version, recorded[0] if recorded else None)
    manages = may(Right.MANAGE_CERTIFICATIONS, current_actor())
    in_force = bool(recorded) and recorded[0].until >= today
    return render_template(
        "centre/certification.html",
        version=version,
        openings=recorded,
        others=queries.versions_of(reading(), current_actor(), version.certification_id),
        is_open=line_.open_on(today),
        today=today,
        fiche=referential.fiche(version.certification.rncp, version.label),
        form=form if manages else None,
        closing=(closing or ClosingForm(formdata=None)) if manages and in_force else None,
    )


@blueprint.route("/centre", methods=["GET", "POST"])
@requires(Right.MANAGE_CERTIFICATIONS)
def edit() -> ResponseReturnValue:
    """Name, address, telephone, e-mail and notice of interviews."""
    shown = openings.details_of(queries.centre(reading(), current_actor()))
    form = CentreForm(obj=shown)
    if request.method == "GET":
        form.version.data = shown.fingerprint
        return render_template("centre/edit.html", form=form)
    if not form.validate():
        return render_template("centre/edit.html", form=form), 422
    given = CentreDetails(
        form.name.data, form.address.data or "", form.phone.data or "", form.email.data or "", form.notice_days.data
    )
    try:
        openings.change_centre(services(), current_actor(), given, form.version.data or "")
    except InputRefused as fault:
        form.refuse(fault)
        return render_template("centre/edit.html", form=form), 422
    flash("Les coordonnées du centre sont enregistrées.", "success")
    return redirect(url_for("centre.edit"))
