"""Pronouncing: two screens at once and one wins; revoked on a ground, and pronounced anew in another session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.support.builders import World
from tests.support.client import Page, PageClient
from tests.web.test_sessions import EVERY_POINT, at_the_table, signed_in, step_of
from tests.web.test_two_people import REPEATS, press_together
from vae_portal.persistence.tables import Candidacy, ConformityCheck, Decision, JournalRow, JurySession
from workflows.vocabulary import Step


@pytest.fixture
def secretary(world: World, client: PageClient) -> PageClient:
    return signed_in(world, client, "secretaire")


def to_confirm(browser: PageClient, number: str, **ways: str) -> Page:
    """What the president reads before pronouncing: every block acquired by accord but those named."""
    page = browser.get(f"/candidatures/{number}/jury")
    keys = [t["name"].removeprefix("way_") for t in page.soup.select('input[name^="way_"][value="vote"]')]
    typed = {f"way_{key}": ways.get(f"BC{rank}", "acquired") for rank, key in enumerate(keys, 1)}
    typed |= {f"reason_{key}": "Décidé en séance." for key in keys}
    return page.submit("Relire la décision avant de prononcer", typed, expect=200)


def test_two_screens_pronounce_at_once_and_one_wins(world: World, client: PageClient, secretary: PageClient) -> None:
    number, _ = at_the_table(world, secretary)
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    address = f"/candidatures/{number}/jury"
    screens = [PageClient(client.app) for _ in range(2)]
    for screen in screens:
        screen.sign_in(world.email("jury-employeurs"), "une phrase de passe bien longue")
    assert world.kept is not None
    before, winners = world.kept.rows(), set()
    for _ in range(REPEATS):
        world.kept.put_back(before)
        pages = [to_confirm(screens[0], number), to_confirm(screens[1], number, BC3="not_acquired")]
        answers = press_together([(page, address, {"confirmed": "1"}) for page in pages])
        assert sorted(answer.status for answer in answers) == [302, 409]
        winner = [answer.status for answer in answers].index(302)
        assert "Quelqu'un a agi" in answers[1 - winner].text
        with world.services.database.reading() as session:
            outcomes = session.scalars(select(Decision.outcome)).all()
            told = select(func.count()).where(JournalRow.event == "pronounce")
            assert session.scalar(told) == 1
        assert outcomes == [(Step.CERTIFIED, Step.PARTIALLY_VALIDATED)[winner]]
        winners.add(winner)
    assert winners <= {0, 1}


def test_revoked_and_pronounced_anew_in_another_session(
    world: World, client: PageClient, secretary: PageClient
) -> None:
    number, _ = at_the_table(world, secretary)
    president = signed_in(world, client, "jury-employeurs")
    secretary.get(f"/candidatures/{number}/jury").submit("Constater la conformité", EVERY_POINT)
    to_confirm(president, number, BC3="not_acquired").submit("Prononcer : BC1 et BC2 acquis, BC3 non acquis")
    form = president.get(f"/candidatures/{number}/faire/revoke_decision")
    assert "Erreur de droit" in form.text
    assert "Fraude" not in form.text, "no procedure has established it"
    form.submit("Rapporter la décision", {"reason": "Voix mal comptées."}, expect=422)
    form.submit("Rapporter la décision", {"ground": "error_of_law", "reason": " "}, expect=422)
    form.submit("Rapporter la décision", {"ground": "fraud", "reason": "Une pièce fausse."}, expect=(409, 422))
    assert step_of(world, number) == Step.PARTIALLY_VALIDATED
    form.submit("Rapporter la décision", {"ground": "error_of_law", "reason": "Voix mal comptées."})
    assert step_of(world, number) == Step.JURY_PENDING
    anew = world.jury_session(world.clock() + timedelta(days=20))
    page = secretary.get(f"/jurys/{anew}")
    page.submit("Inscrire les candidatures cochées", {"numbers": [number]})
    with world.services.database.reading() as session:
        world.clock.move_to(session.get_one(JurySession, anew).starts_at + timedelta(minutes=1))
    secretary.get(f"/jurys/{anew}").submit("Ouvrir la séance")
    page = secretary.get(f"/candidatures/{number}/jury")
    assert "0 sur 4 constatés" in page.text, "what another session found conform is found again"
    page.submit("Constater la conformité", EVERY_POINT)
    president = signed_in(world, client, "jury-employeurs")
    to_confirm(president, number).submit("Prononcer : BC1, BC2 et BC3 acquis")
    assert step_of(world, number) == Step.CERTIFIED
    shown = president.get(f"/candidatures/{number}/jury")
    revoked = shown.soup.select_one("#precedentes").get_text(" ", strip=True)
    assert "rapportée" in revoked
    assert "par Ange Modèle , erreur de droit : Voix mal comptées." in revoked.replace("Modèle,", "Modèle ,")
    with world.services.database.reading() as session:
        kept = session.scalars(select(Decision).order_by(Decision.id)).all()
        assert [(d.outcome, d.revoked_ground) for d in kept] == [
            ("partially_validated", "error_of_law"),
            ("certified", ""),
        ]
        assert len({d.session_id for d in kept}) == 2
        assert session.scalars(select(Candidacy.decided_on)).one() is not None


def test_conformity_is_exactly_what_is_ticked_and_each_point_keeps_who_and_when(
    world: World, client: PageClient, secretary: PageClient
) -> None:
    number, _ = at_the_table(world, secretary)
    address = f"/candidatures/{number}/jury"
    page = secretary.get(address)
    assert "Commission : Maxime Critère, qualification enregistrée, indépendance déclarée" in page.text
    assert "8 capacités évaluées sur 8 visées." in page.text
    assert "2 signatures pour 2 membres présents, sous le texte en vigueur." in page.text
    assert "Dépôt n° 1 scellé le" in page.text
    page = secretary.follow(page.submit("Constater la conformité", {"point": ["joint_rules", "referential"]}))
    assert "2 sur 4 constatés" in page.text
    first = world.clock()
    world.clock.move_to(first + timedelta(minutes=3))
    president = signed_in(world, client, "jury-employeurs")
    page = president.get(address)
    assert "Reste à constater : le texte signé, le dossier scellé." in page.text
    president.follow(page.submit("Constater la conformité", {"point": ["joint_rules", "record_signed"]}))
    with world.services.database.reading() as session:
        kept = {row.point: row for row in session.scalars(select(ConformityCheck))}
        events = session.execute(
            select(JournalRow.event, JournalRow.details["points"]).where(JournalRow.event.like("conformity_%"))
        ).all()
    assert kept.keys() == {"joint_rules", "record_signed"}
    people = world.cast.people
    assert (kept["joint_rules"].checked_by, kept["joint_rules"].checked_at) == (people["secretaire"], first)
    assert kept["record_signed"].checked_by == people["jury-employeurs"]
    assert [tuple(row) for row in events] == [
        ("conformity_checked", ["joint_rules", "referential"]),
        ("conformity_checked", ["record_signed"]),
        ("conformity_withdrawn", ["referential"]),
    ]
