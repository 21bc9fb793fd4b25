"""Every code has its French: `templates/labels.yaml` names each member of each family, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from templates import words
from workflows import request_form
from workflows.differences import TEXTS, Change, Mark
from workflows.steps import STEPS
from workflows.vocabulary import (
    Action,
    College,
    Decided,
    EvidenceState,
    MessageMails,
    Phase,
    Recipient,
    Role,
    SessionState,
    Shown,
    Step,
)
from workflows.who_may_do_what import RESULTS

CLOCKS = tuple({row.clock.delay.name for row in STEPS.values() if row.clock})
FAMILIES: dict[str, Iterable[str]] = {
    "phase": Phase,
    **dict.fromkeys(("step", "step_kind", "todo", "next_title", "next_text"), Step),
    "role": Role,
    "ball": {row.ball for row in STEPS.values() if row.ball},
    **dict.fromkeys(("due", "due_to_candidate"), CLOCKS),
    **dict.fromkeys(("action", "done", "done_icon", "explain"), Action),
    "recipient": Recipient,
    "college": College,
    "outcome": RESULTS,
    "session_state": SessionState,
    "decided": Decided,
    **dict.fromkeys(("evidence_state", "evidence_kind", "evidence_icon"), EvidenceState),
    **dict.fromkeys(("shown", "shown_kind", "shown_icon"), Shown),
    "change": Change,
    "message_mails": MessageMails,
    "file_mark": Mark,
    **dict.fromkeys(("situation_text", "situation_said"), TEXTS),
    "answer": request_form.FIELDS,
    **request_form.CODES,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_of_a_family_has_its_words(family: str) -> None:
    assert words.families()[family] == {str(code) for code in FAMILIES[family]}


def test_a_code_without_words_is_a_fault() -> None:
    with pytest.raises(LookupError, match="step nowhere"):
        words.label("step", "nowhere")
