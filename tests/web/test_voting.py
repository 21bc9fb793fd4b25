"""Votes on each one's own screen: secret to everyone else, counted by college, a tie to the president and only then."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, text

from tests.support.builders import World
from tests.support.client import Page, PageClient
from tests.web.test_sessions import EVERY_POINT, at_the_table, signed_in, step_of
from vae_portal.persistence.tables import BlockDecision, VoteBox
from workflows.vocabulary import Step

VOTERS = ("jury-employeurs", "jury-employeurs2", "jury-salaries", "jury-salaries2")


class Table:
    """A candidacy before its open jury, each person at their own browser."""

    def __init__(self, world: World, client: PageClient) -> None:
        self.world, self.client = world, client
        self.browsers: dict[str, PageClient] = {}
        self.number, self.row = at_the_table(world, self.browser("secretaire"))
        self.address = f"/candidatures/{self.number}/jury"

    def browser(self, local: str) -> PageClient:
        """Somebody's own browser."""
        if local not in self.browsers:
            self.browsers[local] = signed_in(self.world, self.client, local)
        return self.browsers[local]

    def page(self, local: str) -> Page:
        """The jury's page as somebody sees it."""
        return self.browser(local).get(self.address)

    def press(self, local: str, button: str) -> Page:
        """Presses a button of that page, and reads what follows."""
        return self.browser(local).follow(self.page(local).submit(button))

    def vote(self, **choices: str) -> None:
        """Each of these people votes on BC3."""
        for local, choice in choices.items():
            self.press(local.replace("_", "-"), f"{choice} : BC3")

    def check(self) -> None:
        """The secretary ticks every point of conformity."""
        self.page("secretaire").submit("Constater la conformité", EVERY_POINT)

    def decided(self, **more: str) -> Page:
        """What the president is shown to confirm, or why not: BC1 and BC2 by accord, BC3 as the page says."""
        page = self.page("jury-employeurs")
        keys = [t["name"].removeprefix("way_") for t in page.soup.select('input[name^="way_"][value="acquired"]')]
        typed = {f"way_{key}": "acquired" for key in keys}
        third = next(t["name"] for t in page.soup.select('input[type="hidden"][name^="way_"]')).removeprefix("way_")
        typed |= {f"{name}_{third}": value for name, value in more.items()}
        return page.submit("Relire la décision avant de prononcer", typed, expect=(200, 409))


@pytest.fixture
def table(world: World, client: PageClient) -> Table:
    return Table(world, client)


ALL_FOR = dict.fromkeys(("jury_employeurs", "jury_employeurs2", "jury_salaries", "jury_salaries2"), "Pour")


def test_each_votes_on_their_own_screen_and_the_sums_decide(world: World, table: Table) -> None:
    assert "Votre vote" not in table.page("jury-salaries").text
    page = table.press("secretaire", "Ouvrir le vote sur BC3")
    assert "0 vote sur 4 reçu" in page.text
    assert "N'ont pas encore voté : Ange Modèle, Sasha Prototype, Charlie Essai, Noa Patron." in page.text
    assert "Votre vote" not in page.text, "the secretary has no vote"
    table.vote(jury_employeurs="Pour", jury_employeurs2="Pour", jury_salaries="Contre")
    own = table.page("jury-salaries")
    assert "Vous avez voté : contre" in own.text
    assert "reçus" not in own.text
    page = table.page("secretaire")
    assert "3 votes sur 4 reçus" in page.text
    assert "N'ont pas encore voté : Noa Patron." in page.text
    early = {"session_revision": _seen(page), "block": "BC3", "csrf_token": _token(page)}
    table.browser("secretaire").post(f"{table.address}/vote/decompte", early)
    assert "n'ont pas encore voté Noa Patron" in table.page("secretaire").text
    table.vote(jury_salaries="Pour", jury_salaries2="Abstention")  # one changes their mind, one comes late
    done = table.press("jury-employeurs", "Compter les voix sur BC3")
    assert "Employeurs 2 pour, 0 contre, 0 abstention ; salariés 1 pour, 0 contre, 1 abstention" in done.text
    table.check()
    confirm = table.decided(employers_for="0", employers_against="2", employees_against="2")
    assert "Prononcer : BC1, BC2 et BC3 acquis" in confirm.text, "what is typed beside a counted box counts for nothing"
    confirm.submit("Prononcer : BC1, BC2 et BC3 acquis")
    assert step_of(world, table.number) == Step.CERTIFIED
    with world.services.database.reading() as session:
        kept = session.scalars(select(BlockDecision).where(BlockDecision.box_id.is_not(None))).one()
        assert (kept.employers_for, kept.employees_for, kept.employees_abstained) == (2, 1, 1)
        assert kept.president_decided is False


def _token(page: Page) -> str:
    return str(page.soup.select_one('input[name="csrf_token"]')["value"])


def _seen(page: Page) -> str:
    return str(page.soup.select_one('input[name="session_revision"]')["value"])


def test_a_tie_is_the_presidents_and_only_a_tie(world: World, table: Table) -> None:
    table.check()
    table.press("secretaire", "Ouvrir le vote sur BC3")
    table.vote(
        jury_employeurs="Abstention", jury_employeurs2="Pour", jury_salaries="Contre", jury_salaries2="Abstention"
    )
    page = table.press("secretaire", "Compter les voix sur BC3")
    assert "La personne qui préside s'est abstenue : abandonnez ce vote et votez de nouveau." in page.text
    assert "abandonnez ce vote et votez de nouveau" in table.decided().text
    assert "pas de vote ouvert" in table.press("secretaire", "Abandonner le vote sur BC3").text
    table.press("secretaire", "Ouvrir le vote sur BC3")
    table.vote(jury_employeurs="Contre", jury_employeurs2="Pour", jury_salaries="Contre", jury_salaries2="Pour")
    page = table.press("secretaire", "Compter les voix sur BC3")
    assert "partage, la voix du président décide" in page.text
    assert not [b for b in page.soup.find_all("button") if "Abandonner" in b.get_text()], "a vote that settles stays"
    confirm = table.decided(reason="La preuve manque.", chair="for")
    confirm.submit("Prononcer : BC1 et BC2 acquis, BC3 non acquis")
    assert step_of(world, table.number) == Step.PARTIALLY_VALIDATED
    with world.services.database.reading() as session:
        assert [b.given_up for b in session.scalars(select(VoteBox).order_by(VoteBox.id))] == [True, False]
        assert session.scalars(select(BlockDecision.president_decided).where(BlockDecision.box_id > 0)).one() is True


def test_who_leaves_during_a_vote_is_not_counted_and_the_page_says_so(world: World, table: Table) -> None:
    table.check()
    table.press("secretaire", "Ouvrir le vote sur BC3")
    table.vote(jury_employeurs="Pour", jury_employeurs2="Contre", jury_salaries="Contre")
    people = world.cast.people
    for local in ("jury-employeurs2", "jury-salaries"):
        table.page("secretaire").submit("Noter le retrait", {"person_id": people[local], "reason": "Lien"})
    page = table.page("secretaire")
    assert "1 vote sur 2 reçu" in page.text
    assert "2 bulletins ne sont pas comptés" in page.text
    refused = table.browser("jury-salaries")
    assert "Votre vote" not in table.page("jury-salaries").text
    told = {"block": "BC3", "choice": "for", "csrf_token": _token(table.page("jury-salaries"))}
    assert "siègent avec voix" in refused.follow(refused.post(f"{table.address}/vote/voix", told)).text
    table.vote(jury_salaries2="Pour")
    page = table.press("secretaire", "Compter les voix sur BC3")
    assert "Employeurs 1 pour, 0 contre, 0 abstention ; salariés 1 pour" in page.text
    for name in ("Sasha Prototype", "Charlie Essai"):  # both come back: sums of other people would tell who voted how
        page = table.press("secretaire", f"Faire revenir {name}")
    assert "Qui vote a changé depuis" in page.text
    assert "pour, 0 contre" not in page.text
    assert "qui vote a changé depuis que les voix ont été comptées" in table.decided().text
    assert "pas de vote ouvert" in table.press("secretaire", "Abandonner le vote sur BC3").text


@pytest.mark.parametrize("local", ["secretaire", "auditeur", "candidat", "admin"])
def test_who_does_not_vote_casts_no_ballot(world: World, table: Table, local: str) -> None:
    table.press("secretaire", "Ouvrir le vote sur BC3")
    browser = table.browser(local)
    token = _token(
        browser.get("/compte" if local in ("candidat", "admin") else table.address, expect=(200, 404), check=False)
    )
    told = {"block": "BC3", "choice": "for", "csrf_token": token}
    browser.post(f"{table.address}/vote/voix", told, expect=(302, 403, 404), check=False)
    with world.services.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM ballot")).scalar_one() == 0


WATCHERS = ("secretaire", "jury-employeurs", "jury-employeurs2", "auditeur", "admin", "candidat")


def test_nobodys_choice_is_told_to_anyone(world: World, table: Table) -> None:
    """Two juries alike in all but who of two people voted for and who against: nobody else sees any difference."""
    table.check()
    table.press("secretaire", "Ouvrir le vote sur BC3")
    for local in (*VOTERS, *WATCHERS):
        table.browser(local)
    assert world.kept is not None
    before, seen = world.kept.rows(), []
    for first, second in (("Pour", "Contre"), ("Contre", "Pour")):
        world.kept.put_back(before)
        table.vote(jury_employeurs="Pour", jury_employeurs2="Pour", jury_salaries=first, jury_salaries2=second)
        shown = [_all_shown(table)]
        table.press("secretaire", "Compter les voix sur BC3")
        shown.append(_all_shown(table))
        table.decided().submit("Prononcer : BC1, BC2 et BC3 acquis")
        seen.append([*shown, _all_shown(table)])
    assert len(seen[0][0]) > 20, "pages were read"
    for one, other in zip(*seen, strict=True):
        assert one.keys() == other.keys()
        assert {path for path in one if one[path] != other[path]} == set()


def _all_shown(table: Table) -> dict[str, str]:
    """Every page that these people reach from the candidacy and its session, with the journal and the mails."""
    found: dict[str, str] = {}
    for local in WATCHERS:
        browser = table.browser(local)
        waiting = [table.address, f"/candidatures/{table.number}", f"/jurys/{table.row.id}", "/"]
        paths = set(waiting)
        for path in waiting:
            page = browser.get(path, expect=(200, 302, 404), check=False)
            found[f"{local} {path}"] = _without_tokens(page.response.get_data(as_text=True) if page.is_html else "")
            for link in page.soup.select("main a[href^='/']") if page.is_html and path != "/" else []:
                target = urlsplit(link["href"]).path
                if target not in paths and not target.startswith(("/static", "/preuves", "/documents")):
                    paths.add(target)
                    if path in (table.address, f"/jurys/{table.row.id}", f"/candidatures/{table.number}"):
                        waiting.append(target)
    with table.world.services.database.reading() as session:
        for name, wanted in (
            ("journal", "SELECT chain, event, actor_id, details FROM journal ORDER BY chain, seq"),
            ("mails", "SELECT recipient, template, subject, body FROM outbox_mail ORDER BY id"),
        ):
            found[name] = json.dumps([list(map(str, row)) for row in session.execute(text(wanted))])
    return found


def _without_tokens(page: str) -> str:
    page = re.sub(r"[\w-]{40,}\.[\w-]{6}\.[\w-]{27}", "", page)
    return re.sub(r'name="submission" value="[^"]*"', "", page)
