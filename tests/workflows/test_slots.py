"""Which hours are possible, with whom and where, and why the others are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from workflows.availability import Window
from workflows.clocks import PARIS
from workflows.slots import Around, Member, Place, by_day, chosen, hours, judged

DAY = date(2026, 12, 8)


def at(begins: str, ends: str, day: date = DAY) -> Window:
    """Between two hours of Paris."""
    return Window(*(datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=PARIS) for hour in (begins, ends)))


def member(key: int, qualified: bool = True, *free: Window, **more: object) -> Member:
    return Member(key, f"M{key}", qualified, by_day(free or (at("09:00", "12:00"),)), **more)  # type: ignore[arg-type]


def room(key: int, *free: Window) -> Place:
    return Place(key, f"Salle {key}", by_day(free or (at("09:00", "18:00"),)))


AROUND = Around((member(1), member(2, False), member(3)), (room(1), room(2)), 2, DAY, {})
TEN = at("10:00", "11:00")


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, ()),
        ({"earliest": date(2026, 12, 9)}, ("avant le préavis, qui va jusqu'au 09/12/2026",)),
        ({"holidays": {DAY: "Immaculée Conception"}}, ("jour férié : Immaculée Conception",)),
        ({"holidays": {DAY: "Noël"}, "members": (), "places": ()}, ("jour férié : Noël",)),  # nobody is asked then
        ({"hours": (time(10, 30), time(18))}, ("hors des heures du centre, de 10 h 30 à 18 h",)),
        ({"members": (member(1), member(2, True, resting=(at("10:45", "12:15"),)))}, ("il faut 2 évaluateurs",)),
        ({"taken": (at("10:30", "12:00"),)}, ("le candidat est déjà convoqué ailleurs",)),
        ({"taken": (at("11:00", "12:00"),)}, ()),
        ({"places": ()}, ("aucune salle n'est enregistrée",)),
        ({"places": (room(2, at("11:00", "18:00")),)}, ("Salle 2 n'est pas libre",)),
        ({"places": (room(1, at("11:00", "18:00")), room(2, at("09:00", "10:30")))}, ("Salle 1, Salle 2 ne sont",)),
        ({"places": tuple(room(key, at("11:00", "18:00")) for key in range(4))}, ("aucune salle n'est libre",)),
        ({"members": ()}, ("aucun évaluateur n'est libre",)),
        ({"members": (member(1, False), member(2, False))}, ("aucun évaluateur qualifié n'est libre",)),
        ({"members": (member(1),)}, ("il faut 2 évaluateurs, et sont libres seulement : M1",)),
        ({"members": (member(1), member(2, full=frozenset({DAY})))}, ("il faut 2 évaluateurs",)),
        ({"members": (member(1), member(2, True, at("10:30", "12:00")))}, ("il faut 2 évaluateurs",)),
        ({"size": 4}, ("il faut 4 évaluateurs, et sont libres seulement : M1, M2, M3",)),
        (
            {"earliest": date(2027, 1, 1), "members": (), "places": ()},
            ("avant le préavis", "aucune salle", "aucun évaluateur"),
        ),
    ],
)
def test_reasons(changed: dict[str, object], reasons: tuple[str, ...]) -> None:
    found = judged(TEN, replace(AROUND, **changed))  # type: ignore[arg-type]
    assert len(found.reasons) == len(reasons)
    assert all(told.startswith(expected) for told, expected in zip(found.reasons, reasons, strict=True))
    assert found.possible is (not reasons)


@pytest.mark.parametrize(
    ("around", "people", "room_id"),
    [
        (AROUND, (1, 2), 1),
        (replace(AROUND, size=3), (1, 2, 3), 1),
        (replace(AROUND, members=(member(1, load=2), member(2, load=1), member(3))), (2, 3), 1),
        (replace(AROUND, members=(member(1, False), member(2, False), member(3, load=9))), (1, 3), 1),  # one is able
        (replace(AROUND, kept_people=frozenset({3}), kept_room=2), (1, 3), 2),
        (replace(AROUND, kept_people=frozenset({9}), kept_room=9), (1, 2), 1),
    ],
)
def test_with_whom_and_where(around: Around, people: tuple[int, ...], room_id: int) -> None:
    found = judged(TEN, around)
    assert (found.people, found.room_id, found.possible) == (people, room_id, True)


def test_hours_are_round_and_end_in_time() -> None:
    found = hours(at("09:00", "11:00"), timedelta(minutes=60))
    assert found == [at("09:00", "10:00"), at("09:30", "10:30"), at("10:00", "11:00")]
    assert hours(at("09:00", "09:45"), timedelta(minutes=60)) == []


@pytest.mark.parametrize(
    ("window", "people", "changed", "keys"),
    [
        (TEN, {1, 2}, {}, []),
        (at("03:00", "04:00"), {1, 2}, {"hours": (time(9), time(18))}, ["out_of_hours"]),  # and not that nobody is free
        (at("17:30", "18:30"), {1, 2}, {"hours": (time(9), time(18))}, ["out_of_hours"]),
        (TEN, {1, 2}, {"holidays": {DAY: "Noël"}}, ["holiday"]),
        (at("11:30", "12:30"), {1, 2}, {}, ["not_available:1", "not_available:2"]),
        (TEN, {1, 2}, {"members": (member(1), member(2, full=frozenset({DAY})))}, ["most_a_day:2"]),
        (TEN, {1}, {"members": (member(1), member(2, full=frozenset({DAY})))}, ["too_few"]),  # who is not chosen is not
        (TEN, {1, 2}, {"size": 3}, ["too_few"]),
        (TEN, {1, 2}, {"members": (member(1, resting=(at("08:45", "10:15"),)), member(2))}, ["no_break:1"]),
        (TEN, {1, 2}, {"members": (member(1, resting=(at("08:45", "10:00"),)), member(2))}, []),
        (  # called elsewhere: the database refuses it, and nothing overrides that
            TEN,
            {1, 2},
            {"members": (member(1, called=(at("10:30", "11:30"),), full=frozenset({DAY})), member(2))},
            [],
        ),
        (TEN, {1, 2}, {"taken": (at("10:30", "11:30"),), "size": 3}, []),
    ],
)
def test_what_is_inconvenient_by_hand(
    window: Window, people: set[int], changed: dict[str, object], keys: list[str]
) -> None:
    around = replace(AROUND, **changed)  # type: ignore[arg-type]
    found = chosen(window, people, around)
    assert [one.key for one in found] == keys
    alone = replace(around, members=tuple(m for m in around.members if m.person_id in people))
    if keys:
        assert not judged(window, alone).possible  # what the list proposes is never objected to
