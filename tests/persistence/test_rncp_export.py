"""The export of the RNCP: one fiche found in the flow, turned into a référentiel that the import takes."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vae_portal.actions import referential, rncp_proposal
from vae_portal.actions.rncp_export import ExportedFiche, find, number_of
from vae_portal.errors import InputRefused

FICHE = """
<FICHE><ID_FICHE>1</ID_FICHE><NUMERO_FICHE>RNCP12345</NUMERO_FICHE><INTITULE>Autre chose</INTITULE></FICHE>
<FICHE>
  <ID_FICHE>2</ID_FICHE><NUMERO_FICHE>RNCP28242</NUMERO_FICHE>
  <INTITULE>Coordonnateur(trice) QSE</INTITULE><ABREGE><CODE>CQPM</CODE><LIBELLE>Certificat</LIBELLE></ABREGE>
  <DATE_DECISION>21/04/2017</DATE_DECISION><DATE_FIN_ENREGISTREMENT>29/02/2024</DATE_FIN_ENREGISTREMENT>
  <SI_JURY_VAE><ACTIF>Oui</ACTIF><COMPOSITION>Jury paritaire</COMPOSITION></SI_JURY_VAE>
  <CORRESPONDANCES><CORRESPONDANCE>
    <SOURCE><BLOC_COMPETENCES><CODE>RNCP28242BC01</CODE></BLOC_COMPETENCES></SOURCE>
    <DESTINATION><NUMERO_FICHE>RNCP99999</NUMERO_FICHE>
      <BLOC_COMPETENCES><CODE>RNCP99999BC07</CODE></BLOC_COMPETENCES></DESTINATION>
  </CORRESPONDANCE></CORRESPONDANCES>
  <BLOCS_COMPETENCES>
    <BLOC_COMPETENCES><CODE>RNCP28242BC01</CODE><LIBELLE>Analyser</LIBELLE>
      <LISTE_COMPETENCES><![CDATA[Le candidat sait :
C1 - Préparer les éléments ;
C2 - Décrire un processus.]]></LISTE_COMPETENCES><MODALITES_EVALUATION>Projet</MODALITES_EVALUATION></BLOC_COMPETENCES>
    <BLOC_COMPETENCES><CODE>RNCP28242BC01</CODE><LIBELLE>Mettre en oeuvre</LIBELLE>
      <LISTE_COMPETENCES>Garantir la cohérence ; Coordonner les outils</LISTE_COMPETENCES></BLOC_COMPETENCES>
    <BLOC_COMPETENCES><LIBELLE>Auditer</LIBELLE><LISTE_COMPETENCES>• Organiser
• Réaliser</LISTE_COMPETENCES></BLOC_COMPETENCES>
  </BLOCS_COMPETENCES>
  <NOUVELLES_CERTIFICATIONS><NOUVELLE_CERTIFICATION>
    <ID_FICHE_NOUVELLE_CERTIFICATION>RNCP38000</ID_FICHE_NOUVELLE_CERTIFICATION></NOUVELLE_CERTIFICATION>
  </NOUVELLES_CERTIFICATIONS>
</FICHE>
"""


def export(fiches: str = FICHE, version: str = "4.1") -> bytes:
    head = f"<?xml version='1.0' encoding='UTF-8'?><FICHES><VERSION_FLUX>{version}</VERSION_FLUX>"
    return f"{head}{fiches}</FICHES>".encode()


def fiche(content: bytes, number: str = "28242") -> ExportedFiche:
    return find(io.BytesIO(content), number)


def test_a_fiche_is_found_with_its_own_blocks_only() -> None:
    found = fiche(export())
    assert (found.title, found.short, found.open_to_vae) == ("Coordonnateur(trice) QSE", "CQPM", True)
    assert (found.from_day, found.until_day) == (date(2017, 4, 21), date(2024, 2, 29))
    assert [(b.code, b.title) for b in found.blocks] == [
        ("RNCP28242BC01", "Analyser"),
        ("RNCP28242BC01", "Mettre en oeuvre"),
        ("", "Auditer"),
    ]
    assert found.successors == ("RNCP38000",)


def test_what_is_proposed_can_be_imported_and_says_what_to_confirm() -> None:
    text = rncp_proposal.as_yaml(fiche(export()))
    data = referential.read(text)
    assert {b["code"]: [(c["code"], c["title"]) for c in b["capabilities"]] for b in data["blocks"]} == {
        "BC01": [("C1", "Préparer les éléments"), ("C2", "Décrire un processus")],
        "BC02": [("C3", "Garantir la cohérence"), ("C4", "Coordonner les outils")],
        "BC03": [("C5", "Organiser"), ("C6", "Réaliser")],
    }
    assert data["registered_until"] == date(2024, 2, 29)
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert any("découpées d'un texte libre" in line for line in head)
    assert any("Bloc 2 : code donné deux fois" in line for line in head)
    assert any("Bloc 3 : code absent" in line for line in head)
    assert any("RNCP38000" in line for line in head)


@pytest.mark.parametrize(
    ("said", "is_open"),
    [
        ("<SI_JURY_VAE>Oui</SI_JURY_VAE>", True),
        ("<SI_JURY_VAE><ACTIF>Oui</ACTIF></SI_JURY_VAE>", True),
        ("<SI_JURY_VAE>Non</SI_JURY_VAE>", False),
        ("<SI_JURY_VAE><ACTIF>Non</ACTIF></SI_JURY_VAE>", False),
        ("", False),
    ],
)
def test_open_to_vae_only_when_it_says_so(said: str, is_open: bool) -> None:
    assert fiche(export(f"<FICHE><NUMERO_FICHE>RNCP1</NUMERO_FICHE>{said}</FICHE>"), "1").open_to_vae is is_open


BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE FICHES [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:"""
    + b"""///etc/hostname">]><FICHES><VERSION_FLUX>4.1</VERSION_FLUX><FICHE>&b;&c;</FICHE></FICHES>"""
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "XML lisible"),
        (b"%PDF-1.7", "XML lisible"),
        (export()[:-40], "n'est pas dans cet export|XML lisible"),
        (b"<FICHES><FICHE></FICHES>", "XML lisible"),
        (b"<html><body/></html>", "Ce n'est pas un export du RNCP"),
        (export(version="3.1"), "version « 3.1 »"),
        (b"<FICHES><FICHE></FICHE></FICHES>", "sans version"),
        (BOMB, "DOCTYPE"),
        (export("<A>" * 300 + "</A>" * 300), "XML lisible"),
        (export("<FICHE>" + "<A>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</A>" * 900_000 + "</FICHE>"), "démesurée"),
        (export("<FICHE><INTITULE>" + "a" * 11_000_000 + "</INTITULE></FICHE>"), "XML lisible"),
        (export(), "RNCP404 n'est pas dans cet export .2 fiches lues."),
    ],
)
def test_what_is_no_export_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InputRefused, match=sentence):
        fiche(content, "404")


def test_dates_that_are_none_are_left_out_and_told() -> None:
    content = export(
        "<FICHE><NUMERO_FICHE>RNCP1</NUMERO_FICHE><DATE_EFFET>31/02/2020</DATE_EFFET>"
        "<DATE_DECISION>01/01/1492</DATE_DECISION><DATE_FIN_ENREGISTREMENT>jamais</DATE_FIN_ENREGISTREMENT></FICHE>"
    )
    found = fiche(content, "1")
    assert (found.from_day, found.until_day, len(found.doubts)) == (None, None, 3)


@pytest.mark.parametrize("text", ["RNCP28242", "rncp 28242", " 28242 "])
def test_numbers_as_people_write_them(text: str) -> None:
    assert number_of(text) == "28242"


@pytest.mark.parametrize("text", ["", "RS5000", "28242bis", "1" * 20_000])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputRefused, match="numéro RNCP"):
        number_of(text)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=3), min_size=2))
def test_no_line_of_a_list_is_lost(words: list[str]) -> None:
    titles = [f"Savoir {word} faire" for word in words]
    assert [title for _, title in rncp_proposal.split("\n".join(f"- {title}" for title in titles))] == titles


def test_the_command_reads_the_xml_or_its_zip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, zipped = tmp_path / "export.xml", tmp_path / "export.zip"
    plain.write_bytes(export())
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, "export_fiches_RNCP_V4_1.xml")
    told = []
    for path in (plain, zipped):
        assert rncp_proposal.run(path, "RNCP28242") == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert yaml.safe_load(told[0])["rncp"] == "28242"
    with pytest.raises(InputRefused, match="ne peut pas être lu"):
        rncp_proposal.run(tmp_path / "rien.xml", "28242")
