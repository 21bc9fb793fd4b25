"""The jury's forms: a session to convene, a member to seat, a decision block by block."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from vae_portal.actions.session_changes import SessionGiven
from vae_portal.actions.sessions import NOWHERE
from vae_portal.web.forms import PortalForm, Required, line, options, stripped
from vae_portal.web.moments import NO_SUCH_HOUR, Day, Hour, instant
from vae_portal.web.places import whole_number
from workflows.facts import BallotFacts, BlockDecisionFacts
from workflows.vocabulary import Decided

ACQUIRED, NOT_ACQUIRED, VOTE = "acquired", "not_acquired", "vote"
_WAYS = [(ACQUIRED, "Acquis, par accord"), (NOT_ACQUIRED, "Non acquis, par accord"), (VOTE, "Par un vote")]
_CHAIR = [("abstained", "S'abstient, ou pas de partage"), ("for", "Pour l'acquisition"), ("against", "Contre")]
_BALLOTS = (
    ("employers_for", "Employeurs : pour"),
    ("employers_against", "Employeurs : contre"),
    ("employers_abstained", "Employeurs : abstentions"),
    ("employees_for", "Salariés : pour"),
    ("employees_against", "Salariés : contre"),
    ("employees_abstained", "Salariés : abstentions"),
)


MOST_CANDIDATES = 2000


class Ticks(SelectMultipleField):
    """Several choices, each a box to tick."""

    widget = ListWidget()
    option_widget = CheckboxInput()


class SessionForm(PortalForm):
    """A day, an hour, somewhere, for how many and on what."""

    day = Day(
        "Date",
        "Indiquez la date de la séance, par exemple 18/03/2026.",
        validators=[Required("Indiquez la date de la séance.")],
    )
    hour = Hour(
        "Heure",
        "Indiquez l'heure de la séance, par exemple 14:00.",
        validators=[Required("Indiquez l'heure de la séance.")],
        description="À l'heure de Paris.",
    )
    place = line("Lieu", description="Salle et adresse. Laissez vide pour une visioconférence seule.")
    video_link = StringField(
        "Lien de visioconférence",
        [
            Length(max=500, message="Écrivez 500 caractères au plus."),
            Regexp(r"^$|^https://\S+$", message="Copiez l'adresse entière, qui commence par https://."),
        ],
        filters=[stripped],
        description="Un lieu, un lien, ou les deux.",
    )
    capacity = StringField(
        "Capacité",
        filters=[stripped],
        description="Nombre de candidatures au plus. Vide : pas de limite.",
    )
    certifications = Ticks("Certifications sur lesquelles le jury se prononce", coerce=int, validate_choice=False)
    revision = HiddenField()

    def given(self) -> SessionGiven | None:
        """What was written; None when a field is wrong, which then says so."""
        sound = self.validate()
        starts_at = instant(self.day.data, self.hour.data) if self.day.data and self.hour.data else None
        if self.day.data and self.hour.data and starts_at is None:
            self.hour.errors = [NO_SUCH_HOUR]
        if not self.place.data and not self.video_link.data and not self.video_link.errors:
            self.place.errors = [NOWHERE]
            sound = False
        many = whole_number(self.capacity.data, 0) if self.capacity.data else None
        if many is not None and not 1 <= many <= MOST_CANDIDATES:
            self.capacity.errors = [f"Indiquez un nombre de candidatures, de 1 à {MOST_CANDIDATES}, ou rien."]
            sound = False
        if not self.certifications.data:
            self.certifications.errors = ["Cochez au moins une certification."]
            sound = False
        if not sound or starts_at is None:
            return None
        places = (self.place.data or "", self.video_link.data or "")
        return SessionGiven(starts_at, *places, many, frozenset(self.certifications.data or ()))


class MemberForm(PortalForm):
    """Who is called to sit, and how; college and union come from the person unless said otherwise."""

    person_id = SelectField("Membre", coerce=int, validate_choice=False)
    college = SelectField(
        "Collège",
        choices=options([("", "Celui de sa fiche"), ("employers", "Employeurs"), ("employees", "Salariés")]),
        validate_choice=False,
    )
    union = line(
        "Organisation syndicale", most=200, description="Pour un représentant des salariés, si sa fiche ne la dit pas."
    )
    employers_body = line(
        "Organisation d'employeurs", most=200, description="Qui l'a désigné, pour un membre de la délégation patronale."
    )
    qualification = line("Qualification", most=500, description="Métier, expérience, titre.")
    qualified = BooleanField("Qualifié au sens de la fiche", default=True)
    substitute = BooleanField("Suppléant")
    votes = BooleanField("Siège avec voix", default=True)
    temporary_work = BooleanField("Au titre du travail temporaire")
    revision = HiddenField()


class DecisionForm(PortalForm):
    """The decision on each block asked for; `blocks` are (code, id) pairs."""

    revision = HiddenField()  # of the candidacy
    session_revision = HiddenField()
    blocks: tuple[tuple[str, int], ...] = ()

    def field_of(self, name: str, key: int) -> Any:
        """One field of one block."""
        return self[f"{name}_{key}"]

    def ballots_of(self, key: int) -> list[Any]:
        """The six counts of votes of one block."""
        return [self.field_of(name, key) for name, _ in _BALLOTS]

    def decisions(self) -> tuple[BlockDecisionFacts, ...] | None:
        """What was decided; None when a field is wrong, which then says so."""
        found = [self._decision(code, key) for code, key in self.blocks]
        return None if None in found else tuple(d for d in found if d is not None)

    def _decision(self, code: str, key: int) -> BlockDecisionFacts | None:
        way, reason = self.field_of("way", key), (self.field_of("reason", key).data or "").strip()
        if way.data not in (ACQUIRED, NOT_ACQUIRED, VOTE):
            way.errors = [f"Indiquez ce que le jury décide pour {code}."]
            return None
        if way.data != VOTE:
            return BlockDecisionFacts(code, Decided.CONSENSUS, way.data == ACQUIRED, reason=reason)
        counts = [whole_number(f.data or "0", -1) for f in self.ballots_of(key)]
        for f, count in zip(self.ballots_of(key), counts, strict=True):
            if count < 0 or count > 999:
                f.errors = ["Indiquez un nombre de voix, en chiffres."]
                return None
        chair = {"for": True, "against": False}.get(self.field_of("chair", key).data or "")
        return BlockDecisionFacts(
            code,
            Decided.VOTE,
            employers=BallotFacts(*counts[:3]),
            employees=BallotFacts(*counts[3:]),
            president_in_favour=chair,
            reason=reason,
        )


def decision_form(blocks: Iterable[tuple[str, int]]) -> DecisionForm:
    """The form for these blocks."""
    wanted = tuple(blocks)
    fields: dict[str, Any] = {"blocks": wanted}
    for code, key in wanted:
        fields[f"way_{key}"] = RadioField(f"Décision sur {code}", choices=options(_WAYS), validate_choice=False)
        for name, words in _BALLOTS:
            fields[f"{name}_{key}"] = StringField(words, filters=[stripped])
        fields[f"chair_{key}"] = RadioField(
            "En cas de partage, la voix du président",
            choices=options(_CHAIR),
            default="abstained",
            validate_choice=False,
        )
        fields[f"reason_{key}"] = TextAreaField(
            f"Motif de la décision sur {code}",
            [Length(max=2000, message="Écrivez 2000 caractères au plus.")],
            description="Indispensable si la décision s'écarte de la proposition de la commission.",
        )
    made: DecisionForm = type("DecisionFormOfBlocks", (DecisionForm,), fields)()
    return made
