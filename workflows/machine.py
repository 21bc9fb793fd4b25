"""Applies the table: the only importer of `transitions`; one machine per decision, never shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from transitions import Machine

from workflows.facts import Actor, Facts, Given
from workflows.vocabulary import Action, Right, Role, Step
from workflows.who_may_do_what import RIGHTS, RULES, TABLE, Guard, Rule

NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What follows: the step it leads to (the same one when it stays) and the row that says what leaves the house."""

    step: Step
    rule: Rule

    def letters(self) -> tuple[str, ...]:
        """Kinds of documents to issue for this outcome."""
        return tuple(letter.kind for letter in self.rule.letters if letter.when in (None, self.step))

    def amendable(self) -> tuple[str, ...]:
        """Those of them whose text may be changed before they leave."""
        return tuple(letter.kind for letter in self.rule.letters if letter.amendable)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, in a French sentence the person can act on; `hidden` when it is no business of theirs at all."""

    reason: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An action to show: with its reason when it cannot be done now."""

    action: Action
    refusal: str | None


class _Attempt:
    """The model of one machine: holds the first refusal, since `transitions` refuses in silence."""

    state: Step

    def __init__(self, rule: Rule, facts: Facts, actor: Actor, now: datetime, given: Given, guards: tuple[Guard, ...]):
        self.refusal = next((reason for guard in guards if (reason := guard(facts, actor, now, given))), None)
        self._destination = rule.leads(facts, given) if rule.leads and not self.refusal else None

    def passes(self, destination: Step) -> bool:
        """Whether the rule's guards hold and, among several outcomes, this is the one."""
        return self.refusal is None and self._destination in (None, destination)


def decide(facts: Facts, action: Action, actor: Actor, now: datetime, given: Given = NOTHING) -> Allowed | Refused:
    """What follows when this actor does this action now, or a refusal with its reason; `now` is an aware instant."""
    rule = RULES[action]
    if refusal := _not_theirs(rule.by, facts, actor) or _wrong_step(rule, facts):
        return refusal
    attempt = _Attempt(rule, facts, actor, now, given, rule.ready + rule.needs)
    if attempt.refusal:
        return Refused(attempt.refusal)
    machine = Machine(attempt, states=list(Step), initial=facts.step, auto_transitions=False, send_event=False)
    for destination in rule.to or (facts.step,):
        machine.add_transition(action.value, facts.step, destination, conditions=_condition(attempt, destination))
    if not machine.events[action.value].trigger(attempt):
        return Refused("Cette suite n'est pas prévue par la table des actions.")
    return Allowed(Step(attempt.state), rule)


def _condition(attempt: _Attempt, destination: Step) -> Callable[[], bool]:
    return lambda: attempt.passes(destination)


def offers(facts: Facts, actor: Actor, now: datetime) -> tuple[Offer, ...]:
    """The actions to show to this actor now, in the table's order, each with the reason when it must wait."""
    shown = []
    for rule in TABLE:
        if Role.CLOCK in rule.by or _not_theirs(rule.by, facts, actor) or _wrong_step(rule, facts):
            continue
        reasons = (guard(facts, actor, now, NOTHING) for guard in rule.ready)
        shown.append(Offer(rule.action, next((reason for reason in reasons if reason), None)))
    return tuple(shown)


def roles_for(facts: Facts, actor: Actor) -> frozenset[Role]:
    """Roles of the actor as regards this candidacy: the presidency of its session added, no staff role on one's own."""
    if actor.person_id is None:
        return actor.roles & {Role.CLOCK}
    if actor.person_id == facts.candidate_id:
        return actor.roles & {Role.CANDIDATE}
    roles = actor.roles - {Role.CANDIDATE, Role.JURY_PRESIDENT, Role.CLOCK}  # the last two no account can hold
    if actor.centre_id != facts.centre_id:
        return frozenset()
    seats = facts.session.seats if facts.session else ()
    if any(s.person_id == actor.person_id and (s.president or s.acting_president) for s in seats):
        roles |= {Role.JURY_PRESIDENT}
    return roles


def may(right: Right, actor: Actor, facts: Facts | None = None) -> bool:
    """Whether the actor holds a right, for one candidacy when its facts are given (parties: see queries)."""
    row = RIGHTS[right]
    roles = actor.roles if facts is None else roles_for(facts, actor)
    return bool(roles & set(row.by)) and (facts is None or not row.steps or facts.step in row.steps)


def _not_theirs(by: tuple[Role, ...], facts: Facts, actor: Actor) -> Refused | None:
    if roles_for(facts, actor) & set(by):
        return None
    return Refused("Cette action ne relève pas de votre rôle pour cette candidature.", hidden=True)


def _wrong_step(rule: Rule, facts: Facts) -> Refused | None:
    if facts.step in rule.steps:
        return None
    return Refused("Cette action n'est pas possible à l'étape où en est la candidature.", hidden=True)
