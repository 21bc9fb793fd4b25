"""One candidate before the jury: the summary on one screen, who leaves, the decision block by block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import deliberation as acts
from vae_portal.actions import sessions as session_acts
from vae_portal.actions.perform import perform
from vae_portal.errors import ActionRefused, InputRefused, NotVisible
from vae_portal.persistence.queries import candidacies, commissions, juries, opinions
from vae_portal.persistence.queries import facts as facts_of
from vae_portal.web import deliberation_view, deliberation_words, voting, voting_view
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import now, reading, services, stop_reading
from vae_portal.web.offered import offered
from vae_portal.web.places import candidacy_page, dossier_page, revision_of, whole_number
from vae_portal.web.session_forms import DecisionForm, decision_form
from workflows import composition, machine, votes
from workflows.facts import BlockDecisionFacts, Facts, Given
from workflows.vocabulary import Action, ConformityPoint, Right, SessionState

_OTHERS = ("refer_back", "remove_from_jury", "revoke_decision")


def register(blueprint: Blueprint) -> None:
    """Adds these pages to the blueprint of the sessions."""
    address = "/candidatures/<number>/jury"
    blueprint.add_url_rule(address, "decide", decide, methods=["GET", "POST"])
    for path, view in (
        ("deport", recuse),
        ("retour", recall),
        ("presidence", acting),
        ("conformite", conformity),
        ("parite", mend_parity),
        ("voix", give_back),
    ):
        blueprint.add_url_rule(f"{address}/{path}", view.__name__, view, methods=["POST"])
    voting.register(blueprint)


@requires(Right.SEE_SESSIONS)
def decide(number: str) -> ResponseReturnValue:
    """What the jury looks at and, for who presides, what it pronounces."""
    candidacy, facts = _loaded(number)
    if facts.session is None:
        flash("Cette candidature n'est inscrite à aucune séance de jury.", "warning")
        return redirect(candidacy_page(number))
    ids = {b.code: b.id for b in candidacy.version.blocks}
    form = decision_form((b.code, ids[b.code]) for b in facts.blocks if b.code in facts.targeted)
    if request.method == "GET":
        return _shown(form, candidacy, facts)
    valid = form.validate()
    decisions = form.decisions()
    if not valid or decisions is None:
        return _shown(form, candidacy, facts), 422
    if "correct" in request.form:
        return _shown(form, candidacy, facts)
    if "confirmed" not in request.form:
        return _to_confirm(form, candidacy, facts, decisions)
    stop_reading()
    try:
        _pronounce(form, number, decisions)
    except (ActionRefused, InputRefused) as fault:
        form.form_errors.append(str(fault))
        return _shown(form, *_loaded(number)), 409
    flash("La décision est prononcée et inscrite au procès-verbal.", "success")
    return redirect(url_for("sessions.decide", number=number))


def _to_confirm(
    form: DecisionForm, candidacy: Any, facts: Facts, decisions: tuple[BlockDecisionFacts, ...]
) -> ResponseReturnValue:
    """What will be pronounced, in words, before it is: a decision cannot be edited."""
    verdicts = facts.interview.verdicts if facts.interview else ()
    counted = votes.from_boxes(facts.session, decisions) if facts.session else decisions
    given = Given(decisions=deliberation_view.with_proposals(counted, facts.blocks, verdicts))
    answer = machine.decide(facts, Action.PRONOUNCE, current_actor(), now(), given)
    if isinstance(answer, machine.Refused):
        form.form_errors.append(answer.reason)
        return _shown(form, candidacy, facts), 409
    return render_template(
        "sessions/confirm.html",
        form=form,
        candidacy=candidacy,
        outcome=answer.step.value,
        lines=deliberation_words.words(given.decisions),
        summary=deliberation_words.in_short(given.decisions),
        typed=[(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"],
    )


def _pronounce(form: DecisionForm, number: str, decisions: tuple[BlockDecisionFacts, ...]) -> None:
    actor, at = current_actor(), now()

    def given(session: Any, candidacy: Any) -> Given:
        acts.before_deciding(session, actor, candidacy, revision_of(form.session_revision.data), at)
        facts = facts_of.load(session, candidacy, at, services().scanning)
        verdicts = facts.interview.verdicts if facts.interview else ()
        counted = votes.from_boxes(facts.session, decisions) if facts.session else decisions
        return Given(decisions=deliberation_view.with_proposals(counted, facts.blocks, verdicts))

    perform(services(), actor, number, Action.PRONOUNCE, given, revision_of(form.revision.data))


def _loaded(number: str) -> tuple[Any, Facts]:
    actor = current_actor()
    candidacy = candidacies.by_number(reading(), actor, number)
    if not commissions.reads_assessment(reading(), actor, candidacy):
        raise NotVisible("Cette candidature n'existe pas, ou ne vous est pas ouverte.")
    return candidacy, facts_of.load(reading(), candidacy, now(), services().scanning)


def _shown(form: DecisionForm, candidacy: Any, facts: Facts) -> str:
    actor = current_actor()
    assert facts.session is not None  # noqa: S101 - whoever calls has looked
    row = juries.visible_session(reading(), actor, facts.session.session_id)
    if request.method == "GET":
        form.revision.data, form.session_revision.data = str(candidacy.revision), str(row.revision)
    choices = offered(facts, actor, now(), candidacy.number)
    pronounce = next((c for c in choices if c["code"] == Action.PRONOUNCE.value), None)
    runs = session_acts.may_run(row, actor) or _acts_as_president(facts, actor.person_id)
    return render_template(
        "sessions/decide.html",
        form=form,
        candidacy=candidacy,
        row=row,
        pronounce=pronounce,
        others=[{**c, "primary": False} for c in choices if c["code"] in _OTHERS],
        runs=runs and row.state != SessionState.CLOSED and bool(facts.session) and facts.step == "jury_scheduled",
        sits=any(s.person_id == actor.person_id for s in facts.session.seats),
        may_declare=machine.may(Right.DECLARE_INDEPENDENCE, actor, facts),
        me=actor.person_id,
        opinions=opinions.given(reading(), actor, candidacy, facts),
        candidacy_page=candidacy_page(candidacy.number),
        dossier_page=dossier_page(candidacy.number),
        **deliberation_view.shown(candidacy, facts, facts.session, row),
        **voting_view.shown(facts, actor, now()),
    )


def _acts_as_president(facts: Facts, person_id: int | None) -> bool:
    chair = composition.presiding(facts.session) if facts.session else None
    return chair is not None and chair.person_id == person_id


# Before the decision


@requires(Right.RUN_SESSION)
def recuse(number: str) -> ResponseReturnValue:
    """A member leaves for this candidate."""
    reason = request.form.get("reason", "")[:500]
    return _do(number, lambda seen: acts.recuse(services(), current_actor(), number, seen, _person(), reason))


@requires(Right.RUN_SESSION)
def recall(number: str) -> ResponseReturnValue:
    """A member comes back."""
    return _do(number, lambda seen: acts.recall(services(), current_actor(), number, seen, _person()))


@requires(Right.RUN_SESSION)
def mend_parity(number: str) -> ResponseReturnValue:
    """Who stays without voting for this candidate, so that parity holds."""
    return _do(number, lambda seen: acts.mend_parity(services(), current_actor(), number, seen))


@requires(Right.RUN_SESSION)
def give_back(number: str) -> ResponseReturnValue:
    """A member who stayed without voting votes again."""
    return _do(number, lambda seen: acts.give_back(services(), current_actor(), number, seen, _person()))


@requires(Right.RUN_SESSION)
def acting(number: str) -> ResponseReturnValue:
    """Who presides for this candidate."""
    named = _person() or None
    return _do(number, lambda seen: acts.name_acting_president(services(), current_actor(), number, seen, named))


@requires(Right.RUN_SESSION)
def conformity(number: str) -> ResponseReturnValue:
    """The points on which the jury finds that the evaluation followed the rules: those ticked, and no other."""
    points = frozenset(point for point in ConformityPoint if point in request.form.getlist("point"))
    return _do(number, lambda seen: acts.check_conformity(services(), current_actor(), number, seen, points))


def _person() -> int:
    return whole_number(request.form.get("person_id"), 0)


def _do(number: str, act: Callable[[int], None]) -> ResponseReturnValue:
    """What is refused is said on the page, which shows how things stand now."""
    stop_reading()
    try:
        act(revision_of(request.form.get("session_revision")))
        flash("C'est enregistré.", "success")
    except (ActionRefused, InputRefused) as fault:
        flash(str(fault), "error")
    return redirect(url_for("sessions.decide", number=number))
