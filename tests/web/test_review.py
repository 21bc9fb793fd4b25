"""The study of the pieces: a verdict on each, exactly those asked again, the letter read first, the identity let go."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from storage.keys import EVIDENCE
from tests.documents.reading import words
from tests.storage import samples
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.actions import review as acts
from vae_portal.actions.disposal import dispose
from vae_portal.documents.fill import fill
from vae_portal.errors import ActionRefused, NotVisible
from vae_portal.persistence.tables import (
    Candidacy,
    Document,
    Evidence,
    JournalRow,
    Piece,
    PieceReview,
    StoredObject,
    SupplementItem,
)
from workflows.vocabulary import Action, PieceVerdict, Step


def rows(world: World, table: Any) -> list[Any]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def by(world: World) -> str:
    """A day three weeks ahead."""
    return (world.clock().date() + timedelta(days=21)).isoformat()


def journal(world: World, event: str) -> list[dict[str, Any]]:
    with world.services.database.reading() as session:
        wanted = select(JournalRow.details).where(JournalRow.event == event).order_by(JournalRow.id)
        return list(session.scalars(wanted))


@pytest.fixture
def study(world: World, client: PageClient) -> tuple[str, str]:
    """A request under review and the address of its study, an advisor signed in."""
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW)
    client.sign_in(world.email("conseiller"), PASSWORD)
    return story.number, f"/candidatures/{story.number}/etude"


def judged(client: PageClient, url: str, piece: Piece, verdict: str, reason: str = "", expect: int = 302) -> Page:
    page = client.get(f"{url}?piece={piece.id}")
    return page.submit(f"/pieces/{piece.id}", {"verdict": verdict, "reason": reason}, expect=expect)


def test_a_supplement_asks_for_exactly_what_was_judged(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    number, url = study
    identity, proof = rows(world, Piece)[:2]
    judged(client, url, identity, "to_replace", "Recto seul : joignez le verso.")
    judged(client, url, proof, "accepted")
    page = client.get(url)
    page = client.follow(
        page.submit("/manquantes", {"kind": "degree", "what": "Diplôme du BTS", "reason": "Cité, non joint."})
    )
    assert "Acceptez" not in page.text
    refused = client.get(f"/candidatures/{number}/faire/acknowledge_request", expect=409)
    assert "restent à demander" in refused.text
    form = client.get(f"/candidatures/{number}/faire/ask_supplement")
    assert "Recto seul" in form.text
    letter = form.submit("faire/ask_supplement", {"answer_by": by(world)}, expect=200)
    assert "Diplôme du BTS" in letter.text
    letter.submit("faire/ask_supplement", {"do": "send"})
    items = rows(world, SupplementItem)
    assert [(i.what, i.why, str(i.answer_by)) for i in items] == [
        (f"Pièce d'identité : {rows(world, Evidence)[0].name}", "Recto seul : joignez le verso.", by(world)),
        ("Diplôme du BTS", "Cité, non joint.", by(world)),
    ]
    assert [r.item_id for r in rows(world, PieceReview)] == [items[0].id, None, items[1].id]
    sent = next(d for d in rows(world, Document) if d.kind == "supplement_request")
    assert [i["title"] for i in sent.context["items"]] == [i.what for i in items]


def test_the_answer_comes_back_beside_the_old_piece(world: World, client: PageClient, study: tuple[str, str]) -> None:
    number, url = study
    identity = rows(world, Piece)[0]
    judged(client, url, identity, "to_replace", "Illisible.")
    client.get(f"/candidatures/{number}/faire/ask_supplement").submit(
        "faire/ask_supplement", {"answer_by": by(world)}, expect=200
    ).submit("faire/ask_supplement", {"do": "send"})
    item = rows(world, SupplementItem)[0]
    candidate = PageClient(client.app)
    candidate.sign_in(world.email("candidat"), PASSWORD)
    address = f"/ma-candidature/{number}/envoyer"
    candidate.get(address).submit(f"item={item.id}", {"files": (io.BytesIO(samples.PDF), "carte verso.pdf")})
    page = candidate.get(address)
    assert "La pièce à remplacer" in page.text
    page.submit("Envoyer mes compléments", {"sworn": "yes"})
    answer = rows(world, Piece)[-1]
    assert (answer.kind, answer.item_id) == ("identity", item.id)  # of the kind that was asked for
    told = client.get(url)
    panel = told.soup.find("h2", string=item.what).find_parent("section").get_text(" ")
    assert "Avant" in panel
    assert "carte verso.pdf" in panel
    assert not told.soup.select_one("#manquantes li")
    judged(client, url, answer, "accepted")
    client.get(f"/candidatures/{number}/faire/acknowledge_request")  # nothing is left to ask


@pytest.mark.parametrize(
    ("verdict", "reason", "status", "words"),
    [
        ("to_replace", " ", 422, "Dites pourquoi"),
        ("", "Une raison déjà écrite", 422, "Choisissez un verdict"),
        ("missing", "Un verdict que la page n'offre pas", 422, "Choisissez un verdict"),
        ("to_replace", "x" * 2001, 422, "2000 caractères"),
    ],
)
def test_a_verdict_that_cannot_be_kept_loses_nothing(
    world: World, client: PageClient, study: tuple[str, str], verdict: str, reason: str, status: int, words: str
) -> None:
    _, url = study
    page = judged(client, url, rows(world, Piece)[0], verdict, reason, expect=status)
    assert words in page.text
    assert page.soup.select_one("#reason").get_text().strip() == reason.strip()
    assert rows(world, PieceReview) == []


def test_a_colleague_judged_in_between(world: World, client: PageClient, study: tuple[str, str]) -> None:
    _, url = study
    piece = rows(world, Piece)[0]
    old = client.get(f"{url}?piece={piece.id}")
    judged(client, url, piece, "accepted")
    stale = old.submit(f"/pieces/{piece.id}", {"verdict": "to_replace", "reason": "Mon avis"}, expect=409)
    assert "Un collègue" in stale.text
    assert stale.soup.select_one("#reason").get_text().strip() == "Mon avis"
    assert [r.verdict for r in rows(world, PieceReview)] == ["accepted"]


def test_what_is_noted_twice_is_asked_once_and_may_be_taken_back(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    _, url = study
    page = client.get(url)
    typed = {"kind": "degree", "what": "Diplôme", "reason": "Non joint."}
    page.submit("Noter", typed)
    page.submit("Noter", typed)
    assert len(rows(world, PieceReview)) == 1
    long = client.get(url).submit("Noter", {**typed, "what": "n" * 20_000}, expect=422)
    assert "200 caractères" in long.text
    client.get(url).submit("Ne pas demander")
    assert rows(world, PieceReview) == []


def test_the_letter_leaves_as_it_was_amended(world: World, client: PageClient, study: tuple[str, str]) -> None:
    number, _ = study
    world.stories[-1].acknowledge()
    url = f"/candidatures/{number}/faire/declare_inadmissible"
    letter = client.get(url).submit(url, {"reason": "Sans rapport direct."}, expect=200)
    name = "letter-inadmissible-0"
    text = letter.form(url).values[name]
    assert "Sans rapport direct." in text
    empty = letter.submit(url, {name: " ", "do": "send"}, expect=422)
    assert "vide" in empty.text
    amended = text.replace("Sans rapport direct.", "Rien ne touche à la **qualité** & à la <sécurité>.")
    assert amended != text
    back = letter.submit(url, {name: amended, "do": "back"}, expect=200)
    assert back.soup.select_one("#reason").get_text().strip() == "Sans rapport direct."
    again = back.submit(url, expect=200)
    assert again.form(url).values[name] == amended  # what was amended is there again
    contrary = letter.submit(url, {name: "Votre demande est **recevable**.", "do": "send"}, expect=422)
    assert "Gardez telle quelle" in contrary.text
    assert rows(world, Candidacy)[0].step == Step.ADMISSIBILITY_REVIEW.value
    letter.submit(url, {name: amended, "do": "send"})
    document = next(d for d in rows(world, Document) if d.kind == "inadmissible")
    printed = words(fill(document.kind, document.context))
    assert "Rien ne touche à la qualité & à la <sécurité>." in printed
    assert "Sans rapport direct." not in printed
    assert "Comment contester" in printed
    assert journal(world, "declare_inadmissible")[0]["amended_sha256"]


def test_a_letter_that_changed_since_it_was_read_is_shown_again(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    number, _ = study
    world.stories[-1].acknowledge()
    url = f"/candidatures/{number}/faire/declare_inadmissible"
    letter = client.get(url).submit(url, {"reason": "Sans rapport direct."}, expect=200)
    world.clock.advance(days=1)  # its date is another one
    mine = letter.form(url).values["letter-inadmissible-0"].replace("Sans rapport direct.", "Mon texte à moi")
    again = letter.submit(url, {"letter-inadmissible-0": mine, "do": "send"}, expect=(409, 422))
    assert "La lettre a changé" in again.text
    assert again.form(url).values["letter-inadmissible-0"] == mine
    assert rows(world, Candidacy)[0].step == Step.ADMISSIBILITY_REVIEW.value


def test_a_verdict_given_meanwhile_is_read_before_the_letter_leaves(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    number, page_url = study
    identity, proof = rows(world, Piece)[:2]
    judged(client, page_url, identity, "to_replace", "Illisible.")
    url = f"/candidatures/{number}/faire/ask_supplement"
    letter = client.get(url).submit(url, {"answer_by": by(world)}, expect=200)
    judged(client, page_url, proof, "to_replace", "Sans date.")
    again = letter.submit(url, {"do": "send"}, expect=409)
    assert "La lettre a changé" in again.text
    assert "Sans date." in again.text
    again.submit(url, {"do": "send"})
    assert [item.why for item in rows(world, SupplementItem)] == ["Illisible.", "Sans date."]


def test_staff_read_what_was_sent_and_a_new_summary_once_it_is_sent_again(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    number, page_url = study
    judged(client, page_url, rows(world, Piece)[0], "to_replace", "Illisible.")
    url = f"/candidatures/{number}/faire/ask_supplement"
    client.get(url).submit(url, {"answer_by": by(world)}, expect=200).submit(url, {"do": "send"})
    world.clock.advance(hours=1)
    item = rows(world, SupplementItem)[0]
    candidate = PageClient(client.app)
    candidate.sign_in(world.email("candidat"), PASSWORD)
    address = f"/ma-candidature/{number}/envoyer"
    candidate.get(address).submit(f"/complements/{item.id}", {f"answer-{item.id}": "Ma réponse pas envoyée"})
    candidate.get(address).submit(f"item={item.id}", {"files": (io.BytesIO(samples.PDF), "pas-envoyee.pdf")})
    civil = candidate.get(f"/ma-candidature/{number}/demande/etat-civil")
    civil.submit("Enregistrer et continuer", {"birth_name": "Nom-Changé"})
    given = rows(world, Evidence)[-1]
    for place in (f"/candidatures/{number}", page_url):
        seen = client.get(place).text
        assert not {"pas-envoyee.pdf", "Ma réponse pas envoyée", "Nom-Changé"} & set(seen.split())
        assert "Ma réponse pas envoyée" not in seen
    client.get(f"/preuves/{given.id}", expect=404)
    candidate.get(address).submit("Envoyer mes compléments", {"sworn": "yes"})
    assert "Nom-Changé" in client.get(f"/candidatures/{number}").text
    assert "Ma réponse pas envoyée" in client.get(page_url).text
    summaries = [d for d in rows(world, Document) if d.kind == "request_summary"]
    assert len(summaries) == 2
    assert "Nom-Changé" in str(summaries[1].context)


def test_what_was_not_sent_stays_the_candidate_s_when_they_withdraw(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    number, page_url = study
    story = world.stories[-1].ask_supplement()
    world.clock.advance(hours=1)
    item = rows(world, SupplementItem)[0]
    candidate = PageClient(client.app)
    candidate.sign_in(world.email("candidat"), PASSWORD)
    address = f"/ma-candidature/{number}/envoyer"
    candidate.get(address).submit(f"/complements/{item.id}", {f"answer-{item.id}": "Ma réponse pas envoyée"})
    candidate.get(address).submit(f"item={item.id}", {"files": (io.BytesIO(samples.PDF), "pas-envoyee.pdf")})
    candidate.get(f"/ma-candidature/{number}/demande/etat-civil").submit(
        "Enregistrer et continuer", {"usual_name": "Introuvable"}
    )
    given = rows(world, Evidence)[-1]
    story.clock.at(world.clock())
    story.act(Action.WITHDRAW, story.candidate)
    for place in (f"/candidatures/{number}", page_url):
        told = client.get(place).text
        assert not [said for said in ("pas-envoyee.pdf", "Ma réponse pas envoyée", "Introuvable") if said in told]
    client.get(f"/preuves/{given.id}", expect=404)
    assert number not in client.get("/candidatures?q=introuvable").text
    # Nobody will verify the identity any more: its document goes, a while later.
    world.clock.advance(hours=world.services.settings.removed_hours + 1)
    dispose(world.services)
    first = next(row for row in rows(world, Evidence) if row.name == "piece-identite.pdf")
    assert first.object_key is None


def test_an_answer_in_words_does_not_make_a_refused_piece_good(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    number, page_url = study
    identity = rows(world, Piece)[0]
    judged(client, page_url, identity, "to_replace", "Illisible.")
    url = f"/candidatures/{number}/faire/ask_supplement"
    client.get(url).submit(url, {"answer_by": by(world)}, expect=200).submit(url, {"do": "send"})
    candidate = PageClient(client.app)
    candidate.sign_in(world.email("candidat"), PASSWORD)
    address, item = f"/ma-candidature/{number}/envoyer", rows(world, SupplementItem)[0]
    candidate.get(address).submit(f"/complements/{item.id}", {f"answer-{item.id}": "Je n'en ai pas d'autre."})
    candidate.get(address).submit("Envoyer mes compléments", {"sworn": "yes"})
    refused = client.get(f"/candidatures/{number}/faire/acknowledge_request", expect=409)
    assert "restent à demander" in refused.text
    judged(client, page_url, identity, "accepted")
    client.get(f"/candidatures/{number}/faire/acknowledge_request")


def test_identity_verified_is_kept_and_its_document_deleted(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    number, url = study
    identity = rows(world, Evidence)[0]
    assert identity.object_key
    client.get(url).submit("Identité vérifiée : effacer la pièce")
    kept = rows(world, Evidence)[0]
    assert (kept.object_key, kept.state) == (None, "refused")
    assert kept.removed_at is not None
    assert identity.object_key not in {o.key for o in world.services.store.list(EVIDENCE)}
    with world.services.database.reading() as session:
        assert session.get(StoredObject, identity.object_key) is None
    candidacy = rows(world, Candidacy)[0]
    assert candidacy.identity_verified_by is not None
    assert candidacy.identity_verified_on == world.clock().date()
    assert [d["evidence"] for d in journal(world, "identity_erased")] == [identity.id]
    assert len(journal(world, "identity_verified")) == 1
    page = client.get(url)
    assert "La pièce a été effacée" in page.text
    client.get(f"/preuves/{identity.id}", expect=(404, 409))
    with pytest.raises(ActionRefused, match="déjà été vérifiée"):
        acts.verify_identity(world.services, world.stories[-1].advisor, number)


def test_a_request_sent_back_needs_no_identity_once_it_was_verified(
    world: World, client: PageClient, study: tuple[str, str]
) -> None:
    _, url = study
    client.get(url).submit("Identité vérifiée : effacer la pièce")
    story = world.stories[-1].ask_supplement()
    candidate = PageClient(client.app)
    candidate.sign_in(world.email("candidat"), PASSWORD)
    item = rows(world, SupplementItem)[0]
    address = f"/ma-candidature/{story.number}/envoyer"
    candidate.get(address).submit(f"/complements/{item.id}", {f"answer-{item.id}": "Voici pourquoi."})
    candidate.get(address).submit("Envoyer mes compléments", {"sworn": "yes"})
    assert rows(world, Candidacy)[0].step == Step.ADMISSIBILITY_REVIEW.value


def test_who_does_not_study_pieces_changes_nothing(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_REVIEW)
    piece = rows(world, Piece)[0]
    for actor in (story.candidate, story.planner, story.administrator):
        with pytest.raises(NotVisible):
            acts.judge(world.services, actor, story.number, piece.id, PieceVerdict.ACCEPTED, "", "", "x")
        with pytest.raises(NotVisible):
            acts.verify_identity(world.services, actor, story.number)
    client.sign_in(world.email("auditeur"), PASSWORD)
    read = client.get(f"/candidatures/{story.number}/etude")
    assert "Enregistrer et passer" not in read.text
    candidate = PageClient(client.app)
    candidate.sign_in(world.email("candidat"), PASSWORD)
    candidate.get(f"/candidatures/{story.number}/etude", expect=302)


def test_whoever_refused_does_not_study_the_appeal(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.INADMISSIBLE)
    client.sign_in(world.email("candidat"), PASSWORD)
    url = f"/candidatures/{story.number}/faire/appeal"
    client.get(url).submit(url, {"reason": "Mon expérience a été mal lue."})
    piece = rows(world, Piece)[0]
    with pytest.raises(ActionRefused, match="un autre conseiller"):
        acts.judge(world.services, story.advisor, story.number, piece.id, PieceVerdict.ACCEPTED, "", "", "x")
    advisor = PageClient(client.app)
    advisor.sign_in(world.email("conseiller"), PASSWORD)
    page = advisor.get(f"/candidatures/{story.number}/etude")
    assert "un autre conseiller" in page.text
    assert not page.soup.select("form[action*='/pieces/']")


def test_a_piece_that_does_not_open_stops_no_study(world: World, client: PageClient, study: tuple[str, str]) -> None:
    _, url = study
    with world.services.database.writing() as session:
        row = session.scalars(select(Evidence).order_by(Evidence.id)).first()
        row.state, row.state_reason = "infected", "Ce fichier contient un virus : Essai-1."
    piece = rows(world, Piece)[0]
    page = client.get(f"{url}?piece={piece.id}")
    assert "Essai-1" in page.text
    judged(client, url, piece, "to_replace", "Le fichier est infecté : joignez-en un autre.")
    assert [r.verdict for r in rows(world, PieceReview)] == ["to_replace"]
