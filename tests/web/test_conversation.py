"""The conversation: who reads and writes what, once; and a note between staff that the candidate meets nowhere."""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.storage import samples
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from tests.web.test_access import views
from vae_portal.actions import conversation as acts
from vae_portal.actions.conversation import Written
from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import conversation as queries
from vae_portal.persistence.queries import files as files_of
from vae_portal.persistence.tables import Candidacy, Document, Evidence, JournalRow, Message, OutboxMail
from workflows.conversation import LONGEST
from workflows.facts import Actor
from workflows.vocabulary import EvidenceState, Role, Step
from workflows.who_may_do_what import STAFF

NOTE, NOTE_FILE = "Attention zébulonesque à ce dossier", "zébulon-secret.pdf"
OTHER = samples.PDF.replace(b"trailer", b"% un autre\ntrailer")
EVERYONE = {
    "candidat": Role.CANDIDATE,
    "conseiller": Role.ADVISOR,
    "planificateur": Role.PLANNER,
    "secretaire": Role.JURY_SECRETARY,
    "admin": Role.ADMINISTRATOR,
    "auditeur": Role.AUDITOR,
    "evaluateur1": Role.EVALUATOR,
    "jury-employeurs": Role.JURY_MEMBER,
}
CONVERSE = ("candidat", "conseiller", "planificateur", "secretaire", "admin")


class Talk:
    """A candidacy under discussion, and the people around it."""

    def __init__(self, app: Flask, world: World, step: Step = Step.INTERVIEW_SCHEDULED) -> None:
        self.app, self.world, self.services = app, world, world.services
        self.number = world.candidacy(step).number
        self.id = self.one(select(Candidacy.id).where(Candidacy.number == self.number))

    def one(self, statement: Any) -> Any:
        """One value of the database."""
        with self.services.database.reading() as session:
            return session.scalar(statement)

    def as_(self, local: str) -> PageClient:
        """A browser signed in as someone."""
        client = PageClient(self.app, self.services.database.engine)
        client.sign_in(self.world.email(local), PASSWORD)
        return client

    def actor(self, local: str) -> Actor:
        """Someone, for the acts and queries."""
        return self.world.cast.actor(local, EVERYONE[local])

    def say(self, local: str, text: str, internal: bool = False, files: dict[str, bytes] | None = None) -> Page:
        """Sends the form as a browser does."""
        client, page = self.as_(local), "notes" if internal else "messages"
        address = f"/{'ma-candidature' if local == 'candidat' else 'candidatures'}/{self.number}/{page}"
        return send(client, address, text, files)


def send(client: PageClient, address: str, text: str, files: dict[str, bytes] | None = None, **more: str) -> Page:
    form = client.get(address).form(address)
    sent = [(io.BytesIO(data), name) for name, data in (files or {"": b""}).items()]
    data = {**form.values, "text": text, **more, "files": sent}
    response = client.http.post(form.action, data=data, content_type="multipart/form-data")
    return Page(client, response, [])


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    return Talk(app, world)


def test_each_side_reads_what_the_other_wrote_and_is_told_how_much_waits(talk: Talk) -> None:
    assert talk.say("candidat", "Bonjour,\nquand ?\n\nMerci <b>").status == 302
    advisor = talk.as_("conseiller")
    assert "Messages, 1 à lire" in advisor.get(f"/candidatures/{talk.number}").text
    page = advisor.get(f"/candidatures/{talk.number}/messages")
    assert "Merci <b>" in page.text
    assert "nouveau" in page.text
    assert "nouveau" not in advisor.get(f"/candidatures/{talk.number}/messages").text
    assert "à lire" not in advisor.get(f"/candidatures/{talk.number}").soup.select_one("a[href$=messages]").get_text()
    assert talk.say("conseiller", "Jeudi.").status == 302
    candidate = talk.as_("candidat")
    assert "Messages, 1 à lire" in candidate.get("/ma-candidature").text
    page = candidate.get(f"/ma-candidature/{talk.number}/messages")
    assert page.text.index("quand ?") < page.text.index("Jeudi.")
    assert "Messages, 1 à lire" not in candidate.get("/ma-candidature").text


@pytest.mark.parametrize("who", EVERYONE)
def test_who_reads_and_writes_what(talk: Talk, who: str) -> None:
    talk.say("candidat", "Un message.")
    talk.say("planificateur", NOTE, internal=True)
    client, staff = talk.as_(who), EVERYONE[who] in STAFF
    base = f"/candidatures/{talk.number}"
    shown = client.get(f"{base}/messages", expect=(200, 302, 404)).status
    assert shown == (302 if who == "candidat" else 200 if staff else 404)
    assert client.get(f"{base}/notes", expect=(200, 404)).status == (200 if staff else 404)
    for internal, readers in ((False, CONVERSE), (True, CONVERSE[1:])):
        before = talk.one(select(func.count()).select_from(Message))
        written = Written("Bien reçu.", f"essai-{who}-{internal}"[:32], internal)
        if who in readers:
            acts.write(talk.services, talk.actor(who), talk.number, written)
        else:
            with pytest.raises(NotVisible):
                acts.write(talk.services, talk.actor(who), talk.number, written)
        assert talk.one(select(func.count()).select_from(Message)) == before + (who in readers)
    address = f"/ma-candidature/{talk.number}" if who == "candidat" else base
    if who in ("auditeur", *CONVERSE):
        assert (who != "auditeur") == bool(client.get(f"{address}/messages").soup.find("textarea"))


@pytest.mark.parametrize("who", EVERYONE)
def test_a_note_is_returned_to_staff_only(talk: Talk, who: str) -> None:
    talk.say("conseiller", "Bonjour.")
    talk.say("conseiller", NOTE, internal=True, files={NOTE_FILE: samples.PDF})
    file = talk.one(select(Evidence.id).where(Evidence.message_id.is_not(None)))
    actor, staff = talk.actor(who), EVERYONE[who] in STAFF
    everything = Actor(actor.person_id, actor.centre_id, frozenset(EVERYONE.values()))
    with talk.services.database.reading() as session:
        noted = [line.text for line in queries.notes(session, actor, talk.id)[0]]
        assert noted == ([NOTE] if staff else [])
        for asking in (actor, everything):  # whatever roles they hold besides
            assert NOTE not in [line.text for line in queries.exchanged(session, asking, talk.id)[0]]
        waits = queries.unread(session, actor, [talk.id]).get(talk.id, queries.Unread())
        assert waits.notes == (staff and who != "conseiller")
        if who == "candidat":  # staff elsewhere, never of their own candidacy
            assert queries.notes(session, everything, talk.id)[0] == []
            assert queries.unread(session, everything, [talk.id])[talk.id].notes == 0
        if staff:
            assert files_of.evidence(session, actor, file).evidence.name == NOTE_FILE
        else:
            for asking in (actor, everything) if who == "candidat" else (actor,):
                with pytest.raises(NotVisible):
                    files_of.evidence(session, asking, file)


def test_another_centre_and_another_candidate_find_nothing(talk: Talk) -> None:
    talk.say("candidat", "Bonjour.", files={"a.pdf": samples.PDF})
    talk.world.candidate("autre")
    file = talk.one(select(Evidence.id).where(Evidence.message_id.is_not(None)))
    for stranger in ("conseiller.b", "admin.b", "autre", "candidat.b"):
        client = talk.as_(stranger)
        for address in (f"/candidatures/{talk.number}/messages", f"/candidatures/{talk.number}/notes"):
            client.get(address, 404)
        client.get(f"/ma-candidature/{talk.number}/messages", 404)
        client.get(f"/preuves/{file}", 404)


# No page of the candidate holds a note


def test_no_page_that_the_candidate_can_open_holds_a_note(app: Flask, world: World) -> None:
    talk = Talk(app, world, Step.DOSSIER_INCOMPLETE)
    talk.say("conseiller", "Bonjour.", files={"consigne.pdf": samples.PDF})
    talk.say("conseiller", NOTE, internal=True, files={NOTE_FILE: OTHER})
    with talk.services.database.writing() as session:
        session.execute(update(Evidence).values(state=EvidenceState.USABLE.value))
    note, file = (
        talk.one(select(Message.id).where(Message.internal)),
        talk.one(select(Evidence.id).where(Evidence.name == NOTE_FILE)),
    )
    staff = talk.as_("planificateur")
    assert staff.http.get(f"/preuves/{file}").data == OTHER
    candidate, seen = talk.as_("candidat"), 0
    for path in every_address(talk, candidate):
        answer = candidate.http.get(path)
        text = answer.get_data()
        if answer.mimetype == "application/zip":
            with zipfile.ZipFile(io.BytesIO(text)) as kept:
                text = b"\n".join([*map(kept.read, kept.namelist()), *(n.encode() for n in kept.namelist())])
        for secret in ("zébulon", f'"message-{note}"', f"/preuves/{file}/"):
            assert secret.encode() not in text, path
        assert OTHER not in text, path
        seen += answer.status_code == 200
    assert seen > 40
    for way in ("", "/voir", "/volet", "/pages/1"):
        assert candidate.http.get(f"/preuves/{file}{way}").status_code == 404
    candidate.get(f"/ma-candidature/{talk.number}/dossier/acces?fichier={file}", 404)
    candidate.get(f"/ma-candidature/{talk.number}/dossier/fichiers/{file}", 404)


def every_address(talk: Talk, client: PageClient) -> list[str]:
    """Every GET rule filled with what there is of this candidacy, then every link of those pages."""
    with talk.services.database.reading() as session:
        integers = [str(key) for key in session.scalars(select(Evidence.id))]
        numbers = [talk.number, *session.scalars(select(Document.number))]
    found = []
    for rule in views(client.app):
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("accounts.sign_out",):
            continue
        names = sorted(rule.arguments)
        values: dict[str, list[str]] = {
            "evidence_id": integers,
            "number": numbers if rule.endpoint == "files.document" else [talk.number],
            "situation_id": ["1", "2"],
            "version_id": ["1"],
            "code": ["C1"],
            "action": ["withdraw"],
        }
        ways = [{}]
        for name in names:
            ways = [{**way, name: value} for way in ways for value in values.get(name, ["1"])]
        for way in ways:
            whole = {n for n, converter in rule._converters.items() if type(converter).__name__ == "KeyConverter"}
            kept = {n: value if n not in whole or value.isdecimal() else "1" for n, value in way.items()}
            found.append(str(rule.build(kept, append_unknown=False)[1]))
    waiting, seen = deque(found), dict.fromkeys(found)
    while waiting and len(seen) < 400:
        answer = client.http.get(waiting.popleft())
        for link in re.findall(
            r'href="([^"]+)"', answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        ):
            target = urlsplit(urljoin("http://portail.example/", link.replace("&amp;", "&")))
            path = target.path + (f"?{target.query}" if target.query else "")
            if (
                target.netloc == "portail.example"
                and path not in seen
                and not path.startswith(("/static", "/bootstrap"))
            ):
                seen[path] = None
                waiting.append(path)
    return list(seen)


# Writing


def test_the_same_form_writes_once_and_another_text_is_not_lost(talk: Talk) -> None:
    client, address = talk.as_("candidat"), f"/ma-candidature/{talk.number}/messages"
    form = client.get(address).form(address)
    once = {"submission": form.values["submission"]}
    for _ in range(2):
        assert send(client, address, "Une fois.", **once).status == 302
    assert talk.one(select(func.count()).select_from(Message)) == 1
    other = send(client, address, "Un autre texte.", **once)
    assert (other.status, other.form(address).values["text"]) == (422, "Un autre texte.")
    assert other.form(address).values["submission"] != once["submission"]
    assert talk.one(select(func.count()).select_from(OutboxMail).where(OutboxMail.template == "messages_waiting")) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("   ", "Écrivez votre message"), ("é" * 20_000, "compte 20000 caractères"), ("x" * (LONGEST + 1), "au plus")],
)
def test_a_wrong_text_comes_back_whole(talk: Talk, text: str, sentence: str) -> None:
    page = talk.say("candidat", text, files={"a.pdf": samples.PDF})
    assert page.status == 422
    assert sentence in page.text
    assert page.form("/messages").values["text"] == text
    assert talk.one(select(func.count()).select_from(Message)) == 0
    kept = talk.one(select(func.count()).select_from(Evidence).where(Evidence.message_id.is_not(None)))
    assert kept == 0


def test_a_refused_file_sends_nothing_and_says_which(talk: Talk) -> None:
    page = talk.say("candidat", "Voici.", files={"bien.pdf": samples.PDF, "virus.exe": b"MZ\x90\x00rien de bon"})
    assert page.status == 422
    assert "virus.exe" in page.text
    assert page.form("/messages").values["text"] == "Voici."
    assert talk.one(select(func.count()).select_from(Message)) == 0


def test_a_session_that_ended_gives_the_text_back(talk: Talk) -> None:
    client, address = talk.as_("candidat"), f"/ma-candidature/{talk.number}/messages"
    form = client.get(address).form(address)
    client.http.delete_cookie("vae_session", domain="localhost")
    client.http.delete_cookie("vae_session", domain="portail.example")
    data = {**form.values, "text": "Un long message écrit avec soin.", "files": (io.BytesIO(b""), "")}
    answer = client.http.post(form.action, data=data, content_type="multipart/form-data")
    assert answer.status_code == 401
    assert "Un long message écrit avec soin." in answer.get_data(as_text=True)


def test_a_draft_has_no_conversation_and_a_decided_candidacy_has_one(app: Flask, world: World) -> None:
    draft = world.candidacy(Step.DRAFT).number
    client = PageClient(app)
    client.sign_in(world.email("candidat"), PASSWORD)
    page = client.get(f"/ma-candidature/{draft}/messages")
    assert "ne voit pas une demande en préparation" in page.text
    assert page.soup.find("textarea") is None
    assert "/messages" not in str(client.get(f"/ma-candidature/{draft}").soup)
    talk = Talk(app, world, Step.WITHDRAWN)
    assert talk.say("candidat", "Merci pour tout.").status == 302


def test_the_journal_tells_a_hash_and_never_the_text(talk: Talk) -> None:
    talk.say("candidat", "Un texte à moi.", files={"piece.pdf": samples.PDF})
    row = talk.one(select(JournalRow).where(JournalRow.event == "message_written"))
    assert set(row.details) == {"message", "internal", "text_sha256", "files"}
    assert "texte" not in str(row.details)
    assert talk.one(select(func.count()).select_from(JournalRow).where(JournalRow.event == "message_read")) == 0


# Files


def test_files_of_messages_open_by_the_viewer_and_join_no_dossier(app: Flask, world: World) -> None:
    talk = Talk(app, world, Step.DOSSIER_INCOMPLETE)
    talk.say("conseiller", "Le modèle.", files={"modele.pdf": samples.PDF})
    file = talk.one(select(Evidence.id).where(Evidence.name == "modele.pdf"))
    with talk.services.database.writing() as session:
        session.execute(update(Evidence).values(state=EvidenceState.USABLE.value))
    candidate = talk.as_("candidat")
    assert candidate.http.get(f"/preuves/{file}").data == samples.PDF
    assert "modele.pdf" in candidate.get(f"/preuves/{file}/voir").text
    assert "modele.pdf" not in candidate.get(f"/ma-candidature/{talk.number}/dossier").text
    candidate.get(f"/ma-candidature/{talk.number}/dossier/fichiers/{file}", 404)
    assert "modele.pdf" not in candidate.get(f"/ma-candidature/{talk.number}/dossier/acces").text
    for local, status in (("conseiller", 200), ("planificateur", 200), ("evaluateur1", 404), ("conseiller.b", 404)):
        assert talk.as_(local).http.get(f"/preuves/{file}").status_code == status


def test_my_zip_holds_my_messages_and_their_files(app: Flask, world: World) -> None:
    talk = Talk(app, world, Step.DOSSIER_INCOMPLETE)
    talk.say("conseiller", "Voici le modèle.", files={"modele.pdf": samples.PDF})
    talk.say("conseiller", NOTE, internal=True, files={NOTE_FILE: OTHER})
    client, address = talk.as_("candidat"), f"/ma-candidature/{talk.number}/dossier/archive"
    with zipfile.ZipFile(io.BytesIO(client.http.get(address).data)) as kept:
        assert kept.testzip() is None
        assert "Voici le modèle." in kept.read("conversation.txt").decode()
        assert kept.read("Messages/modele.pdf") == samples.PDF
        assert "Messages/modele.pdf" in kept.read("SHA256SUMS").decode()
    for sealed in (
        client.http.get(f"{address}?depot=1"),
        talk.as_("conseiller").http.get(address.replace("ma-", "").replace("candidature", "candidatures")),
    ):
        with zipfile.ZipFile(io.BytesIO(sealed.data)) as kept:
            assert "conversation.txt" not in kept.namelist()


def test_what_staff_join_takes_no_room_of_the_candidate(talk: Talk) -> None:
    def used(by_candidate: bool = True) -> int:
        with talk.services.database.reading() as session:
            return files_of.used_bytes(session, talk.id, by_candidate)

    before = used()
    talk.say("conseiller", NOTE, internal=True, files={NOTE_FILE: OTHER})
    assert (used(), used(False)) == (before, len(OTHER))
    talk.say("candidat", "Voici.", files={"mien.pdf": samples.PDF})
    assert used() == before + len(samples.PDF)


def test_counts_cost_one_statement_for_any_number_of_candidacies(app: Flask, world: World) -> None:
    talk = Talk(app, world, Step.WITHDRAWN)
    candidate = talk.as_("candidat")
    world.candidacy(Step.DRAFT)
    few = candidate.get("/ma-candidature").statements
    world.candidacy(Step.DRAFT)
    talk.say("conseiller", "Un.")
    page = candidate.get("/ma-candidature")
    assert "1 message à lire" in page.text
    assert page.statements == few
    costs = set()
    for turn in range(3):
        talk.say("conseiller" if turn % 2 else "candidat", f"Message {turn}")
        costs.add(talk.as_("admin").get(f"/candidatures/{talk.number}/messages").statements)
    assert len(costs) <= 2  # with or without the mark of what was read


def test_a_long_conversation_comes_by_pages(talk: Talk) -> None:
    for turn in range(queries.PAGE + 3):
        acts.write(
            talk.services, talk.actor("conseiller"), talk.number, Written(f"Message n{turn}.", f"envoi-{turn:03}")
        )
    client = talk.as_("candidat")
    page = client.get(f"/ma-candidature/{talk.number}/messages")
    assert "Message n2." not in page.text
    assert f"Message n{queries.PAGE + 2}." in page.text
    earlier = client.get(str(page.soup.find("a", string="Messages plus anciens")["href"]))
    assert [f"Message n{turn}." in earlier.text for turn in range(4)] == [True, True, True, False]
