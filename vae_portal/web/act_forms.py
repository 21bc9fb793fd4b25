"""The form of each action that has no page of its own, and what it gives to the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from vae_portal.actions.perform import Prepared
from vae_portal.persistence.queries import juries
from vae_portal.web.forms import PortalForm, Required, line, options, stripped
from vae_portal.web.moments import Day
from workflows.admissibility import reason_given
from workflows.facts import Actor, BlockOpinion, Given
from workflows.vocabulary import Action, Ground
from workflows.who_may_do_what import RULES

LONGEST_REASON = 2000
LONGEST_TEXT = 5000
MOST_REMARKS = 12
WHOLE_DOSSIER = "dossier"  # chosen in a remark's list


def text(label: str, sentence: str = "", most: int = LONGEST_REASON, **more: Any) -> TextAreaField:
    """Several lines of text; required when `sentence` says what to give."""
    limit = Length(max=most, message=f"Écrivez {most} caractères au plus.")
    checks = [Required(sentence), limit] if sentence else [Optional(), limit]
    return TextAreaField(label, checks, filters=[_plain_lines, stripped], **more)


def _plain_lines(value: str | None) -> str | None:
    return value.replace("\r\n", "\n").replace("\r", "\n") if value else value


class Confirm(PortalForm):
    """Nothing to give: pressing the button is the act. `revision` is the candidacy's as the page showed it."""

    revision = IntegerField(widget=HiddenInput())


class Reason(Confirm):
    """A reason, kept and told."""

    reason = text("Raison", "Indiquez la raison : elle est conservée et communiquée.", render_kw={"rows": 5})


class Refusal(Confirm):
    """Why a request is not admissible."""

    reason = text(
        "Motif du refus",
        "Indiquez le motif du refus : il est écrit dans la notification.",
        description="Dites quelles activités manquent ou pourquoi l'expérience n'est pas en rapport direct avec la"
        " certification. La durée d'expérience seule n'est jamais un motif.",
        render_kw={"rows": 6},
    )


class Appeal(Confirm):
    """Why the candidate contests."""

    reason = text(
        "Pourquoi contestez-vous cette décision ?",
        "Dites pourquoi vous contestez la décision.",
        description="Expliquez en quoi votre expérience est en rapport avec la certification.",
        render_kw={"rows": 8},
    )


class Revocation(Reason):
    """On what ground a decision is revoked, and why."""

    ground = RadioField(
        "Fondement",
        [Required("Indiquez sur quel fondement la décision est rapportée.")],
        choices=[],  # those that are open, see `workflows.jury.grounds_open`
    )


class OpinionRow(Form):
    """How the experience stands to one block."""

    block = HiddenField()
    gaps = text(
        "Écarts constatés",
        "Indiquez les écarts constatés, ou « aucun ».",
        most=LONGEST_TEXT,
        description="Entre l'expérience décrite et ce bloc (R6412-4). Écrivez « aucun » s'il n'y en a pas.",
        render_kw={"rows": 3},
    )
    recommendations = text("Recommandations", most=LONGEST_TEXT, render_kw={"rows": 3})


class Admissible(Confirm):
    """Gaps between experience and certification, and advice, block by block."""

    opinions = FieldList(FormField(OpinionRow), max_entries=100)

    def ask(self, blocks: Iterable[tuple[str, str]]) -> None:
        """One row for each (code, title) of the blocks asked for."""
        for rank, (code, title) in enumerate(blocks):
            if rank == len(self.opinions.entries):
                self.opinions.append_entry()
            row = self.opinions.entries[rank].form
            row.block.data, row.title = code, f"{code} {title}"
            row.gaps.label.text = f"Écarts constatés pour {code}"
            row.recommendations.label.text = f"Recommandations pour {code}"


class RemarkRow(Form):
    """A remark on a situation, a capability or a file, or on something else; a blank row counts for nothing."""

    about = SelectField("Sur quoi porte la remarque", validate_choice=False)
    what = line("Autre point, si rien ne convient dans la liste", most=200)
    why = text("Ce qui est à changer, et pourquoi")

    @property
    def subject(self) -> str:
        """What the remark is about: what was typed, or else the words of what was chosen."""
        words = {choice.value: choice.label for choice in self.about.choices or () if choice.value}
        return str(self.what.data or words.get(self.about.data, ""))[:200]

    @property
    def code(self) -> str:
        """The code of what was chosen, such as "situation:4"; nothing for the whole dossier or what was typed."""
        return "" if self.what.data or self.about.data == WHOLE_DOSSIER else str(self.about.data or "")

    @property
    def blank(self) -> bool:
        """Whether nothing was chosen or typed."""
        return not (self.subject or self.why.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """A remark says what it is about, and why."""
        sound = super().validate(extra_validators)
        if self.why.data and not self.subject:
            self.about.errors = [*self.about.errors, "Dites sur quoi porte la remarque."]
            sound = False
        if self.subject and not self.why.data:
            self.why.errors = [*self.why.errors, "Dites ce qui est à changer, et pourquoi."]
            sound = False
        return sound


class Supplement(Confirm):
    """By when the pieces to replace or missing are asked for."""

    answer_by = Day(
        "Réponse souhaitée au plus tard le",
        "Indiquez une date, jour, mois et année.",
        validators=[Required("Indiquez pour quand vous demandez la réponse.")],
        description="C'est une indication : une réponse plus tardive est reçue aussi.",
    )


class Remarks(Confirm):
    """What is to be changed in the dossier: at least one row."""

    rows = FieldList(FormField(RemarkRow), min_entries=MOST_REMARKS, max_entries=MOST_REMARKS)

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one row that is not blank."""
        sound = super().validate(extra_validators)
        if all(entry.form.blank for entry in self.rows):
            self.form_errors.append("Écrivez au moins une remarque : sur une situation, une capacité ou une preuve.")
            sound = False
        return bool(sound)


class Absence(Confirm):
    """Excused or not."""

    excused = RadioField(
        "L'absence est-elle excusée ?",
        [Required("Indiquez si l'absence est excusée.")],
        choices=options([("yes", "Oui, elle est excusée"), ("no", "Non")]),
    )
    reason = text("Ce qui s'est passé", render_kw={"rows": 4})


class Enrolment(Confirm):
    """Which session."""

    session_id = RadioField("Séance", [Required("Choisissez une séance de jury.")], choices=[])


class Withdrawal(Confirm):
    """The candidate gives up, knowingly."""

    sure = BooleanField(
        "J'abandonne définitivement cette candidature",
        [Required("Cochez la case pour abandonner, ou revenez à votre candidature.")],
    )


def _named(form: Any) -> Given:
    rows = (entry.form for entry in form.rows)
    return Given(named=tuple((r.subject, r.why.data or "") for r in rows if not r.blank))


def _opinions(form: Any) -> tuple[BlockOpinion, ...]:
    rows = (entry.form for entry in form.opinions)
    return tuple(BlockOpinion(r.block.data, r.gaps.data or "", r.recommendations.data or "") for r in rows)


def _about(form: Any) -> dict[str, Any]:
    """What each remark is about, by code, in the order of the remarks."""
    return {"about_codes": [entry.form.code for entry in form.rows if not entry.form.blank]}


def _of_session(form: Any, actor: Actor) -> Prepared:
    """The session as it is when the act is done, of the actor's centre; NotVisible when it is none."""

    def prepare(session: Any, candidacy: Any) -> Given:
        versions = (candidacy.version.president_college,)
        return Given(session=juries.to_enrol_in(session, actor, int(form.session_id.data), versions))

    return prepare


@dataclass(frozen=True, slots=True)
class ActForm:
    """The form of an action, and what it gives once filled."""

    form: type[Confirm]
    given: Callable[[Any, Actor], Prepared] = lambda _form, _actor: Given()
    inputs: Callable[[Any], dict[str, Any]] = lambda _form: {}  # what the act keeps and no rule looks at


def _reason(form: Any, _actor: Actor) -> Given:
    return Given(reason=form.reason.data or "")


# What asks for more than a confirmation, or a reason where the table wants one.
FORMS: dict[Action, ActForm] = {
    Action.ASK_SUPPLEMENT: ActForm(Supplement, lambda form, _: Given(answer_by=form.answer_by.data)),
    Action.DECLARE_ADMISSIBLE: ActForm(Admissible, lambda form, _: Given(opinions=_opinions(form))),
    Action.DECLARE_INADMISSIBLE: ActForm(Refusal, _reason),
    Action.APPEAL: ActForm(Appeal, _reason),
    Action.RETURN_DOSSIER: ActForm(Remarks, lambda form, _: _named(form), _about),
    Action.RECORD_ABSENCE: ActForm(
        Absence, lambda form, _: Given(excused=form.excused.data == "yes", reason=form.reason.data or "")
    ),
    Action.ENROL_IN_JURY: ActForm(Enrolment, _of_session),
    Action.WITHDRAW: ActForm(Withdrawal),
    Action.REVOKE_DECISION: ActForm(
        Revocation, lambda form, _: Given(reason=form.reason.data or "", ground=Ground(form.ground.data))
    ),
}


def form_of(action: Action) -> ActForm:
    """The form of an action: its own, or else what its row of the table needs to be given."""
    plain = ActForm(Reason, _reason) if reason_given in RULES[action].needs else ActForm(Confirm)
    return FORMS.get(action, plain)
