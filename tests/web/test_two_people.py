"""Two contradictory decisions sent together over two real connections: one wins, the other is told what happened."""

from __future__ import annotations

from threading import Barrier, Thread

from flask import Flask
from sqlalchemy import select

from tests.support.builders import World
from tests.support.client import Page, PageClient
from tests.support.team import PASSWORD, a_person
from vae_portal.persistence.tables import Candidacy, Document, JournalRow
from workflows.vocabulary import Action, Role, Step

REPEATS = 20
GAPS, REFUSAL = "Aucun écart, écrit par la première personne.", "Un motif « long » & précis, écrit par la seconde."


def press_together(pages: list[tuple[Page, str, dict[str, str]]]) -> list[Page]:
    """Sends every form at the same instant, each from its own thread and browser; the answers, in the same order."""
    barrier, answers = Barrier(len(pages)), dict[int, Page]()

    def press(rank: int, page: Page, url: str, typed: dict[str, str]) -> None:
        data = {**page.form(url).values, **typed}
        http = page.client.app.test_client()
        http._cookies = page.client.http._cookies  # the same browser, in this thread
        barrier.wait()
        answers[rank] = Page(page.client, http.post(url, data=data), [])

    threads = [Thread(target=press, args=(rank, *given)) for rank, given in enumerate(pages)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[rank] for rank in range(len(pages))]


def test_one_decision_wins_and_the_other_learns_of_it(world: World, app: Flask) -> None:
    browsers = []
    for _ in range(2):
        person = a_person(world.services, Role.ADVISOR, centre="UIMM Démonstration")
        browser = PageClient(app)
        browser.sign_in(person.email, PASSWORD)
        browsers.append(browser)
    won: list[str] = []
    for repeat in range(REPEATS):
        story = world.candidacy(Step.ADMISSIBILITY_REVIEW, world.candidate(f"candidat.{repeat}"))
        story.acknowledge()
        decisions = (
            (Action.DECLARE_ADMISSIBLE, {f"opinions-{rank}-gaps": GAPS for rank in range(3)}, Step.DOSSIER_PREPARATION),
            (Action.DECLARE_INADMISSIBLE, {"reason": REFUSAL}, Step.INADMISSIBLE),
        )
        urls = [f"/candidatures/{story.number}/faire/{action.value}" for action, _, _ in decisions]
        forms = [browser.get(url) for browser, url in zip(browsers, urls, strict=True)]
        letters = [forms[n].submit(urls[n], decisions[n][1], expect=200) for n in (0, 1)]
        answers = press_together([(letters[n], urls[n], {"do": "send"}) for n in (0, 1)])
        assert sorted(answer.status for answer in answers) == [302, 409]
        winner = [answer.status for answer in answers].index(302)
        loser = 1 - winner
        told = answers[loser]
        assert told.heading == "Quelqu'un a agi entre-temps"
        assert ("Déclarée recevable", "Déclarée non recevable")[winner] in told.text
        assert (GAPS, REFUSAL)[loser] in told.soup.select_one("textarea").get_text()
        with world.services.database.reading() as session:
            row = session.scalars(select(Candidacy).where(Candidacy.number == story.number)).one()
            chain = select(JournalRow.event).where(JournalRow.chain == f"candidacy:{row.id}")
            decided = [e for e in session.scalars(chain) if e.startswith("declare_")]
            letters = session.scalars(select(Document.kind).where(Document.candidacy_id == row.id)).all()
        assert row.step == decisions[winner][2].value
        assert decided == [decisions[winner][0].value]
        assert ("admissible" in letters, "inadmissible" in letters) == (winner == 0, winner == 1)
        won.append(decided[0])
    assert len(won) == REPEATS
