"""Advisors share one list: what is handed over, covered, done to several at once, and who has a page open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.team import PASSWORD as TEAM_PASSWORD
from tests.support.team import a_person, mails
from vae_portal.actions import absences, disposal, handing_over
from vae_portal.actions.batches import MOST, Batch, Chosen, do
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.tables import Absence, Candidacy, JournalRow, Person, PersonRole, Presence
from workflows import clocks
from workflows.facts import Actor
from workflows.vocabulary import Action, Role, Step

CENTRE = "UIMM Démonstration"


def an_advisor(world: World, *more: Role) -> tuple[Person, Actor]:
    """A second advisor of the first centre."""
    person = a_person(world.services, Role.ADVISOR, *more, centre=CENTRE)
    return person, Actor(person.id, world.cast.centre_id, frozenset({Role.ADVISOR, *more}))


def first(world: World) -> Actor:
    return world.cast.actor("conseiller", Role.ADVISOR)


def follower(world: World, number: str) -> int | None:
    with world.services.database.reading() as session:
        return session.scalar(select(Candidacy.advisor_id).where(Candidacy.number == number))


def events(world: World, event: str) -> list[dict[str, object]]:
    with world.services.database.reading() as session:
        return list(session.scalars(select(JournalRow.details).where(JournalRow.event == event)))


# Handing over


def test_a_candidacy_is_handed_over_with_a_word_and_once(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    colleague, _ = an_advisor(world)
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get(f"/candidatures/{number}/confier")
    empty = page.submit("Confier", {"receiver": str(colleague.id)}, expect=422)
    assert "Écrivez un mot à votre collègue" in empty.text
    client.follow(page.submit("Confier", {"receiver": str(colleague.id), "reason": "Reste à accuser."}))
    client.follow(page.submit("Confier", {"receiver": str(colleague.id), "reason": "Reste à accuser."}))
    assert follower(world, number) == colleague.id
    told = [mail for mail in mails(world.services, colleague.email) if mail.template == "handed_over"]
    assert len(told) == 1
    assert "Reste à accuser." in (told[0].body or "")
    rows = events(world, "candidacy_handed_over")
    assert len(rows) == 1
    assert rows[0]["advisor"] == colleague.id
    assert "Reste" not in str(rows)


def test_rules_of_following_hold_for_who_receives(world: World) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    colleague, second = an_advisor(world)
    with world.services.database.writing() as session:
        row = session.scalars(select(Candidacy)).one()
        row.appealed, row.refused_by = True, colleague.id
    with pytest.raises(ActionRefused, match="Camille Essai a pris la décision contestée"):
        handing_over.hand_over(world.services, first(world), number, colleague.id, "À vous.", "")
    with pytest.raises(InputRefused, match="chargé de recevabilité"):
        handing_over.hand_over(world.services, first(world), number, world.cast.people["secretaire"], "À vous.", "")
    with pytest.raises(InputRefused, match="chargé de recevabilité"):
        handing_over.hand_over(world.services, first(world), number, world.elsewhere.people["conseiller.b"], "Oui.", "")
    with pytest.raises(NotVisible):
        auditor = world.cast.actor("auditeur", Role.AUDITOR)
        handing_over.hand_over(world.services, auditor, number, colleague.id, "À vous.", "")
    with pytest.raises(StaleForm, match="personne"):
        handing_over.hand_over(world.services, second, number, first(world).person_id or 0, "À vous.", "12")
    assert follower(world, number) is None


# Absences


def test_the_cover_sees_and_is_told_what_the_absent_would_be(world: World, client: PageClient) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_INCOMPLETE)
    number = story.number
    with world.services.database.writing() as session:
        session.scalars(select(Candidacy)).one().advisor_id = first(world).person_id
    colleague, _ = an_advisor(world)
    today = clocks.civil_date(world.clock())
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get("/candidatures/absences")
    wrong = {"person": str(first(world).person_id), "cover": str(colleague.id), "first": "2026-13-99", "last": ""}
    assert "Indiquez le premier jour" in page.submit("Noter l'absence", wrong, expect=422).text
    days = {"first": today.isoformat(), "last": (today + timedelta(days=5)).isoformat()}
    client.follow(page.submit("Noter l'absence", {**wrong, **days}))
    assert [mail.template for mail in mails(world.services, colleague.email)] == ["absence_covered"]

    other = PageClient(client.app)
    other.sign_in(colleague.email, TEAM_PASSWORD)
    listed = other.get("/candidatures?conseiller=mine")
    assert number in listed.text
    assert "Vous remplacez" in listed.text
    story.act(Action.WITHDRAW, world.cast.actor("candidat", Role.CANDIDATE))
    for address in (colleague.email, world.email("conseiller")):
        assert "staff_notice" in [mail.template for mail in mails(world.services, address)]

    world.clock.advance(days=6)
    assert number not in other.get("/candidatures?conseiller=mine").text


def test_who_is_away_without_a_cover_is_not_told_alone(world: World) -> None:
    story = world.candidacy(Step.ADMISSIBILITY_INCOMPLETE)
    (colleague, _), (third, _) = an_advisor(world), an_advisor(world)
    today = clocks.civil_date(world.clock())
    with world.services.database.writing() as session:
        session.scalars(select(Candidacy)).one().advisor_id = colleague.id
        session.add(
            Absence(
                centre_id=world.cast.centre_id,
                person_id=colleague.id,
                covered_by=third.id,
                first_day=today,
                last_day=today,
                recorded_by=colleague.id,
                recorded_at=world.clock(),
            )
        )
        session.execute(delete(PersonRole).where(PersonRole.person_id == third.id))  # an advisor no more
    story.act(Action.WITHDRAW, story.candidate)
    told = {local for local in ("conseiller",) if mails(world.services, world.email(local))}
    assert told == {"conseiller"}
    assert mails(world.services, colleague.email)
    assert not mails(world.services, third.email)


def test_nobody_covers_while_away_nor_is_away_twice(world: World) -> None:
    (one, _), (two, second) = an_advisor(world), an_advisor(world)
    away, day = first(world).person_id or 0, clocks.civil_date(world.clock())
    week = day + timedelta(days=6)
    absences.plan(world.services, first(world), away, one.id, day, week)
    for who, cover, match in (
        (away, two.id, "déjà notée"),
        (two.id, away, "est en absence"),
        (one.id, two.id, "Vous remplacez"),
    ):
        actor = Actor(who, world.cast.centre_id, frozenset({Role.ADVISOR}))
        with pytest.raises(InputRefused, match=match):
            absences.plan(world.services, actor, who, cover, week, week)
    with pytest.raises(NotVisible):
        absences.plan(world.services, second, one.id, two.id, week + timedelta(days=1), week + timedelta(days=2))
    with pytest.raises(IntegrityError) as caught, world.services.database.writing() as session:
        values = {"first_day": week, "last_day": week, "recorded_by": away, "recorded_at": world.clock()}
        session.add(Absence(centre_id=world.cast.centre_id, person_id=away, covered_by=two.id, **values))
    assert caught.value.orig.diag.constraint_name == "ex_absence_days"
    admin = world.cast.actor("admin", Role.ADMINISTRATOR)
    with world.services.database.reading() as session:
        absence_id = session.scalars(select(Absence.id)).one()
    absences.end(world.services, admin, absence_id)
    assert [row["cover"] for row in events(world, "absence_ended")] == [one.id]


# Batches


def test_each_of_a_batch_is_done_or_says_why_not_and_twice_changes_nothing(world: World, client: PageClient) -> None:
    fresh = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    draft, admitted = (
        world.candidacy(step, world.candidate(f"c{n}")).number
        for n, step in enumerate((Step.DRAFT, Step.DOSSIER_PREPARATION))
    )
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get("/candidatures")
    boxes = [box["value"] for box in page.soup.select("input[name=chosen]")]
    assert {box.partition("/")[0] for box in boxes} == {fresh, admitted}
    chosen = {"chosen": [*boxes, f"{draft}/1/", "n'importe quoi"], "action": "acknowledge"}
    done = page.submit("Faire pour les candidatures cochées", chosen, expect=200)
    assert done.heading.startswith("Accuser réception : 1 faite, 3 refusées")
    again = page.submit("Faire pour les candidatures cochées", chosen, expect=200)
    assert again.heading.startswith("Accuser réception : 0 faite, 4 refusées")
    assert "Quelqu'un a agi sur cette candidature" in again.text
    assert [mail.template for mail in mails(world.services, world.email("candidat"))].count("receipt") == 1
    empty = page.submit("Faire pour les candidatures cochées", {"action": "take"}, expect=422)
    assert "Cochez au moins une candidature" in empty.text
    nothing = page.submit("Faire pour les candidatures cochées", {"chosen": boxes, "action": "withdraw"}, expect=422)
    assert "Choisissez ce qu'il faut faire" in nothing.text
    wordless = {"chosen": boxes[:1], "action": "hand_over", "receiver": "", "reason": "Mon mot"}
    kept = client.get("/candidatures").submit("Faire pour les candidatures cochées", wordless, expect=422)
    assert kept.form("Faire pour les candidatures cochées").values["action"] == "hand_over"
    assert kept.form("Faire pour les candidatures cochées").values["reason"] == "Mon mot"
    assert kept.form("Faire pour les candidatures cochées").values["chosen"] == boxes[0]


def test_a_batch_is_bounded_and_handing_over_needs_a_word(world: World) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    colleague, _ = an_advisor(world)
    many = [Chosen(number, 0, "")] * (MOST + 1)
    with pytest.raises(InputRefused, match="au plus"):
        do(world.services, first(world), Batch.TAKE, many)
    one = [Chosen(number, 0, "")]
    with pytest.raises(InputRefused, match="mot"):
        do(world.services, first(world), Batch.HAND_OVER, one, colleague.id, " ")
    assert [row.refusal for row in do(world.services, first(world), Batch.HAND_OVER, one, colleague.id, "À vous.")] == [
        None
    ]
    assert follower(world, number) == colleague.id


# Views


def test_a_view_is_found_back_renamed_and_forgotten_by_its_owner_alone(world: World, client: PageClient) -> None:
    client.sign_in(world.email("conseiller"), PASSWORD)
    page = client.get("/candidatures?signe=fresh&tri=newest&col=email&col=step&nonsense=1")
    back = client.follow(page.submit("Enregistrer la vue", {"name": "À  accuser"}))
    link = back.soup.select_one("nav.views a")
    assert link["href"] == "/candidatures?signe=fresh&tri=newest&col=step&col=email"
    assert link.get_text(strip=True) == "À accuser"
    twice = client.get("/candidatures").submit("Enregistrer la vue", {"name": "à ACCUSER"}, expect=422)
    assert "Vous avez déjà une vue" in twice.text
    assert client.get("/candidatures/vues").form("Renommer").action.startswith("/candidatures/vues/")
    client.follow(client.get("/candidatures/vues").submit("Renommer", {"name": "Ce matin"}))
    other = PageClient(client.app)
    other.sign_in(world.email("secretaire"), PASSWORD)
    assert "Ce matin" not in other.get("/candidatures").text
    mine = client.get("/candidatures/vues").form("Supprimer la vue")
    other.post(mine.action, {**other.get("/candidatures").form("Enregistrer la vue").values}, expect=404)
    client.follow(client.get("/candidatures/vues").submit("Supprimer la vue"))
    for n in range(20):
        page.submit("Enregistrer la vue", {"name": f"Vue {n}"})
    assert "Vous avez déjà 20 vues" in page.submit("Enregistrer la vue", {"name": "De trop"}, expect=422).text


# Presence


def test_two_advisors_on_one_page_see_each_other_for_two_minutes(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    colleague, _ = an_advisor(world)
    other = PageClient(client.app)
    client.sign_in(world.email("conseiller"), PASSWORD)
    other.sign_in(colleague.email, TEAM_PASSWORD)

    def tell(who: PageClient) -> list[str]:
        token = who.get(f"/candidatures/{number}").soup.select_one("[data-presence]")["data-token"]
        return who.post(f"/candidatures/{number}/presence", {"csrf_token": token}, expect=200).response.json["others"]

    assert tell(client) == []
    assert tell(other) == ["Ouverte aussi par Dominique Fictif, à l'instant."]
    world.clock.advance(seconds=70)
    assert "Ouverte aussi par Camille Essai, il y a 1\N{NO-BREAK SPACE}minute." in str(
        client.get(f"/candidatures/{number}").soup.select_one("[data-presence]")
    )
    world.clock.advance(seconds=60)
    assert tell(client) == []
    auditor = PageClient(client.app)
    auditor.sign_in(world.email("auditeur"), PASSWORD)
    assert auditor.get(f"/candidatures/{number}").soup.select_one("[data-presence]") is None
    world.clock.advance(minutes=11)
    disposal.dispose(world.services)
    with world.services.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Presence)) == 0
        assert session.scalar(text("SELECT count(*) FROM journal WHERE event LIKE '%presence%'")) == 0


def test_reading_a_page_tells_nobody_that_it_is_open(world: World, client: PageClient) -> None:
    number = world.candidacy(Step.ADMISSIBILITY_REVIEW).number
    client.sign_in(world.email("conseiller"), PASSWORD)
    client.get(f"/candidatures/{number}")
    with world.services.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Presence)) == 0
