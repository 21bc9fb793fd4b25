"""Votes on each one's own screen: opened, given, counted, given up; all of it on the jury's page of a candidate."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import voting as acts
from vae_portal.errors import ActionRefused, InputRefused
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import services, stop_reading
from vae_portal.web.places import revision_of
from workflows.vocabulary import Choice, Right


def register(blueprint: Blueprint) -> None:
    """Adds these acts to the blueprint of the sessions."""
    for path, view in (("ouverture", open_vote), ("voix", cast), ("decompte", count), ("abandon", give_up_vote)):
        address = f"/candidatures/<number>/jury/vote/{path}"
        blueprint.add_url_rule(address, view.__name__, view, methods=["POST"])


@requires(Right.RUN_SESSION)
def open_vote(number: str) -> ResponseReturnValue:
    """Puts a block to the vote."""
    return _do(
        number, lambda block: acts.open_vote(services(), current_actor(), number, _seen(), block), "Le vote est ouvert."
    )


@requires(Right.RUN_SESSION)
def cast(number: str) -> ResponseReturnValue:
    """One's own vote."""
    choice = request.form.get("choice", "")
    if choice not in set(Choice):
        flash("Choisissez pour, contre ou abstention.", "error")
        return redirect(url_for("sessions.decide", number=number))
    return _do(
        number,
        lambda block: acts.cast(services(), current_actor(), number, block, Choice(choice)),
        "Votre vote est enregistré. Vous seul le voyez.",
    )


@requires(Right.RUN_SESSION)
def count(number: str) -> ResponseReturnValue:
    """Ends a vote and shows its sums."""
    return _do(
        number, lambda block: acts.count(services(), current_actor(), number, _seen(), block), "Les voix sont comptées."
    )


@requires(Right.RUN_SESSION)
def give_up_vote(number: str) -> ResponseReturnValue:
    """Ends a vote without a result."""
    return _do(
        number,
        lambda block: acts.give_up_vote(services(), current_actor(), number, _seen(), block),
        "Le vote est abandonné.",
    )


def _seen() -> int:
    return revision_of(request.form.get("session_revision"))


def _do(number: str, act: Callable[[str], None], done: str) -> ResponseReturnValue:
    """What is refused is said on the page, which shows how things stand now."""
    stop_reading()
    try:
        act(request.form.get("block", "")[:20])
        flash(done, "success")
    except (ActionRefused, InputRefused) as fault:
        flash(str(fault), "error")
    return redirect(url_for("sessions.decide", number=number))
