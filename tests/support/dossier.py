"""A candidate in front of their own dossier: what they describe and send, and what the database holds of it."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.actions.services import Services
from vae_portal.persistence.queries import dossiers
from vae_portal.persistence.tables import Candidacy, Evidence, JournalRow
from workflows.vocabulary import EvidenceState, Step


class Dossier:
    """A candidate in front of their own dossier."""

    def __init__(self, app: Flask, services: Services, world: World, local: str = "candidat") -> None:
        self.services = services
        self.world = world
        self.number = world.candidacy(Step.DOSSIER_PREPARATION, local).number
        self.client = PageClient(app, services.database.engine)
        self.client.sign_in(world.email(local), PASSWORD)
        self.address = f"/ma-candidature/{self.number}/dossier"

    def page(self) -> Page:
        """The dossier as it is now."""
        return self.client.get(self.address)

    def describe(self, title: str, *codes: str, expect: int = 302, **texts: str) -> Page:
        """One more situation."""
        page = self.client.get(f"{self.address}/situations/nouvelle")
        return page.submit(
            "Enregistrer la situation", {"title": title, "capabilities": list(codes), **texts}, expect=expect
        )

    def send(self, *files: tuple[str, bytes], situation: str = "", expect: int = 302, **kinds: str) -> Page:
        """Sends files by the form of the page."""
        parts = [(io.BytesIO(data), name, *kinds.values()) for name, data in files]
        return self.page().submit("Envoyer les fichiers", {"situation": situation, "files": parts}, expect=expect)

    def rows(self, table: Any) -> list[Any]:
        """Every row of a table, oldest first."""
        with self.services.database.reading() as session:
            return list(session.scalars(select(table).order_by(*table.__table__.primary_key)))

    def files(self) -> list[Evidence]:
        """The files of the dossier, pieces of the request left out."""
        with self.services.database.reading() as session:
            return dossiers.files_of(session, self.candidacy().id)

    def candidacy(self) -> Candidacy:
        """The candidacy as it is stored."""
        return next(row for row in self.rows(Candidacy) if row.number == self.number)

    def events(self) -> list[str]:
        """What the journal tells of the candidacy."""
        chain = f"candidacy:{self.candidacy().id}"
        return [row.event for row in self.rows(JournalRow) if row.chain == chain]

    def settle(self, state: EvidenceState = EvidenceState.NOT_SCANNED) -> None:
        """What the job of the antivirus leaves."""
        with self.services.database.writing() as session:
            for row in session.scalars(select(Evidence)):
                row.state = state.value


def verdict(page: Page, name: str) -> str:
    """What the page says of one file."""
    rows = page.soup.select("#verdicts .file")
    return next(" ".join(row.get_text(" ").split()) for row in rows if name in row.get_text())


def multipart(parts: list[tuple[str, str | None, bytes]], claimed: str = "text/plain") -> tuple[bytes, str]:
    """The body that a browser would send, and its content type; names go as they are."""
    body = b""
    for field, name, data in parts:
        body += b'--b\r\nContent-Disposition: form-data; name="' + field.encode() + b'"'
        if name is not None:
            body += b'; filename="' + name.replace("\\", "\\\\").encode() + b'"\r\nContent-Type: ' + claimed.encode()
        body += b"\r\n\r\n" + data + b"\r\n"
    return body + b"--b--\r\n", "multipart/form-data; boundary=b"


def post_raw(dossier: Dossier, body: Any, kind: str, length: int | None = None) -> Any:
    """Sends a body as it is to the page's address of files."""
    token = dossier.page().form("Envoyer les fichiers").values["csrf_token"]
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    size = len(body) if length is None else length
    return dossier.client.http.post(
        f"{dossier.address}/fichiers?csrf_token={token}", input_stream=stream, content_type=kind, content_length=size
    )
