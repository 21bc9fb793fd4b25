"""What the steps of admissibility change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from sqlalchemy import update

from vae_portal.actions import convening
from vae_portal.actions.act import Act
from vae_portal.actions.letter_parts import law
from vae_portal.persistence.queries import hearings
from vae_portal.persistence.queries import review as reviews
from vae_portal.persistence.tables import SupplementItem
from workflows import clocks
from workflows.regimes import Matter
from workflows.vocabulary import Action


def submit(act: Act) -> None:
    """The request is sent: it becomes visible to the centre, counts in the civil year and keeps its regime."""
    act.candidacy.submitted_on = act.today
    act.candidacy.regime = act.facts.regime.value
    act.details["regime"] = act.facts.regime.value


def acknowledge(act: Act) -> None:
    """The request is complete on that day: the two months start (R6412-4)."""
    act.candidacy.acknowledged_on = act.today
    if act.candidacy.advisor_id is None:
        act.candidacy.advisor_id = act.actor.person_id
    act.details["acknowledged_on"] = act.today
    act.mail.update(completed_on=act.today, answer_due_on=clocks.answer_due(act.today))
    act.mail["article"] = law(act.candidacy)[Matter.ANSWER]


def ask_supplement(act: Act) -> None:
    """Exactly what was judged to replace or missing is asked for; an acknowledgement already given is void.

    The next acknowledgement starts two new months [choice].
    """
    act.candidacy.answering_since, act.candidacy.sent_request = act.now, dict(act.candidacy.request)
    act.details["clock_stopped"] = act.candidacy.acknowledged_on is not None
    act.candidacy.acknowledged_on = None
    for judged in reviews.to_ask(act.session, act.candidacy.id):
        item = SupplementItem(
            candidacy_id=act.candidacy.id,
            what=judged.what,
            why=judged.reason,
            asked_at=act.now,
            answer_by=act.given.answer_by,
        )
        act.session.add(item)
        act.session.flush()
        judged.item_id = item.id
    act.details["answer_by"] = act.given.answer_by
    act.mail["answer_by"] = act.given.answer_by


def complete(act: Act) -> None:
    """The answers go back to the advisor, with the request as it now is."""
    act.candidacy.answering_since = act.candidacy.sent_request = None
    act.session.execute(
        update(SupplementItem)
        .where(SupplementItem.candidacy_id == act.candidacy.id, ~SupplementItem.closed)
        .values(closed=True)
    )


def declare_admissible(act: Act) -> None:
    """Admissible: the six months of R6412-4 count from this notice."""
    act.candidacy.notified_on = act.today
    act.candidacy.candidate_stepped_on = None
    act.candidacy.advisor_id = act.actor.person_id
    act.candidacy.decision_text = {"opinions": [asdict(opinion) for opinion in act.given.opinions]}


def declare_inadmissible(act: Act) -> None:
    """Inadmissible: whoever refused does not study the appeal [choice]."""
    act.candidacy.refused_by = act.actor.person_id
    act.candidacy.decision_text = {"reason": act.given.reason.strip()}


def admit_tacitly(act: Act) -> None:
    """Silence is admission (R6412-4): the legal day counts, whatever the day the job ran."""
    since = act.facts.request.acknowledged_on
    if since is None:
        raise ValueError("the rule lets no unacknowledged request through")
    legal_day = clocks.silence_counts_from(since)
    act.candidacy.notified_on = legal_day
    act.candidacy.candidate_stepped_on = None
    act.candidacy.decision_text = {"tacit": True}
    act.details["admissible_since"] = legal_day
    act.mail["article"] = law(act.candidacy)[Matter.ANSWER]


def appeal(act: Act) -> None:
    """The appeal goes to another advisor; its own acknowledgement will open two months [choice]."""
    act.candidacy.appealed = True
    act.candidacy.acknowledged_on = None
    act.candidacy.advisor_id = None


def record_lapse(act: Act) -> None:
    """A person records the lapse: nothing but the step changes."""


def reinstate(act: Act) -> None:
    """Reinstated: six new months count from that day [choice]."""
    act.candidacy.notified_on = act.today
    act.candidacy.candidate_stepped_on = None


def withdraw(act: Act) -> None:
    """The candidate gives up: an interview in force is freed, in calendars too, everything stays on record."""
    interview = hearings.in_force(act.session, act.candidacy.id)
    if interview is not None:
        convening.release(act, interview)
        interview.live = False
        interview.ended = "withdrawn"
    convening.close_offers(act.session, act.candidacy.id, act.now)
    for row in reviews.identity_files(act.session, act.candidacy.id):  # nobody will verify it any more
        row.removed_at = row.removed_at or act.now


CHANGES: dict[Action, Callable[[Act], None]] = {
    Action.SUBMIT_REQUEST: submit,
    Action.ACKNOWLEDGE_REQUEST: acknowledge,
    Action.ASK_SUPPLEMENT: ask_supplement,
    Action.COMPLETE_REQUEST: complete,
    Action.DECLARE_ADMISSIBLE: declare_admissible,
    Action.DECLARE_INADMISSIBLE: declare_inadmissible,
    Action.ADMIT_TACITLY: admit_tacitly,
    Action.APPEAL: appeal,
    Action.RECORD_LAPSE: record_lapse,
    Action.REINSTATE: reinstate,
    Action.WITHDRAW: withdraw,
}
