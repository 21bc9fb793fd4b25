"""Certifications come in as data: checked in sentences, idempotent, never changed once a candidacy rests on them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from tests.support.builders import World
from vae_portal.actions import proposal_form, referential
from vae_portal.errors import InputRefused
from vae_portal.persistence.database import Database
from vae_portal.persistence.tables import Block, Candidacy, Capability, Certification, CertificationVersion
from vae_portal.settings import Settings
from workflows.vocabulary import Step

FILE = Path(referential.__file__).parents[1] / "data" / "rncp-28242.yaml"
TEXT = FILE.read_text("utf-8")
SMALL = """
rncp: "99999"
title: Une certification
version: "1"
open_to_vae: true
blocks:
  - {code: B1, title: Un bloc, capabilities: [{code: C1, title: Une capacité}]}
"""


def test_the_fiche_of_28242() -> None:
    data = referential.read(TEXT)
    codes = {b["code"]: [c["code"] for c in b["capabilities"]] for b in data["blocks"]}
    assert codes == {"BC1": ["C1", "C2", "C3"], "BC2": ["C4", "C5", "C6"], "BC3": ["C7", "C8"]}
    assert (data["rncp"], data["code"]) == ("28242", "CQPM 0195")
    assert (data["registered_from"], data["registered_until"]) == (date(2017, 4, 21), date(2022, 4, 21))
    fiche = data["fiche"]
    assert [rome[:5] for rome in fiche["rome"]] == ["H1502", "H1301", "H1303"]
    assert len(fiche["modalities"]) == 4
    assert fiche["not_open_to"] == ["Candidature individuelle", "Nouvelle-Calédonie", "Polynésie française"]


def test_criteria_are_optional_texts_kept_in_order_by_file_and_by_form(database: Database) -> None:
    criteria = ["L'écart est décrit", "La cause est cherchée"]
    text = SMALL.replace("title: Une capacité", f"title: Une capacité, criteria: {criteria}")
    data = referential.read(text)
    form = proposal_form.content_of(data)
    assert form["blocks"][0]["capabilities"].splitlines()[1:] == [f"- {line}" for line in criteria]
    assert proposal_form.data_of(form)["blocks"][0]["capabilities"] == data["blocks"][0]["capabilities"]
    with database.writing() as session:
        referential.import_yaml(session, text)
        assert session.scalars(select(Capability.criteria)).one() == criteria
        referential.import_yaml(session, text.replace("décrit", "daté"))  # not in use yet: the text changes
        assert session.scalars(select(Capability.criteria)).one()[0] == "L'écart est daté"


def test_the_same_text_twice_changes_nothing(database: Database) -> None:
    ids = []
    for _ in range(2):
        with database.writing() as session:
            ids.append(referential.import_file(session, "rncp-28242.yaml"))
    assert ids[0] == ids[1]
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(t)) for t in (Certification, Block, Capability)]
        titles = session.scalars(select(Capability.title).order_by(Capability.id)).all()
    assert counts == [1, 3, 8]
    assert titles[5].startswith("Coordonner la mise en œuvre d'outils de diagnostic")


def test_a_corrected_text_replaces_a_version_that_nobody_uses(database: Database) -> None:
    with database.writing() as session:
        first = referential.import_yaml(session, SMALL)
    with database.writing() as session:
        assert referential.import_yaml(session, SMALL.replace("Une capacité", "Mieux dite")) == first
    with database.reading() as session:
        assert session.scalars(select(Capability.title)).all() == ["Mieux dite"]


def test_a_version_that_a_candidacy_began_with_never_changes(world: World) -> None:
    world.candidacy(Step.DRAFT)
    changed = TEXT.replace("L'audit QSE", "L'audit, autrement")
    with pytest.raises(InputRefused, match="ne change plus"), world.services.database.writing() as session:
        referential.import_yaml(session, changed)
    with world.services.database.writing() as session:
        assert referential.import_yaml(session, TEXT) == world.cast.version_id
        newer = referential.import_yaml(session, changed.replace("Enregistrement du 21 avril 2017", "Version 2"))
    with world.services.database.reading() as session:
        assert session.scalars(select(Candidacy.version_id)).one() == world.cast.version_id != newer
        assert len(session.scalars(select(CertificationVersion)).all()) == 2
        assert len(session.scalars(select(Certification)).all()) == 1


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('rncp: "99999"', "rncp: 99999", "« rncp » doit être un texte"),
        ("title: Une certification", "", "Il manque « title »."),
        ("open_to_vae: true", "open_to_vae: peut-être", "« open_to_vae » doit être true ou false."),
        ("open_to_vae: true", "open_to_vae: true\ncolour: blue", "Clé inconnue : « colour »."),
        ("open_to_vae: true", "open_to_vae: true\nregistered_from: hier", "« registered_from » doit être une date"),
        (
            "open_to_vae: true",
            "open_to_vae: true\nregistered_from: 2022-01-01\nregistered_until: 2021-01-01",
            "L'enregistrement finit avant de commencer.",
        ),
        ("open_to_vae: true", "open_to_vae: true\npresident_college: all", "employers ou either"),
        ("open_to_vae: true", "open_to_vae: true\nblock_validity_months: 0", "un nombre de mois"),
        ("{code: C1, title: Une capacité}", "{code: C1, title: A}, {code: C1, title: B}", "« C1 » est donné deux fois"),
        ("{code: C1, title: Une capacité}", "{code: C1}", "Il manque « bloc 1 : capacité : title »."),
        ("title: Un bloc, ", "title: Un bloc, colour: blue, ", "Clé inconnue : « bloc 1 : colour »."),
        ("[{code: C1, title: Une capacité}]", "Une capacité", "doit être une liste de capacités"),
        ("title: Une capacité}", "title: Une capacité, criteria: texte}", "doit être une liste d'au plus 30 textes"),
        ("title: Une capacité}", "title: Une capacité, criteria: ['']}", "doit être une liste d'au plus 30 textes"),
        ('version: "1"', 'version: "1"\nversion: "2"', "« version » y est deux fois, ligne 5"),
        ("title: Une certification", "title: " + "x" * 501, "« title » dépasse 500 caractères."),
        (SMALL, "- a\n- b", "ne décrit pas une certification"),
        (SMALL, "a: [", "n'est pas du YAML lisible"),
        (SMALL, "!!python/object:os.system {}", "n'est pas du YAML lisible"),
    ],
)
def test_every_fault_has_its_sentence(before: str, after: str, sentence: str) -> None:
    assert before in SMALL
    with pytest.raises(InputRefused, match=re.escape(sentence)):
        referential.read(SMALL.replace(before, after))


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InputRefused) as refusal:
        referential.read("rncp: 1\nfoo: 2")
    assert len(re.findall(r"(?:Clé|Il manque|doit être)", str(refusal.value))) == 6


def test_the_command_line(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    file = tmp_path / "certification.yaml"
    file.write_text(SMALL, "utf-8")
    assert referential.run(settings, file) == 0
    assert "RNCP 99999, Une certification : version « 1 »." in capsys.readouterr().out
    with pytest.raises(InputRefused, match="ne peut pas être lu"):
        referential.run(settings, tmp_path / "absent.yaml")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(InputRefused, match="UTF-8"):
        referential.run(settings, file)


def test_no_other_certification_is_in_the_code() -> None:
    assert yaml.safe_load(TEXT)["rncp"] == "28242"
    for path in (FILE.parents[1].parent / "workflows").rglob("*.py"):
        assert not re.search(r"CQPM|H1502", path.read_text("utf-8")), path
