"""Situations saved as typed: one version for ten minutes, none lost, two tabs never overwriting each other."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.builders import World
from tests.support.client import Page
from tests.support.dossier import Dossier
from vae_portal.actions.services import Services
from vae_portal.actions.situations import LONGEST_TEXT, UNTITLED
from vae_portal.actions.versions import GOES_ON
from vae_portal.persistence.tables import Situation, SituationVersion


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    return Dossier(app, services, world)


def typed(dossier: Dossier, key: int | None = None, revision: int = 0, expect: int = 200, **texts: Any) -> Any:
    """What the page posts in the background, and what it is answered."""
    place = f"{dossier.address}/situations"
    token = dossier.client.get(f"{place}/nouvelle").form("Enregistrer la situation").values["csrf_token"]
    address = f"{place}/{key}/saisie" if key else f"{place}/saisie"
    sent = {"shown": "1", "revision": str(revision), **texts}
    answer = dossier.client.http.post(address, data=sent, headers={"X-CSRF-Token": token, "Accept": "application/json"})
    assert answer.status_code == expect, answer.text
    return answer.json


def versions(dossier: Dossier) -> list[tuple[int, bool]]:
    return [(row.revision, row.while_typing) for row in dossier.rows(SituationVersion)]


def later(dossier: Dossier, **by: float) -> None:
    dossier.services.clock.advance(**by)  # type: ignore[attr-defined]


def test_a_situation_exists_from_its_first_words_on(dossier: Dossier) -> None:
    told = typed(dossier, done="J'ai", capabilities=["C4"])
    assert told["said"].startswith("Enregistré à ")
    row = dossier.rows(Situation)[0]
    assert (row.id, row.title, row.done, told["revision"]) == (told["id"], UNTITLED, "J'ai", 1)
    assert UNTITLED in dossier.page().text
    page = dossier.client.get(told["address"])
    assert page.soup.find(id="title")["value"] == ""
    assert "Donnez un titre" in page.submit("Enregistrer la situation", expect=422).text
    page.submit("Enregistrer la situation", {"title": "Mon titre"})
    assert dossier.rows(Situation)[0].title == "Mon titre"


def test_an_answer_lost_on_the_way_makes_one_situation(dossier: Dossier) -> None:
    first, again = typed(dossier, done="J'ai"), typed(dossier, done="J'ai")
    assert first["id"] == again["id"]
    assert len(dossier.rows(Situation)) == 1


def test_typing_goes_on_in_one_version_and_one_journal_row(dossier: Dossier) -> None:
    told = typed(dossier, title="Audit")
    for words in ("J'ai", "J'ai mené", "J'ai mené l'audit"):
        told = typed(dossier, told["id"], told["revision"], title="Audit", done=words)
    assert versions(dossier) == [(4, True)]
    assert dossier.events().count("situation_created") == 1
    assert "situation_edited" not in dossier.events()
    later(dossier, seconds=GOES_ON.total_seconds() + 1)
    told = typed(dossier, told["id"], 4, title="Audit", done="J'ai mené l'audit interne")
    assert versions(dossier) == [(4, True), (5, True)]
    page = dossier.client.get(told["address"])
    page.submit("Enregistrer la situation")  # by hand, nothing changed: the version is closed
    typed(dossier, told["id"], 5, title="Audit", done="Plus tard")
    assert versions(dossier) == [(4, True), (5, False), (6, True)]
    assert dossier.events().count("situation_edited") == 2


LONG = "J'ai mené l'audit du site avec les équipes de nuit. " * 4


@pytest.mark.parametrize("gone", ["", "Non", "Tout autre chose, et aussi long que cela. " * 6])
def test_no_version_that_held_a_text_is_overwritten_when_much_of_it_goes(dossier: Dossier, gone: str) -> None:
    told = typed(dossier, title="Audit", done="Départ")
    told = typed(dossier, told["id"], told["revision"], title="Audit", done=LONG)
    told = typed(dossier, told["id"], told["revision"], title="Audit", done=LONG + "Puis le bilan.")
    assert versions(dossier) == [(3, True)]
    told = typed(dossier, told["id"], told["revision"], title="Audit", done=gone)
    told = typed(dossier, told["id"], told["revision"], title="Audit", done=gone + "x")
    kept = [(row.revision, row.text["done"]) for row in dossier.rows(SituationVersion)]
    assert kept == [(3, LONG + "Puis le bilan."), (5, gone + "x")]
    assert dossier.events().count("situation_edited") == 1


def test_a_word_corrected_goes_on_in_its_version_and_a_title_emptied_does_not(dossier: Dossier) -> None:
    told = typed(dossier, title="Audit", done=LONG)
    told = typed(dossier, told["id"], 1, title="Audit", done=LONG.replace("l'audit", "la revue", 1))
    assert versions(dossier) == [(2, True)]
    told = typed(dossier, told["id"], 2, title="", done=LONG)
    typed(dossier, told["id"], 3, title="Revue", done=LONG)
    assert [row.text["title"] for row in dossier.rows(SituationVersion)] == ["Audit", "Revue"]


def test_a_save_that_carries_some_fields_keeps_the_others(dossier: Dossier) -> None:
    dossier.describe("Audit", "C4", done="Fait", learnt="Écouter")
    key = dossier.rows(Situation)[0].id
    typed(dossier, key, 1, shown="", title="Audit interne")
    row = dossier.rows(Situation)[0]
    assert (row.title, row.done, row.learnt) == ("Audit interne", "Fait", "Écouter")
    assert dossier.rows(SituationVersion)[-1].capabilities == ["C4"]


def test_the_same_text_again_is_no_version(dossier: Dossier) -> None:
    told = typed(dossier, title="Audit", done="Fait")
    assert typed(dossier, told["id"], told["revision"], title="Audit", done="Fait\n")["revision"] == 1
    assert versions(dossier) == [(1, True)]


def test_two_tabs_never_overwrite_each_other(dossier: Dossier) -> None:
    told = typed(dossier, title="Audit", done="Départ")
    typed(dossier, told["id"], 1, title="Audit", done="Premier <onglet>")
    refused = typed(dossier, told["id"], 1, expect=409, title="Audit", done="Second onglet")
    assert refused["kind"] == "stale"
    assert "Second onglet" in refused["table"]
    assert "Premier &lt;onglet&gt;" in refused["table"]
    assert dossier.rows(Situation)[0].done == "Premier <onglet>"


def test_what_is_too_long_says_so_and_is_not_saved(dossier: Dossier) -> None:
    told = typed(dossier, title="Audit")
    refused = typed(dossier, told["id"], 1, expect=422, title="Audit", learnt="é" * (LONGEST_TEXT + 1))
    assert refused["why"] == f"Ce que vous avez appris : Écrivez {LONGEST_TEXT} caractères au plus."
    assert dossier.rows(Situation)[0].revision == 1


def test_a_situation_that_was_taken_out_is_not_saved(dossier: Dossier) -> None:
    told = typed(dossier, title="Audit")
    dossier.client.get(told["address"]).submit("Retirer la situation")
    assert "plus, dans votre dossier" in typed(dossier, told["id"], 1, expect=404, title="Audit")["why"]


def test_every_version_is_read_and_taken_again(dossier: Dossier) -> None:
    dossier.describe("Audit", "C7", done="Le premier texte", results="Rien")
    key = dossier.rows(Situation)[0].id
    form = dossier.client.get(f"{dossier.address}/situations/{key}")
    form.submit("Enregistrer la situation", {"done": "Le second texte", "capabilities": ["C8"]})
    listed = dossier.client.get(f"{dossier.address}/situations/{key}/versions")
    assert "Ce que vous avez fait, Capacités" in listed.text
    assert listed.text.count("Reprendre cette version") == 1
    read = dossier.client.get(f"{dossier.address}/situations/{key}/versions/1")
    assert (read.soup.find("del").get_text(), read.soup.find("ins").get_text()) == ("premier", "second")
    read.submit("Reprendre cette version")
    row = dossier.rows(Situation)[0]
    assert (row.done, row.revision) == ("Le premier texte", 3)
    assert [v.capabilities for v in dossier.rows(SituationVersion)] == [["C7"], ["C8"], ["C7"]]
    assert dossier.events()[-1] == "situation_restored"
    dossier.client.get(f"{dossier.address}/situations/{key}/versions/9", expect=404)


def test_a_version_is_not_taken_over_what_changed_meanwhile(dossier: Dossier) -> None:
    dossier.describe("Audit", done="Un")
    key = dossier.rows(Situation)[0].id
    address = f"{dossier.address}/situations/{key}"
    dossier.client.get(address).submit("Enregistrer la situation", {"done": "Deux"})
    old = dossier.client.get(f"{address}/versions/1")
    dossier.client.get(address).submit("Enregistrer la situation", {"done": "Trois"})
    old.submit("Reprendre cette version", expect=409)
    assert dossier.rows(Situation)[0].done == "Trois"


def test_limits_are_said_beside_each_field(dossier: Dossier) -> None:
    page: Page = dossier.client.get(f"{dossier.address}/situations/nouvelle")
    assert page.text.count("200 caractères au plus") == 4
    assert page.text.count("20000 caractères au plus") == 6
