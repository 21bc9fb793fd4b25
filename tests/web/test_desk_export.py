"""The list taken away is the list shown: same rows, same columns, same order, and nothing that a program would run."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from tests.web.test_desk import a_row
from vae_portal.documents import sheets
from vae_portal.persistence.tables import JournalRow, Person
from workflows.vocabulary import Step

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def as_read(workbook: bytes) -> list[list[str | int | None]]:
    """The rows of a workbook of one sheet, as the format says them."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as zipped:
        assert zipped.testzip() is None
        for name in zipped.namelist():
            ElementTree.fromstring(zipped.read(name))  # noqa: S314 - our own
        sheet = ElementTree.fromstring(zipped.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    rows: list[list[str | int | None]] = []
    for row in sheet.iter(f"{_MAIN}row"):
        rows.append([_value(cell) for cell in row])
    return rows


def _value(cell: ElementTree.Element) -> str | int | None:
    if cell.get("t") == "inlineStr":
        return cell.findtext(f"{_MAIN}is/{_MAIN}t")
    number = cell.findtext(f"{_MAIN}v")
    return int(number) if number is not None else None


def exported(page: Page, button: str) -> bytes:
    return page.submit(button, expect=200).response.get_data()


def test_what_a_program_would_compute_stays_a_text() -> None:
    traps = ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx", "a=b", "", "x\x00\x0by & <z>"]
    rows = [[trap, 3, date(2026, 3, 3), None] for trap in traps]
    written = b"".join(sheets.table(["=T"], rows)).decode("utf-8-sig")
    listed = list(csv.reader(io.StringIO(written, newline=""), delimiter=";"))
    assert [row[0] for row in listed[:8]] == ["'=T", "'=1+1", "'+33", "'-2", "'@SUM(A1)", "'\tx", "'\rx", "a=b"]
    assert listed[1][1:] == ["3", "2026-03-03", ""]
    read = as_read(b"".join(sheets.workbook("A & B", ["=T"], rows)))
    assert [row[0] for row in read] == ["=T", *traps[:5], "\nx", "a=b", None, "xy & <z>"]
    assert read[1][1:] == [3, (date(2026, 3, 3) - date(1899, 12, 30)).days, None]


def test_a_workbook_begins_to_leave_before_its_last_row_is_known() -> None:
    asked = 0

    def rows() -> Iterator[list[sheets.Cell]]:
        nonlocal asked
        for asked in range(1, 100_001):
            yield [f"ligne {asked}"]

    pieces = sheets.workbook("Liste", ["Titre"], rows())
    assert next(pieces).startswith(b"PK")
    sum(len(next(pieces)) for _ in range(5))
    assert asked < 5_000


@pytest.mark.parametrize(("button", "kind"), [("Exporter pour un tableur (XLSX)", "xlsx"), ("Exporter en CSV", "csv")])
def test_the_export_is_the_list_shown_all_pages_in_the_same_order(
    world: World, client: PageClient, button: str, kind: str
) -> None:
    first = date(2026, 1, 5)
    for n in range(40):
        a_row(world, Step.DOSSIER_REVIEW, deposited_on=first + timedelta(days=n * 17 % 41))
    a_row(world, Step.ADMISSIBILITY_REVIEW)
    client.sign_in(world.email("auditeur"), PASSWORD)
    address = "/candidatures?etape=dossier_review&tri=waiting&col=due&col=email"
    shown = [
        link["href"].rpartition("/")[2]
        for n in (1, 2)
        for link in client.get(f"{address}&page={n}").soup.select("tbody th a")
    ]
    content = exported(client.get(address), button)
    if kind == "xlsx":
        rows = as_read(content)
    else:
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Numéro", "Candidat", "Code", "Parcours", "Échéance légale", "Urgence", "Adresse électronique"]
    assert [row[0] for row in rows[1:]] == shown
    assert len(shown) == 40
    day = (date(2026, 4, 30) - date(1899, 12, 30)).days if kind == "xlsx" else "2026-04-30"
    assert day in {row[4] for row in rows[1:]}
    with world.services.database.reading() as session:
        told = session.scalars(select(JournalRow).where(JournalRow.event == "worklist_exported")).one()
    assert told.actor_id == world.cast.people["auditeur"]
    assert told.details == {
        "format": kind,
        "rows": 40,
        "filters": ["etape=dossier_review", "tri=waiting", "col=due", "col=email"],
    }


def test_a_search_is_in_the_journal_by_its_hash_alone(world: World, client: PageClient) -> None:
    number = a_row(world, Step.DOSSIER_REVIEW, deposited_on=date(2026, 1, 5))
    with world.services.database.writing() as session:
        session.get_one(Person, world.cast.people["candidat"]).family_name = "=Secret"
    client.sign_in(world.email("conseiller"), PASSWORD)
    content = exported(client.get("/candidatures?q=secret"), "Exporter en CSV").decode("utf-8-sig")
    assert content.splitlines()[1].startswith(f"{number};Camille =Secret;")
    with world.services.database.reading() as session:
        details = session.scalars(select(JournalRow.details).where(JournalRow.event == "worklist_exported")).one()
    assert "secret" not in str(details).lower()
    assert len(details["search_sha256"]) == 64


def test_who_may_not_see_the_list_does_not_take_it_away(world: World, client: PageClient) -> None:
    client.sign_in(world.email("candidat"), PASSWORD)
    token = client.get("/compte").soup.select_one("input[name=csrf_token]")["value"]
    client.post("/candidatures/export/csv", {"csrf_token": token}, expect=404)
    other = PageClient(client.app)
    number = a_row(world, Step.DOSSIER_REVIEW)
    other.sign_in(world.email("conseiller.b"), PASSWORD)
    listed = other.get("/candidatures").soup.select_one("input[name=csrf_token]")["value"]
    answer = other.post("/candidatures/export/csv", {"csrf_token": listed}, expect=200).response
    assert number not in answer.get_data(as_text=True)
    other.post("/candidatures/export/exe", {"csrf_token": listed}, expect=404)
