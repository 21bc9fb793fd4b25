"""What the text of the minutes says of each decision: who sat for it, votes by college, what was revoked."""

from __future__ import annotations

import json

from sqlalchemy import text

from tests.support.builders import World
from tests.support.client import PageClient
from tests.web.test_minutes import deeds_of, secretary
from tests.web.test_sessions import EVERY_POINT, at_the_table, pronounce
from vae_portal.actions.perform import perform
from vae_portal.persistence.tables import ConformityCheck, Recusal
from workflows.facts import BallotFacts, BlockDecisionFacts, Given
from workflows.vocabulary import Action, ConformityPoint, Decided, Ground, Role

__all__ = ["secretary"]


def test_a_decision_says_who_sat_for_it_when_that_is_not_the_session(world: World, secretary: PageClient) -> None:
    number, row = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    people = world.cast.people
    with world.services.database.writing() as session:
        for local, withholds in (("jury-salaries", True), ("jury-employeurs2", False)):
            session.add(
                Recusal(
                    session_id=row.id,
                    person_id=people[local],
                    candidacy_id=session.scalar(text("SELECT id FROM candidacy")),
                    withholds=withholds,
                    reason="un motif qui reste à eux",
                    recorded_at=world.clock(),
                )
            )
    pronounce(world, number)
    secretary.get(f"/jurys/{row.id}").submit("Clore la séance")
    (deed,) = deeds_of(world)
    told = json.loads(deed.content)
    assert {(r["full_name"], r["withholds"]) for r in told["recusals"]} == {
        ("Charlie Essai", True),
        ("Sasha Prototype", False),
    }
    assert "un motif" not in deed.content
    assert [line for line in told["candidates"][0]["sat"] if "Sasha" in line] == []
    assert [line for line in told["candidates"][0]["sat"] if "sans voix" in line and "Charlie" in line]


def test_a_decision_revoked_in_the_session_is_told_with_what_was_checked(world: World, secretary: PageClient) -> None:
    number, row = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    people = world.cast.people
    with world.services.database.writing() as session:
        enrolment = session.scalar(text("SELECT id FROM enrolment"))
        session.merge(
            ConformityCheck(
                enrolment_id=enrolment,
                point=ConformityPoint.JOINT_RULES.value,
                checked_by=people["secretaire"],
                checked_at=world.clock(),
            )
        )
    pronounce(world, number, "BC2")
    president = world.cast.actor("jury-employeurs", Role.JURY_MEMBER)
    told = Given(reason="Une pièce avait été lue à tort.", ground=Ground.ERROR_OF_LAW)
    perform(world.services, president, number, Action.REVOKE_DECISION, told)
    secretary.get(f"/jurys/{row.id}").submit("Clore la séance")
    (candidate,) = json.loads(deeds_of(world)[0].content)["candidates"]
    assert candidate["outcome"] == "Décision rapportée, sans nouvelle décision"
    assert "L'évaluation a suivi le dispositif paritaire" in [check["point"] for check in candidate["checks"]]
    (former,) = candidate["revoked"]
    assert former["reason"] == "Une pièce avait été lue à tort."
    assert former["outcome"].endswith("BC1 acquis, BC2 non acquis, BC3 acquis")


def test_votes_are_told_by_college_with_the_decisive_one(world: World, secretary: PageClient) -> None:
    number, row = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    president = world.cast.actor("jury-employeurs", Role.JURY_MEMBER)
    tied = BlockDecisionFacts(
        "BC2",
        Decided.VOTE,
        employers=BallotFacts(2, 0, 0),
        employees=BallotFacts(0, 2, 0),
        president_in_favour=True,
        reason="Après débat.",
    )
    others = [BlockDecisionFacts(code, Decided.CONSENSUS, True, reason="Accord.") for code in ("BC1", "BC3")]
    perform(world.services, president, number, Action.PRONOUNCE, Given(decisions=(tied, *others)))
    secretary.get(f"/jurys/{row.id}").submit("Clore la séance")
    (deed,) = deeds_of(world)
    block = json.loads(deed.content)["candidates"][0]["blocks"][1]
    assert (block["consensus"], block["casting_vote"], block["acquired"]) == (False, True, True)
    assert block["employees"] == {"in_favour": 0, "against": 2, "abstained": 0}
    page = secretary.get(f"/jurys/{row.id}/proces-verbal/{deed.number}")
    assert "voix prépondérante du président" in page.text
    assert "0 pour, 2 contre" in page.text
