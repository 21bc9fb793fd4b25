"""Every code has its French: `templates/labels.yaml` names each member of each family, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from templates import words
from vae_portal.actions.batches import Batch
from vae_portal.persistence.queries.convocations import Watch
from vae_portal.persistence.queries.habits import PARTS_OF_FRANCE
from vae_portal.persistence.queries.worklist import Order, When
from vae_portal.persistence.queries.worklist_lines import Badge
from vae_portal.web.desk_address import Column
from vae_portal.web.week_views import BY_DAY, BY_EVALUATOR, BY_ROOM
from workflows import request_form, request_pieces
from workflows.assessment import Agreement
from workflows.composition import EITHER_COLLEGE
from workflows.differences import TEXTS, Change, Mark
from workflows.duties import DutyState
from workflows.opinion import Asked
from workflows.plans import Obstacle
from workflows.regimes import Regime
from workflows.slots import Against
from workflows.steps import STEPS, clock_of
from workflows.vocabulary import (
    Action,
    AwardState,
    CalendarMeans,
    Choice,
    College,
    ConformityPoint,
    Convened,
    ConvocationAnswer,
    Decided,
    Duty,
    EvidenceState,
    FraudEnd,
    Ground,
    MessageMails,
    OpinionLevel,
    OwnVerdict,
    Phase,
    PieceVerdict,
    Recipient,
    Role,
    RoomKind,
    SessionState,
    Shown,
    Step,
)
from workflows.who_may_do_what import RESULTS

CLOCKS = tuple({clock.delay.name for step in Step for regime in Regime if (clock := clock_of(step, regime))})
FAMILIES: dict[str, Iterable[str]] = {
    "obstacle": Obstacle,
    "against": Against,
    "phase": Phase,
    **dict.fromkeys(("step", "step_kind", "todo", "next_title", "next_text"), Step),
    "role": Role,
    "ball": {row.ball for row in STEPS.values() if row.ball},
    **dict.fromkeys(("due", "due_to_candidate"), CLOCKS),
    **dict.fromkeys(("action", "done", "done_icon", "explain"), Action),
    "regime": Regime,
    "recipient": Recipient,
    "called_as": Convened,
    "convocation_answer": ConvocationAnswer,
    "convocation_watch": Watch,
    **dict.fromkeys(("opinion_level", "opinion_level_kind"), OpinionLevel),
    **dict.fromkeys(("opinion_asked", "opinion_asked_kind"), Asked),
    "college": College,
    "president_college": (College.EMPLOYERS, EITHER_COLLEGE),
    **dict.fromkeys(("piece_verdict", "piece_verdict_kind", "piece_verdict_icon"), PieceVerdict),
    "outcome": RESULTS,
    "session_state": SessionState,
    "duty": Duty,
    **dict.fromkeys(("duty_state", "duty_state_kind"), DutyState),
    "decided": Decided,
    "fraud_end": FraudEnd,
    **dict.fromkeys(("award_state", "award_state_kind"), AwardState),
    "choice": Choice,
    "conformity_point": ConformityPoint,
    "ground": Ground,
    "own_verdict": OwnVerdict,
    **dict.fromkeys(("agreement", "agreement_kind", "agreement_icon"), Agreement),
    **dict.fromkeys(("evidence_state", "evidence_kind", "evidence_icon"), EvidenceState),
    **dict.fromkeys(("shown", "shown_kind", "shown_icon"), Shown),
    "change": Change,
    "message_mails": MessageMails,
    "file_mark": Mark,
    "room_kind": RoomKind,
    "week_view": (BY_DAY, BY_ROOM, BY_EVALUATOR),
    "calendar_means": CalendarMeans,
    "part_of_france": PARTS_OF_FRANCE,
    "desk_order": Order,
    "desk_due": When,
    "desk_badge": Badge,
    "desk_badge_icon": [badge for badge in Badge if badge is not Badge.FRESH],
    "desk_column": Column,
    "desk_batch": Batch,
    **dict.fromkeys(("situation_text", "situation_said"), TEXTS),
    "answer": request_form.FIELDS,
    "experience": request_form.EXPERIENCE_FIELDS,
    "held": request_form.HELD_FIELDS,
    "section": request_form.Section,
    "piece": request_pieces.PIECES,
    **request_form.CODES,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_of_a_family_has_its_words(family: str) -> None:
    assert words.families()[family] == {str(code) for code in FAMILIES[family]}


def test_a_code_without_words_is_a_fault() -> None:
    with pytest.raises(LookupError, match="step nowhere"):
        words.label("step", "nowhere")
