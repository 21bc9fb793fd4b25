"""The form of a request, its pieces and its hours, as tables: what is kept, lacking, wanted, counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from workflows.request_form import CODES, SECTIONS, Section, cleaned, oversized, part
from workflows.request_hours import Overlap, hours, hours_of
from workflows.request_missing import problems, section_of, wrong
from workflows.request_pieces import missing, unplaced, wanted

TODAY = date(2026, 3, 2)
LINE = {
    "id": "l1",
    "status": "employee",
    "job": "Responsable",
    "organisation": "Exemple",
    "started_on": "2019-03-01",
    "activities": "Audits",
}
FORM = {
    "birth_name": "Exemple",
    "given_names": "Camille",
    "birth_date": "1987-05-14",
    "birth_town": "Ville-Fictive",
    "nationality": "FR",
    "address": "12 allée",
    "phone": "0",
    "experiences": [LINE],
}


def with_line(**told: str) -> dict[str, Any]:
    return {**FORM, "experiences": [{**LINE, **told}]}


def test_every_field_belongs_to_one_section_and_every_section_is_whole() -> None:
    whole = cleaned(FORM)
    kept = [name for section in Section for name in part(FORM, section)]
    assert sorted(kept) == sorted(whole)
    assert set(SECTIONS) == set(Section)


def test_a_line_keeps_its_name_and_a_blank_one_goes() -> None:
    kept = cleaned(
        {"experiences": [{"id": "l9"}, {"id": "l2", "job": " Chef\r\nadjoint "}, {"id": "'; --", "job": "x"}]}
    )
    assert [(line["id"], line["job"]) for line in kept["experiences"]] == [("l2", "Chef\nadjoint"), ("", "x")]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (FORM, None),
        (FORM | {"birth_date": "1899-12-31"}, "birth_date"),
        (FORM | {"birth_date": "2026-03-02"}, "birth_date"),
        (with_line(started_on="1850-01-01"), "experiences-0-started_on"),
        (with_line(started_on="2026-03-03"), "experiences-0-started_on"),
        (with_line(ended_on="2026-03-03"), "experiences-0-ended_on"),
        (with_line(ended_on="2019-02-28"), "experiences-0-ended_on"),
        (with_line(total_hours="mille"), "experiences-0-total_hours"),
        (with_line(total_hours="1 607 h"), None),
    ],
)
def test_what_cannot_be_is_told_of_its_field(form: dict[str, Any], field: str | None) -> None:
    found = problems(form, TODAY)
    assert [told.field for told in found] == ([field] if field else [])
    assert wrong(found, form) == found
    assert all(section_of(told.field) for told in found)


def test_a_block_held_says_where_and_when() -> None:
    told = [found.field for found in problems(FORM, TODAY, {"BC-1"})]
    assert told == ["held-BC-1-source", "held-BC-1-obtained_on"]
    form = FORM | {"held": {"BC-1": {"source": "Exemple", "obtained_on": "2027-01-01"}}}
    assert [found.field for found in wrong(problems(form, TODAY, {"BC-1"}), form)] == ["held-BC-1-obtained_on"]


def test_what_is_too_long_is_named_by_its_field() -> None:
    form = {"birth_name": "x" * 20_000, "held": {"BC1": {"source": "x" * 201}}, "experiences": [{"job": "x" * 201}]}
    assert [told.field for told in oversized(form)] == ["birth_name", "experiences-0-job", "held-BC1-source"]
    assert [told.field for told in oversized({"experiences": [{}] * 31})] == ["experiences"]


# Pieces

E = "experience:l1"


@pytest.mark.parametrize(
    ("status", "enough", "not_enough"),
    [
        (
            "employee",
            [{"employer_statement"}, {"contract", "payslips"}],
            [set(), {"contract"}, {"payslips"}, {"urssaf"}],
        ),
        ("self_employed", [{"trade_register"}, {"urssaf"}], [{"employer_statement"}, {"activity_statement"}]),
        ("public_agent", [{"service_statement"}, {"employer_statement"}], [{"contract", "payslips"}]),
        ("volunteer", [{"activity_statement"}], [{"employer_statement"}]),
        ("union", [{"activity_statement"}], [{"contract"}]),
        ("mandate", [{"activity_statement"}], [set()]),
        ("internship", [{"activity_statement"}], [{"training_statement"}]),
        ("training", [{"training_statement"}], [{"activity_statement"}]),
    ],
)
def test_each_line_calls_for_its_own_proof(status: str, enough: list[set[str]], not_enough: list[set[str]]) -> None:
    form = with_line(status=status)
    identity = ("identity", "")
    for kinds in enough:
        assert missing(form, (), {identity, *((kind, E) for kind in kinds)}) == []
        assert len(missing(form, (), {identity, *((kind, "experience:other") for kind in kinds)})) == 1
    for kinds in not_enough:
        lacks = missing(form, (), {identity, *((kind, E) for kind in kinds)})
        assert [told.field for told in lacks] == ["piece-experience-l1"]


def test_every_status_has_its_proof_and_one_without_status_is_asked_for_it() -> None:
    assert {s for s in CODES["status"] if len(wanted(with_line(status=s), ())) != 2} == set()
    assert [told.field for told in missing(with_line(status=""), (), {("identity", "")})] == ["experiences-0-status"]


@pytest.mark.parametrize(
    ("told", "held", "places"),
    [
        ({}, (), ["identity", E]),
        ({"highest_degree": "BTS"}, (), ["identity", "degree", E]),
        ({"degree_abroad": "yes"}, (), ["identity", E]),
        ({"comparability": "yes"}, (), ["identity", "comparability", E]),
        ({"comparability": "no"}, (), ["identity", E]),
        ({}, ("BC2", "BC1"), ["identity", "block:BC1", "block:BC2", E]),
    ],
)
def test_other_places_follow_the_answers(told: dict[str, str], held: tuple[str, ...], places: list[str]) -> None:
    assert [place.about or place.kind for place in wanted(FORM | told, held)] == places


def test_a_piece_without_its_line_or_from_before_places_stands_apart() -> None:
    old, gone, placed = ("experience_proof", ""), ("contract", "experience:gone"), ("experience_proof", E)
    assert unplaced(FORM, (), {old, gone, placed, ("identity", ""), ("supplement", "")}) == {old, gone}
    assert missing(FORM, (), {("identity", ""), placed}) == []


# Hours


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("1600", 1600),
        ("1 600", 1600),
        ("1\u202f600 heures", 1600),
        ("1.600 h", 1600),
        ("35,5", 35),
        ("0", 0),
        ("", None),
        ("environ 100", None),
        ("-5", None),
        ("9999999", None),
        ("²", None),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, count: int | None) -> None:
    assert hours_of({"total_hours": typed}) == count


def test_hours_are_added_and_overlaps_told() -> None:
    lines = [
        {"started_on": "2018-01-01", "ended_on": "2020-06-30", "total_hours": "4000"},
        {"started_on": "2020-06-30", "ended_on": "2020-12-31", "total_hours": ""},
        {"started_on": "2019-03-01", "ended_on": "", "total_hours": "1 200 h"},
        {"started_on": "2021-01-01", "ended_on": "2020-01-01", "total_hours": "10"},  # no period: overlaps nothing
        {"started_on": "", "ended_on": "", "total_hours": "x"},
    ]
    found = hours({"experiences": lines}, TODAY)
    assert found.by_line == (4000, None, 1200, 10, None)
    assert found.total == 5210
    assert found.overlaps == (
        Overlap(1, 2, date(2020, 6, 30), date(2020, 6, 30)),
        Overlap(1, 3, date(2019, 3, 1), date(2020, 6, 30)),
        Overlap(2, 3, date(2020, 6, 30), date(2020, 12, 31)),
    )
