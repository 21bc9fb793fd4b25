"""Deposits: every targeted capability shown by a situation with a usable file, and no file in doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.cases import CAPABILITIES, FULL_GIFT, NOW, a_situation, an_actor, favourable_facts
from workflows.dossier import Cover, coverage, covers
from workflows.facts import DossierFacts, EvidenceFacts, SituationFacts
from workflows.machine import Allowed, Refused, decide
from workflows.vocabulary import Action, EvidenceState, Role, Shown, Step

WHOLE = a_situation("Tout", *CAPABILITIES)
BARE = SituationFacts("Sans preuve", frozenset(CAPABILITIES), ())
USABLE, NOT_SCANNED = EvidenceState.USABLE, EvidenceState.NOT_SCANNED


@pytest.mark.parametrize("step", [Step.DOSSIER_PREPARATION, Step.DOSSIER_INCOMPLETE])
@pytest.mark.parametrize(
    ("situations", "targeted", "words"),
    [
        ((WHOLE,), {"BC1", "BC2", "BC3"}, []),
        ((), {"BC3"}, ["il manque une situation pour C7, C8."]),
        ((BARE,), {"BC3"}, ["il manque une preuve pour C7, C8."]),
        ((a_situation("Un", "C7"),), {"BC3"}, ["il manque une situation pour C8."]),
        ((a_situation("Un", "C7"), a_situation("Deux", "C8")), {"BC3"}, []),
        ((a_situation("Un", "C7"), SituationFacts("Nu", frozenset({"C8"}), ())), {"BC3"}, ["une preuve pour C8"]),
        ((BARE, a_situation("Un", "C7", "C8")), {"BC3"}, []),
        ((a_situation("Un", "C1", "C2"),), {"BC1", "BC3"}, ["situation pour C3, C7, C8"]),
    ],
)
def test_coverage(step: Step, situations: tuple[SituationFacts, ...], targeted: set[str], words: list[str]) -> None:
    facts = replace(favourable_facts(step), targeted=frozenset(targeted), dossier=DossierFacts(situations))
    answer = decide(facts, Action.DEPOSIT_DOSSIER, an_actor(Role.CANDIDATE), NOW, FULL_GIFT)
    assert isinstance(answer, Refused if words else Allowed), answer
    for word in words:
        assert isinstance(answer, Refused)
        assert word in answer.reason


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize(
    ("state", "scanning", "words"),
    [
        (EvidenceState.USABLE, True, None),
        (EvidenceState.USABLE, False, None),
        (EvidenceState.NOT_SCANNED, False, None),
        (EvidenceState.NOT_SCANNED, True, "« Doute.pdf » n'est pas encore passé à l'antivirus."),
        (EvidenceState.RECEIVING, False, "« Doute.pdf » est encore en cours d'envoi."),
        (EvidenceState.CHECKING, True, "« Doute.pdf » est encore en vérification."),
        (EvidenceState.REFUSED, False, "« Doute.pdf » a été refusé : remplacez-le ou retirez-le."),
        (EvidenceState.INFECTED, True, "« Doute.pdf » est infecté : retirez-le."),
    ],
)
def test_one_file_in_doubt_stops_a_deposit(
    linked: bool, state: EvidenceState, scanning: bool, words: str | None
) -> None:
    file = EvidenceFacts("Doute.pdf", state)
    extra = (SituationFacts("Autre", frozenset(), (file,)),) if linked else ()
    dossier = DossierFacts((WHOLE, *extra), () if linked else (file,), scanning)
    facts = replace(favourable_facts(Step.DOSSIER_PREPARATION), dossier=dossier)
    answer = decide(facts, Action.DEPOSIT_DOSSIER, an_actor(Role.CANDIDATE), NOW, FULL_GIFT)
    assert (answer.reason if isinstance(answer, Refused) else None) == words


@pytest.mark.parametrize("state", EvidenceState)
@pytest.mark.parametrize("scanning", [True, False])
def test_only_usable_files_back_a_capability(state: EvidenceState, scanning: bool) -> None:
    situation = a_situation("Audit", "C7", state=state)
    facts = replace(
        favourable_facts(Step.DOSSIER_PREPARATION),
        targeted=frozenset({"BC3"}),
        dossier=DossierFacts((situation,), scanning=scanning),
    )
    counts = int(state is USABLE or (state is NOT_SCANNED and not scanning))
    assert coverage(facts) == (Cover("C7", ("Audit",), counts, counts), Cover("C8", (), 0))
    assert [row.covered for row in coverage(facts)] == [bool(counts), False]


ONE, TWO = (EvidenceFacts("preuve.pdf", USABLE, number) for number in (1, 2))


def telling(*evidence: EvidenceFacts, pointed: bool = False) -> SituationFacts:
    """A situation that shows C7 with these files."""
    return SituationFacts("Audit", frozenset({"C7"}), evidence, frozenset({"C7"} if pointed else ()))


@pytest.mark.parametrize(
    ("situations", "shown"),
    [
        ((), Shown.TO_DESCRIBE),
        ((telling(),), Shown.TO_PROVE),
        ((telling(EvidenceFacts("preuve.pdf", EvidenceState.CHECKING)),), Shown.TO_PROVE),
        ((telling(ONE),), Shown.THIN),  # a single file
        ((telling(ONE, pointed=True),), Shown.THIN),
        ((telling(ONE, TWO),), Shown.THIN),  # a single situation, and nobody says where to look
        ((telling(ONE, TWO), telling()), Shown.THIN),  # the other situation proves nothing
        ((telling(ONE), telling(ONE)), Shown.THIN),  # the same file twice
        ((telling(ONE, TWO, pointed=True),), Shown.COVERED),
        ((telling(ONE), telling(TWO)), Shown.COVERED),
    ],
)
def test_how_well_a_capability_is_shown(situations: tuple[SituationFacts, ...], shown: Shown) -> None:
    (cover,) = covers(["C7"], DossierFacts(situations))
    assert cover.shown is shown
    assert cover.covered is (shown in (Shown.COVERED, Shown.THIN))


@pytest.mark.parametrize("named", [(), (("C1", ""),), ((" ", "flou"),)])
def test_a_return_says_on_what_and_why(named: tuple[tuple[str, str], ...]) -> None:
    facts = favourable_facts(Step.DOSSIER_REVIEW)
    given = replace(FULL_GIFT, named=named)
    assert isinstance(decide(facts, Action.RETURN_DOSSIER, an_actor(Role.ADVISOR), NOW, given), Refused)
