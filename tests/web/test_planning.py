"""The planner's pages: who waits, a slot booked or refused with every reason, a week, qualifications."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range

from tests.jobs.reading import journal
from tests.support.builders import PASSWORD, World
from tests.support.client import Page, PageClient
from vae_portal.persistence.tables import (
    Availability,
    Candidacy,
    Interview,
    OutboxMail,
    PastEmployer,
    PlanningHabits,
    Qualification,
)
from workflows import clocks
from workflows.vocabulary import Step


@pytest.fixture
def planner(world: World, client: PageClient) -> PageClient:
    with world.services.database.writing() as session:
        session.add_all(free_every_day(world, local) for local in ("evaluateur1", "evaluateur2", "evaluateur3"))
    client.sign_in(world.email("planificateur"), PASSWORD)
    return client


def free_every_day(world: World, local: str) -> Availability:
    """All day long, for a year."""
    starts_at = world.clock()
    return Availability(
        person_id=world.cast.people[local],
        free=True,
        source="planner",
        during=Range(starts_at, starts_at + timedelta(days=365), bounds="[)"),
        recorded_by=world.cast.people["planificateur"],
        recorded_at=starts_at,
    )


def a_day(world: World, days: int = 20) -> date:
    return clocks.civil_date(world.clock()) + timedelta(days=days)


def slot(world: World, day: date, *locals_: str, **more: object) -> dict[str, object]:
    chosen = [str(world.cast.people[local]) for local in locals_]
    return {"day": day.isoformat(), "hour": "14:00", "place": "Salle 1", "evaluators": chosen or None, **more}


def interviews(world: World) -> list[Interview]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(Interview).order_by(Interview.id)))


def schedule(planner: PageClient, number: str) -> Page:
    return planner.get(f"/candidatures/{number}/entretien")


def test_a_slot_is_booked_and_shows_in_its_week(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    waiting = planner.get("/entretiens")
    assert number in waiting.soup.select_one("#a-planifier").get_text()
    day = a_day(world)
    booked = schedule(planner, number).submit("Planifier l'entretien", slot(world, day, "evaluateur1", "evaluateur2"))
    week = planner.follow(booked)
    assert "Camille Exemple" in week.text
    assert "Maxime Critère, Andréa Indicateur" in week.text
    (interview,) = interviews(world)
    assert interview.during.lower == datetime(day.year, day.month, day.day, 14, tzinfo=clocks.PARIS).astimezone(UTC)
    assert interview.during.upper - interview.during.lower == timedelta(hours=1)


def test_an_impossible_choice_says_every_reason_and_loses_nothing(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    page = schedule(planner, number).submit(
        "Planifier l'entretien", slot(world, a_day(world, 3), "evaluateur2", place="Salle bleue"), expect=409
    )
    assert "Une commission compte au moins deux évaluateurs." in page.text
    assert "Au moins un évaluateur doit être qualifié" in page.text
    assert "La convocation part au moins 15 jours avant" in page.text
    assert page.soup.select_one("#place")["value"] == "Salle bleue"
    ticked = page.soup.select('input[name="evaluators"][checked]')
    assert [int(tag["value"]) for tag in ticked] == [world.cast.people["evaluateur2"]]
    assert interviews(world) == []


def test_an_hour_that_the_clocks_jump_over_is_no_hour(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    given = slot(world, date(2026, 3, 29), "evaluateur1", "evaluateur2", hour="02:30")
    page = schedule(planner, number).submit("Planifier l'entretien", given, expect=422)
    assert "Cette heure n'existe pas ce jour-là" in page.text
    night = {"hour": "02:30", "anyway": "out_of_hours"}
    given = slot(world, date(2026, 10, 25), "evaluateur1", "evaluateur2", **night)
    schedule(planner, number).submit("Planifier l'entretien", given)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"day": ""}, "Indiquez la date de l'entretien."),
        ({"day": "2026-02-31"}, "Indiquez la date de l'entretien, par exemple"),
        ({"day": "0001-01-01"}, "Indiquez la date de l'entretien, par exemple"),
        ({"hour": "26:99"}, "Indiquez l'heure de début, par exemple"),
        ({"hour": None}, "Indiquez l'heure de début."),
        ({"duration": "7"}, "Choisissez la durée dans la liste."),
        ({"duration": None}, "Choisissez la durée dans la liste."),
        ({"place": "x" * 201}, "Écrivez 200 caractères au plus."),
        ({"video_link": "javascript:alert(1)"}, "qui commence par https://"),
        ({"place": " "}, "Indiquez un lieu ou un lien de visioconférence."),
        ({"evaluators": ["999999"]}, "Choisissez dans la liste"),
        ({"evaluators": ["un"]}, ""),
    ],
)
def test_bad_input_gets_a_sentence(
    world: World, planner: PageClient, changed: dict[str, object], sentence: str
) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    given = slot(world, a_day(world), "evaluateur1", "evaluateur2") | changed
    form = schedule(planner, number).form("Planifier l'entretien")
    data = {name: value for name, value in {**form.values, **given}.items() if value is not None}
    response = planner.http.post(form.action, data=data)
    assert response.status_code in (409, 422)
    assert sentence in response.get_data(as_text=True).replace("&#39;", "'")
    assert interviews(world) == []


def test_collisions_come_back_as_sentences(world: World, planner: PageClient) -> None:
    first = world.candidacy(Step.INTERVIEW_PENDING).number
    second = world.candidacy(Step.INTERVIEW_PENDING, world.candidate("candidat2")).number
    day = a_day(world)
    schedule(planner, first).submit("Planifier l'entretien", slot(world, day, "evaluateur1", "evaluateur2"))
    same_person = slot(world, day, "evaluateur1", "evaluateur3", place="Salle 2")
    page = schedule(planner, second).submit("Planifier l'entretien", same_person, expect=422)
    assert "Un évaluateur de cette commission est déjà pris à cette heure-là." in page.text
    assert "déjà pris de 14 h à 15 h" in page.text
    same_room = slot(world, day, "evaluateur3", "evaluateur2", place="SALLE 1", hour="14:30")
    page = schedule(planner, second).submit("Planifier l'entretien", same_room, expect=422)
    assert "est déjà prise à cette heure-là" in page.text or "est déjà pris" in page.text
    after = slot(world, day, "evaluateur1", "evaluateur2", hour="15:15")  # a quarter of an hour later
    schedule(planner, second).submit("Planifier l'entretien", after)


def test_what_is_inconvenient_is_told_then_booked_all_the_same(world: World, planner: PageClient) -> None:
    first = world.candidacy(Step.INTERVIEW_PENDING).number
    second = world.candidacy(Step.INTERVIEW_PENDING, world.candidate("candidat2")).number
    with world.services.database.writing() as session:
        session.add(PlanningHabits(centre_id=world.cast.centre_id, most_a_day=1, break_minutes=15))
    day = a_day(world)
    schedule(planner, first).submit("Planifier l'entretien", slot(world, day, "evaluateur1", "evaluateur2"))
    close = slot(world, day, "evaluateur1", "evaluateur3", hour="15:00", place="Salle bleue")
    page = schedule(planner, second).submit("Planifier l'entretien", close, expect=409)
    assert "Maxime Critère siège déjà ce jour-là autant que le centre le permet." in page.text
    assert "Maxime Critère n'aurait pas de pause avant ou après un autre entretien." in page.text
    assert "Lou Grille n'" not in page.soup.select_one("#anyway").get_text()
    assert page.soup.select_one("#place")["value"] == "Salle bleue"
    assert len(page.soup.select('input[name="evaluators"][checked]')) == 2
    box = str(page.soup.select_one("#anyway-box")["value"])
    holiday = page.submit("Planifier l'entretien", {"anyway": box, "day": "2026-07-14"}, expect=409)
    assert "Jour férié : Fête nationale." in holiday.text  # what was not read is not overridden
    assert len(interviews(world)) == 1
    planner.follow(page.submit("Planifier l'entretien", {"anyway": box}))
    assert len(interviews(world)) == 2
    acts = [details for _, event, details in journal(world.services) if event == "schedule_interview"]
    assert "overridden" not in acts[0]
    assert acts[1]["overridden"] == ["most_a_day", "no_break"]
    assert acts[1]["overridden_for"] == [world.cast.people["evaluateur1"]]


def test_at_night_or_before_who_is_not_free_a_move_is_told_too(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    moved = slot(world, a_day(world, 30), "evaluateur1", "evaluateur3", hour="03:00", reason="Salle indisponible")
    page = schedule(planner, number).submit("Déplacer l'entretien", moved, expect=409)
    assert "Hors des heures du centre, de " in page.text
    assert page.soup.select_one("#reason").get_text().strip() == "Salle indisponible"
    with world.services.database.writing() as session:
        session.execute(delete(Availability).where(Availability.person_id == world.cast.people["evaluateur3"]))
    page = page.submit("Déplacer l'entretien", {"hour": "14:00"}, expect=409)
    assert "Lou Grille n'a pas dit être disponible à cette heure." in page.text
    too_soon = page.submit("Déplacer l'entretien", {"day": a_day(world, 3).isoformat()}, expect=409)
    assert "La convocation part au moins 15 jours avant" in too_soon.text
    assert too_soon.soup.select_one("#anyway-box") is None  # nobody overrides the notice
    page.submit("Déplacer l'entretien", {"anyway": str(page.soup.select_one("#anyway-box")["value"])})
    assert interviews(world)[-1].live


def test_an_interview_is_moved_with_a_reason_and_the_first_stays_on_record(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_SCHEDULED).number
    page = schedule(planner, number)
    moved = slot(world, a_day(world, 30), "evaluateur1", "evaluateur3")
    page = page.submit("Déplacer l'entretien", moved, expect=422)
    assert "Indiquez le motif" in page.text
    page.submit("Déplacer l'entretien", {"reason": "Salle indisponible"})
    old, new = interviews(world)
    assert (old.live, old.ended, old.ended_reason) == (False, "moved", "Salle indisponible")
    assert new.live
    with world.services.database.reading() as session:
        moving = OutboxMail.id > select(func.max(OutboxMail.id) - 4).scalar_subquery()
        rows = session.execute(select(OutboxMail.recipient, OutboxMail.template).where(moving)).all()
    assert {row.recipient.partition("@")[0]: row.template for row in rows} == {
        "candidat": "interview_moved",
        "evaluateur1": "interview_moved",
        "evaluateur2": "commission_left",
        "evaluateur3": "interview_scheduled_evaluator",
    }


def test_two_planners_at_once_the_second_reads_what_happened(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.INTERVIEW_PENDING).number
    old = schedule(planner, number)
    schedule(planner, number).submit("Planifier l'entretien", slot(world, a_day(world), "evaluateur1", "evaluateur2"))
    late = old.submit("Planifier l'entretien", slot(world, a_day(world, 25), "evaluateur1", "evaluateur3"), expect=409)
    assert "Salle 1" in str(late.soup) or "Quelqu'un a agi" in late.text
    assert len(interviews(world)) == 1


def test_who_cannot_sit_is_barred_with_the_reason(world: World, planner: PageClient) -> None:
    story = world.candidacy(Step.INTERVIEW_PENDING)
    with world.services.database.writing() as session:
        candidacy = session.scalars(select(Candidacy).where(Candidacy.number == story.number)).one()
        candidacy.advisor_id = world.cast.people["evaluateur3"]
    page = schedule(planner, story.number)
    barred = page.soup.select_one(f'input[value="{world.cast.people["evaluateur3"]}"][name="evaluators"]')
    assert barred.has_attr("disabled")
    assert "Lou Grille a suivi ce candidat comme conseiller" in page.text
    assert "non qualifié pour cette certification" in page.text


def test_another_step_leads_back_to_the_candidacy(world: World, planner: PageClient) -> None:
    number = world.candidacy(Step.DOSSIER_REVIEW).number
    assert planner.get(f"/candidatures/{number}/entretien", 302).location.endswith(f"/candidatures/{number}")


def test_weeks_follow_each_other_whatever_the_address(world: World, planner: PageClient) -> None:
    assert "lundi 16 mars 2026" in planner.get("/entretiens?semaine=2026-03-18").text
    for odd in ("hier", "0001-01-01", "9999-12-31", ""):
        planner.get("/entretiens", query={"semaine": odd})


def test_qualifications_are_recorded(world: World, planner: PageClient) -> None:
    person = world.cast.people["evaluateur2"]
    page = planner.get("/entretiens/qualifications")
    box = page.soup.select_one(f'input[id^="q-{person}-"]')
    page.submit(
        "Enregistrer pour Andréa Indicateur",
        {
            "certifications": [str(box["value"])],
            "employer": "Fonderie",
            "past_employers": "Usine A\nusine a\n\nUsine B",
        },
    )
    with world.services.database.reading() as session:
        assert session.scalars(select(Qualification).where(Qualification.person_id == person)).one()
        past = session.scalars(select(PastEmployer.name).where(PastEmployer.person_id == person)).all()
    assert sorted(past) == ["Usine B", "usine a"]
    with world.services.database.writing() as session:
        session.execute(delete(Availability))
    page = planner.get("/entretiens/qualifications")
    assert "Usine B" in page.soup.select_one(f"#passes-{person}").get_text()
    assert "Andréa Indicateur n'a pas dit ses disponibilités" in page.text
    many = "\n".join(f"Usine {rank}" for rank in range(31))
    page = page.submit("Enregistrer pour Andréa Indicateur", {"past_employers": many}, expect=422)
    assert "30 employeurs passés au plus" in page.text
    assert "Usine 30" in page.soup.select_one(f"#passes-{person}").get_text()


def test_what_no_evaluator_can_assess_is_said(world: World, planner: PageClient) -> None:
    world.candidacy(Step.INTERVIEW_PENDING)
    assert "Aucun évaluateur n'est qualifié" not in planner.get("/entretiens/qualifications").text
    with world.services.database.writing() as session:
        session.execute(delete(Qualification))
    assert "1 candidat en attente d'entretien" in planner.get("/entretiens/qualifications").text


def test_people_of_another_centre_or_role_cannot_be_qualified(world: World, planner: PageClient) -> None:
    form = planner.get("/entretiens/qualifications").form("Enregistrer pour Maxime Critère")
    for stranger in (world.elsewhere.people["conseiller.b"], world.cast.people["candidat"], 10**9 - 1):
        planner.post(form.action, {**form.values, "person_id": str(stranger)}, expect=404)
