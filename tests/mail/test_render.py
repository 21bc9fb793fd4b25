"""Every e-mail reads well, names what it lacks, and lets nobody's name change its shape."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta

import templates
from vae_portal.mail.errors import MailTemplateFaulty
from vae_portal.mail.render import Rendered, render

HERE = Path(templates.__file__).parent / "emails"
NAMES = sorted(path.parent.name for path in HERE.glob("*/subject.txt"))

FULL: dict[str, Any] = {
    "freed": True,
    "begun": True,
    "person_name": "Camille Exemple",
    "candidacy_number": "VAE-2026-0007",
    "certification_title": "Coordonnateur(trice) de système qualité, sécurité, environnement",
    "centre_name": "UIMM territoriale d'Exempleville",
    "link": "https://portail.example/candidatures/7/une-page-dont-l-adresse-est-assez-longue-pour-deborder?jeton=abc",
    "role_label": "évaluateur",
    "expires_at": "2026-03-03T13:30:00+00:00",
    "changed_at": "2026-03-03T13:30:00+00:00",
    "deposited_at": "2026-03-03T13:30:00+00:00",
    "minutes_number": "PV-2026-004",
    "corrects": "PV-2026-003",
    "starts_at": "2026-04-14T12:30:00+00:00",
    "ends_at": "2026-04-14T14:00:00+00:00",
    "failed_at": "2026-03-03T13:30:00+00:00",
    "place": "Salle des Essais, 12 rue de l'Atelier-Fictif, 99000 Exempleville",
    "video_link": "https://visio.example/salle-7",
    "completed_on": "2026-03-02",
    "answer_due_on": "2026-05-02",
    "answer_by": "2026-03-20",
    "jury_due_on": "2026-07-31",
    "session_on": "2026-06-11",
    "kept_until": "2031-06-11",
    "due_on": "2026-09-30",
    "days_left": 10,
    "excused": False,
    "established": True,
    "explain_by": "2026-05-04",
    "former_starts_at": "2026-04-13T12:30:00+00:00",
    "moved": True,
    "centre_email": "centre@uimm.example",
    "by_candidate": True,
    "too_few": True,
    "sits": False,
    "confirmed": False,
    "declined": False,
    "article": "article R. 6412-4 du code du travail",
    "job_name": "envoi d'un message",
    "what": "withdrawn",
    "giver_name": "Dominique Exemple",
    "receiver_name": "Sacha Exemple",
    "absent_name": "Dominique Exemple",
    "word": "Je pars en congé : il reste à relire le dernier dépôt.",
    "first_on": "2026-07-06",
    "last_on": "2026-07-24",
    "count": 2,
    "closed": 2,
    "left": 1,
    "candidate_name": "Camille Exemple",
    "organisation": "Atelier Fictif",
    "interviews": [{"candidacy_number": "VAE-2026-0007", "starts_at": "2026-04-14T12:30:00+00:00"}],
    "candidacies": [{"count": 2, "link": "https://portail.example/candidatures/7/messages"}],
}
COMMON = {"link", "person_name", "centre_name"}


def documented() -> dict[str, dict[str, bool]]:
    """Of each e-mail, the fields of the README's table: True when optional."""
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", (HERE / "README.md").read_text(encoding="utf-8"), re.M)
    return {name: {field: bool(mark) for field, mark in re.findall(r"`(\w+)`( \?)?", cell)} for name, cell in rows}


def used(name: str) -> set[str]:
    environment = Environment(autoescape=True)
    environment.filters |= dict.fromkeys(("date_fr", "jour", "heure", "octets"), str)
    parsed = (environment.parse((HERE / name / file).read_text("utf-8")) for file in ("subject.txt", "body.txt"))
    return set().union(*(meta.find_undeclared_variables(tree) for tree in parsed)) - {"person_name", "link"}


def needed(name: str) -> dict[str, Any]:
    required = {field for field, optional in documented()[name].items() if not optional} | {"link"}
    return {field: FULL[field] for field in required}


@pytest.mark.parametrize("name", NAMES)
def test_each_mail_is_whole_and_calm(name: str) -> None:
    mail = render(name, FULL)
    assert mail.html is None
    assert 5 < len(mail.subject) < 100
    assert FULL["link"] in mail.text.splitlines()
    assert FULL["centre_name"] in mail.text
    assert mail.text.startswith("Bonjour")
    assert "{" not in mail.text + mail.subject
    assert "\n\n\n" not in mail.text
    assert all(len(line) < 75 for line in mail.text.splitlines() if "://" not in line)


def test_the_readme_lists_the_mails_there_are() -> None:
    assert sorted(documented()) == NAMES
    assert len(NAMES) == 64


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_lists_the_fields_each_mail_uses(name: str) -> None:
    assert used(name) == set(documented()[name])


@pytest.mark.parametrize("name", NAMES)
def test_optional_fields_may_be_absent_or_empty(name: str) -> None:
    bare = render(name, needed(name))
    empty = {field: None for field, optional in documented()[name].items() if optional}
    assert render(name, needed(name) | empty) == bare
    assert "None" not in bare.text
    assert "\n\n\n" not in bare.text


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_field_is_named(name: str) -> None:
    for field in needed(name):
        context = {key: value for key, value in FULL.items() if key != field}
        with pytest.raises(MailTemplateFaulty, match=f"« {name} » ne peut pas être écrit : il manque « {field} »"):
            render(name, context)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00"])
def test_a_name_cannot_add_a_line(name: str, end: str) -> None:
    moments = {key: value for key, value in FULL.items() if re.search(r"_(at|on|by|until)$", key)}

    def with_tail(tail: str) -> Rendered:
        texts = {key: f"{value}{tail}" for key, value in FULL.items() if isinstance(value, str)}
        return render(name, FULL | texts | moments)

    mail = with_tail(f"{end}Bcc: x@ailleurs.example{end}")
    assert mail == with_tail(" Bcc: x@ailleurs.example")
    assert len(mail.subject.splitlines()) == 1
    assert not re.search(r"[^\S\n \u00a0]", mail.text)


def test_what_is_typed_stays_as_typed() -> None:
    mail = render("receipt", FULL | {"person_name": "L'Épine <b> & « Cœur » {{ 7*7 }} 🛠"})
    assert "Bonjour L'Épine <b> & « Cœur » {{ 7*7 }} 🛠," in mail.text


def test_the_name_of_someone_unconfirmed_goes_to_nobody() -> None:
    mail = render("verify_address", FULL | {"person_name": "Gagnez sur https://piege.example"})
    assert "piege" not in mail.text + mail.subject


def test_the_result_is_never_in_the_mail() -> None:
    mail = render("result", FULL)
    for word in ("admissible", "acquis", "obten", "refus", "félicit"):
        assert word not in (mail.text + mail.subject).lower()


@pytest.mark.parametrize("name", ["inconnu", "../documents", "layout"])
def test_an_unknown_mail_is_refused(name: str) -> None:
    with pytest.raises(MailTemplateFaulty, match="n'existe pas"):
        render(name, FULL)


def test_a_mail_reads_like_this() -> None:
    assert render("result", FULL) == Rendered(
        subject="La décision du jury est disponible",
        text=(
            "Bonjour Camille Exemple,\n\n"
            "Le jury paritaire s'est prononcé sur votre candidature pour\n"
            "«\N{NO-BREAK SPACE}Coordonnateur(trice) de système qualité, sécurité, environnement\N{NO-BREAK SPACE}»\n"
            "(candidature VAE-2026-0007).\n\n"
            "Sa décision et le courrier du président sont dans le portail.\n\n"
            f"{FULL['link']}\n\n"
            "UIMM territoriale d'Exempleville\n\n"
            "Ce message est envoyé automatiquement\N{NO-BREAK SPACE}: merci de ne pas y répondre.\n"
        ),
    )


def test_each_practical_fact_has_its_line() -> None:
    lines = render("interview_scheduled", FULL).text.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert "- mardi 14 avril 2026, à 14 h 30" in lines
    assert "- Fin prévue à 16 h" in lines
    assert "- Lieu : Salle des Essais, 12 rue de l'Atelier-Fictif, 99000" in lines
    assert "  Exempleville" in lines
    assert "- Visioconférence : https://visio.example/salle-7" in lines
