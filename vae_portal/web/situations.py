"""Situations: described in a form that is saved as typed, each version kept, two tabs never overwriting each other."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vae_portal.actions import situations as acts
from vae_portal.actions.situations import LINES, UNTITLED, Saved, SituationText, longest
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence.queries import dossiers
from vae_portal.web.access import current_actor, requires
from vae_portal.web.context import reading, services, stop_reading
from vae_portal.web.dossier_reading import situation_of
from vae_portal.web.own import Own, own
from vae_portal.web.places import whole_number
from vae_portal.web.presentation import in_paris, label
from workflows.differences import TEXTS, changed_texts
from workflows.vocabulary import Right

blueprint = Blueprint("situations", __name__)
_EDIT = Right.EDIT_DOSSIER
_BASE = "/ma-candidature/<number>/dossier/situations"
_ONE = f"{_BASE}/<int:situation_id>"
_PAGE = 30  # versions on one page
_MOST_WORDS = 4000  # of two texts compared word by word; longer ones are shown whole
_HINTS = {
    "title": "Ce que vous avez mené, en quelques mots.",
    "period": "Par exemple : mars 2022 à juin 2023.",
    "context": "L'entreprise, le service, ce qui posait problème ou ce qu'on attendait de vous.",
    "done": "À la première personne : vos gestes, vos choix, dans l'ordre.",
    "with_whom": "Collègues, hiérarchie, clients, prestataires : leur fonction suffit, sans leur nom.",
    "means": "Outils, méthodes, documents, budget, temps.",
    "results": "Ce qui a changé, avec des chiffres si vous en avez.",
    "learnt": "Ce que vous feriez autrement, ce que vous savez faire depuis.",
}
_ROWS = {"context": 4, "done": 10, "with_whom": 3, "means": 4, "results": 5, "learnt": 4}


@blueprint.get(f"{_BASE}/nouvelle")
@requires(_EDIT)
def new(number: str) -> ResponseReturnValue:
    """A situation to describe."""
    return _form_page(own(number, _EDIT), None, {}, request.args.getlist("capacite"))


@blueprint.post(f"{_BASE}/nouvelle")
@requires(_EDIT)
def create(number: str) -> ResponseReturnValue:
    """Keeps a new situation."""
    typed, codes = _typed({}), request.form.getlist("capabilities")
    try:
        saved = acts.create(services(), current_actor(), number, SituationText(**typed), codes)
    except InputRefused as fault:
        return _form_page(own(number), None, typed, codes, errors=fault.fields or {"": str(fault)}), 422
    flash("Situation enregistrée. Joignez maintenant une preuve au moins.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"situation-{saved.id}"))


@blueprint.get(_ONE)
@requires(_EDIT)
def show(number: str, situation_id: int) -> ResponseReturnValue:
    """A situation to change."""
    mine = own(number, _EDIT)
    stored = situation_of(mine, situation_id)
    return _form_page(mine, stored, _kept(stored), stored.capabilities)


@blueprint.post(_ONE)
@requires(_EDIT)
def edit(number: str, situation_id: int) -> ResponseReturnValue:
    """Keeps a situation as typed, unless it changed elsewhere."""
    mine = own(number)
    stored = situation_of(mine, situation_id)
    stop_reading()
    typed, codes = _typed(_kept(stored)), _codes(stored)
    seen = _revision()
    try:
        acts.edit(services(), mine.actor, number, situation_id, SituationText(**typed), codes, seen)
    except InputRefused as fault:
        return _form_page(mine, stored, typed, codes, errors=fault.fields, revision=seen), 422
    except StaleForm as fault:
        mine = own(number)
        stored = situation_of(mine, situation_id)
        return _form_page(mine, stored, typed, codes, stale=str(fault)), 409
    flash("Situation enregistrée.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"situation-{situation_id}"))


@blueprint.post(f"{_ONE}/retirer")
@requires(_EDIT)
def remove(number: str, situation_id: int) -> ResponseReturnValue:
    """Takes a situation out; its files stay."""
    acts.remove(services(), current_actor(), number, situation_id)
    return redirect(url_for("dossier.show", number=number, retiree=situation_id))  # the page says so, with the way back


@blueprint.post(f"{_ONE}/remettre")
@requires(_EDIT)
def put_back(number: str, situation_id: int) -> ResponseReturnValue:
    """Puts back a situation that was taken out."""
    title = acts.put_back(services(), current_actor(), number, situation_id)
    flash(f"« {title} » est de nouveau dans votre dossier.", "success")
    return redirect(url_for("dossier.show", number=number, _anchor=f"situation-{situation_id}"))


# Saved as typed: the page posts its form in the background and is answered in JSON


@blueprint.post(f"{_BASE}/saisie")
@requires(_EDIT)
def begin_typing(number: str) -> ResponseReturnValue:
    """A new situation, kept from its first words on."""
    codes = request.form.getlist("capabilities")
    try:
        saved = acts.create(services(), current_actor(), number, SituationText(**_typed({})), codes, typing=True)
    except (InputRefused, ActionRefused, NotVisible) as fault:
        return _not_saved(fault)
    return _saved(number, saved)


@blueprint.post(f"{_ONE}/saisie")
@requires(_EDIT)
def go_on_typing(number: str, situation_id: int) -> ResponseReturnValue:
    """The situation as it is being typed, unless it changed elsewhere."""
    try:
        mine = own(number)
        stored = situation_of(mine, situation_id)
        stop_reading()
        typed, codes, seen = _typed(_kept(stored)), _codes(stored), _revision()
        text = SituationText(**typed)
        saved = acts.edit(services(), mine.actor, number, situation_id, text, codes, seen, typing=True)
    except StaleForm as fault:
        stored = situation_of(own(number), situation_id)
        table = render_template("_two_texts.html", **_two_texts(typed, codes, stored))
        return jsonify(kind="stale", why=str(fault), table=table), 409
    except (InputRefused, ActionRefused, NotVisible) as fault:
        return _not_saved(fault)
    return _saved(number, saved)


def _saved(number: str, saved: Saved) -> ResponseReturnValue:
    return jsonify(
        id=saved.id,
        revision=saved.revision,
        said=f"Enregistré à {in_paris(saved.at):%H:%M}",
        address=url_for("situations.show", number=number, situation_id=saved.id),
        typing=url_for("situations.go_on_typing", number=number, situation_id=saved.id),
    )


def _not_saved(fault: Exception) -> ResponseReturnValue:
    fields = getattr(fault, "fields", {})
    named = [f"{label('situation_text', name)} : {sentence}" for name, sentence in fields.items()]
    status = 422 if isinstance(fault, InputRefused) else 404 if isinstance(fault, NotVisible) else 409
    return jsonify(kind="refused", why=" ".join(named) or str(fault)), status


# Versions


@blueprint.get(f"{_ONE}/versions")
@requires(_EDIT)
def versions(number: str, situation_id: int) -> ResponseReturnValue:
    """Every version of a situation, latest first, with what each one changed."""
    mine = own(number, _EDIT)
    stored = situation_of(mine, situation_id)
    total = -(-dossiers.count_versions(reading(), situation_id) // _PAGE) or 1
    page = min(max(1, whole_number(request.args.get("page"), 1)), total)
    rows = dossiers.versions(reading(), situation_id, _PAGE + 1, (page - 1) * _PAGE)
    listed = [
        {"row": row, "who": who, "changed": _changed(row, rows[place + 1][0] if place + 1 < len(rows) else None)}
        for place, (row, who) in enumerate(rows[:_PAGE])
    ]
    return render_template(
        "dossier/versions.html", **mine.frame(), stored=stored, versions=listed, page=page, total=total
    )


@blueprint.get(f"{_ONE}/versions/<int:revision>")
@requires(_EDIT)
def version(number: str, situation_id: int, revision: int) -> ResponseReturnValue:
    """What a situation said then, beside what it says now."""
    mine = own(number, _EDIT)
    stored = situation_of(mine, situation_id)
    kept = dossiers.version(reading(), situation_id, revision)
    texts = [
        {"title": label("situation_text", name), "pieces": _pieces(now, then), "then": then}
        for name in TEXTS
        if (then := kept.text.get(name, "")) + (now := getattr(stored.row, name))
    ]
    return render_template("dossier/version.html", **mine.frame(), stored=stored, kept=kept, texts=texts)


@blueprint.post(f"{_ONE}/versions/<int:revision>/reprendre")
@requires(_EDIT)
def restore(number: str, situation_id: int, revision: int) -> ResponseReturnValue:
    """Makes the situation say again what it said then; what it says now stays among its versions."""
    acts.restore(services(), current_actor(), number, situation_id, revision, _revision())
    flash("Cette version est reprise. Celle d'avant reste dans la liste.", "success")
    return redirect(url_for("situations.show", number=number, situation_id=situation_id))


def _changed(row: Any, before: Any) -> str:
    if before is None:
        return "première version gardée"
    names = [label("situation_text", name) for name in changed_texts(before.text, row.text)]
    if row.capabilities != before.capabilities:
        names.append("Capacités")
    return ", ".join(names) or "rien dans le texte"


def _pieces(now: str, then: str) -> list[tuple[str, str]]:
    """The two texts word by word: ("same", "then" or "now", words); each whole when they are too long for that."""
    old, new = then.split(" "), now.split(" ")
    if now == then or len(old) + len(new) > _MOST_WORDS:
        return [("same", then)] if now == then else [("then", then), ("now", now)]
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", " ".join(old[a:b])))
            continue
        pieces += [("then", " ".join(old[a:b]))] if b > a else []
        pieces += [("now", " ".join(new[c:d]))] if d > c else []
    return pieces


# The form


def _form_page(mine: Own, stored: Any, typed: dict[str, str], codes: Iterable[str], **told: Any) -> str:
    blocks = [b for b in mine.candidacy.version.blocks if b.code in mine.facts.targeted]
    told = {"errors": {}, "stale": "", "revision": stored.row.revision if stored else 0, **told}
    fields = [
        {"name": n, "label": label("situation_text", n), "hint": _HINTS.get(n, ""), "most": longest(n)}
        | {"rows": _ROWS.get(n, 1), "line": n in LINES}
        for n in TEXTS
    ]
    compared = _two_texts(typed, codes, stored) if told["stale"] else {}
    return render_template(
        "dossier/situation.html",
        **mine.frame(),
        stored=stored,
        typed=typed,
        codes=set(codes),
        blocks=blocks,
        fields=fields,
        **compared,
        **told,
    )


def _two_texts(typed: dict[str, str], codes: Iterable[str], stored: Any) -> dict[str, Any]:
    """What differs between the text of this page and the one stored since."""
    kept = _kept(stored)
    names = changed_texts({n: text.replace("\r\n", "\n") for n, text in typed.items()}, kept)
    rows = [(label("situation_text", name), typed[name], kept[name]) for name in names]
    if sorted(codes) != sorted(stored.capabilities):
        rows.append(("Capacités", ", ".join(sorted(codes)), ", ".join(sorted(stored.capabilities))))
    return {"rows": rows}


def _typed(kept: dict[str, str]) -> dict[str, str]:
    """What was typed; a field that did not come keeps what is stored."""
    return {name: request.form.get(name, kept.get(name, "")) for name in TEXTS}


def _kept(stored: Any) -> dict[str, str]:
    """The texts as the form shows them: the title that the portal gave is nobody's."""
    texts = {name: getattr(stored.row, name) for name in TEXTS}
    return texts | ({"title": ""} if texts["title"] == UNTITLED else {})


def _codes(stored: Any) -> list[str]:
    return request.form.getlist("capabilities") if request.form.get("shown") else list(stored.capabilities)


def _revision() -> int:
    return whole_number(request.form.get("revision"), -1)
