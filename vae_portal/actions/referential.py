"""Brings a version of a certification in from YAML: checked in sentences, never changed once it is in use."""

from __future__ import annotations

import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, selectinload

from vae_portal.actions import services as services_of
from vae_portal.actions import version_regimes
from vae_portal.actions.referential_faults import block_faults, text_faults, value_faults
from vae_portal.errors import InputRefused
from vae_portal.persistence.tables import Block, Candidacy, Capability, Certification, CertificationVersion
from vae_portal.settings import Settings

CAPABILITY_MONTHS = 24  # accord of 8 November 2019, of a single competence, unless the version says otherwise
_REQUIRED = ("rncp", "title", "version", "open_to_vae", "blocks")
_OPTIONAL = (
    "code",
    "registered_from",
    "registered_until",
    "president_college",
    "block_validity_months",
    "capability_validity_months",
    "regimes",
    "fiche",
)
_LONGEST = {"rncp": 20, "code": 40, "title": 500, "version": 200}


def run(settings: Settings, path: Path) -> int:
    """The command line: imports a file and says what was read; InputRefused with every fault in one sentence each."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputRefused(f"Le fichier {path.name} ne peut pas être lu en UTF-8.") from fault
    services = services_of.from_settings(settings)
    try:
        with services.database.writing() as session:
            version = session.get_one(CertificationVersion, import_yaml(session, text))
            certification = session.get_one(Certification, version.certification_id)
            sys.stdout.write(f"RNCP {certification.rncp}, {certification.title} : version « {version.label} ».\n")
    finally:
        services.database.close()
    return 0


def import_file(session: Session, name: str) -> int:
    """Imports one of the files that come with the portal; returns the version's id."""
    return import_yaml(session, files("vae_portal.data").joinpath(name).read_text("utf-8"))


@cache
def fiche(rncp: str, label: str) -> dict[str, Any]:
    """The rest of the fiche of a version that comes with the portal, for people to read; empty for any other."""
    found = files("vae_portal.data").joinpath(f"rncp-{rncp}.yaml")
    if not (rncp.isalnum() and found.is_file()):
        return {}
    data = read(found.read_text("utf-8"))
    return dict(data.get("fiche") or {}) if data["version"] == label else {}


def import_yaml(session: Session, text: str) -> int:
    """Imports a version and returns its id; the same text again changes nothing.

    Raises InputRefused with what is wrong, or when the text differs for a version that a candidacy has begun with.
    """
    return import_data(session, read(text))


def import_data(session: Session, data: dict[str, Any]) -> int:
    """The same for data that `checked` found whole and sane."""
    certification = session.scalars(
        select(Certification).where(Certification.rncp == data["rncp"]).with_for_update()
    ).one_or_none()
    if certification is None:
        certification = Certification(rncp=data["rncp"], code=data["code"], title=data["title"])
        session.add(certification)
        session.flush()
    version = session.scalars(
        select(CertificationVersion)
        .where(CertificationVersion.certification_id == certification.id)
        .where(CertificationVersion.label == data["version"])
        .options(selectinload(CertificationVersion.blocks).selectinload(Block.capabilities))
    ).one_or_none()
    if version is not None:
        version_regimes.replace(session, version.id, data["regimes"])
        if _text_of(certification, version) == _comparable(data):
            return version.id
        _refuse_if_used(session, version)
        session.execute(delete(Capability).where(Capability.block_id.in_([b.id for b in version.blocks])))
        session.execute(delete(Block).where(Block.version_id == version.id))
        session.expire(version, ["blocks"])
    _refuse_another_name(session, certification, data)
    certification.code, certification.title = data["code"], data["title"]
    version_id = _write(session, certification, version, data)
    version_regimes.replace(session, version_id, data["regimes"])
    return version_id


def read(text: str) -> dict[str, Any]:
    """The data of a file, whole and sane; raises InputRefused naming every fault."""
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader that also refuses doubled keys
    except yaml.YAMLError as fault:
        raise InputRefused(f"Ce fichier n'est pas du YAML lisible : {_where(fault)}.") from fault
    except (ValueError, RecursionError) as fault:  # a day that no calendar has, lists within lists without end
        raise InputRefused("Ce fichier n'est pas du YAML lisible : une valeur n'a pas de sens.") from fault
    return checked(data)


def checked(data: Any) -> dict[str, Any]:
    """The same data with what it leaves out; raises InputRefused naming every fault."""
    if not isinstance(data, dict):
        raise InputRefused("Ce fichier ne décrit pas une certification : on attend des lignes « clé : valeur ».")
    faults = [f"Clé inconnue : « {key} »." for key in data if key not in (*_REQUIRED, *_OPTIONAL)]
    faults += [f"Il manque « {key} »." for key in _REQUIRED if data.get(key) in (None, "", [])]
    faults += text_faults(data, _LONGEST, "")
    faults += value_faults(data)
    faults += block_faults(data.get("blocks") or [])
    faults += version_regimes.faults(data.get("regimes") or [])
    if not isinstance(data.get("fiche") or {}, dict):
        faults.append("« fiche » doit être une suite de lignes « clé : valeur ».")
    if faults:
        raise InputRefused("Référentiel à corriger. " + " ".join(faults))
    return {
        "code": "",
        "registered_from": None,
        "registered_until": None,
        "president_college": "employers",
        "block_validity_months": None,
        "capability_validity_months": CAPABILITY_MONTHS,
        **data,
        "regimes": version_regimes.periods(data.get("regimes") or []),
    }


class _StrictLoader(yaml.SafeLoader):
    """YAML keeps the last of two equal keys in silence: here it is a fault; so is an alias, which can multiply."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The node; raises ComposerError for an alias."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "les renvois (« * ») n'y sont pas admis", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping; raises ConstructorError for a doubled key."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = str(self.construct_object(key_node, deep=True))
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"« {key} » y est deux fois", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _where(fault: yaml.YAMLError) -> str:
    mark, problem = getattr(fault, "problem_mark", None), getattr(fault, "problem", "") or "texte illisible"
    return f"{problem}, ligne {mark.line + 1}" if mark else str(problem)


def _refuse_if_used(session: Session, version: CertificationVersion) -> None:
    if session.scalar(select(exists(select(Candidacy.id).where(Candidacy.version_id == version.id)))):
        raise InputRefused(
            f"La version « {version.label} » sert déjà à une candidature : elle ne change plus."
            " Donnez à ce texte une nouvelle « version »."
        )


def _refuse_another_name(session: Session, certification: Certification, data: dict[str, Any]) -> None:
    """A running candidacy keeps the name of its certification too; a renewal under another name has another number."""
    names = {"title": "l'intitulé", "code": "le code"}
    changed = {key: word for key, word in names.items() if getattr(certification, key) != data[key]}
    of_it = select(CertificationVersion.id).where(CertificationVersion.certification_id == certification.id)
    if changed and session.scalar(select(exists(select(Candidacy.id).where(Candidacy.version_id.in_(of_it))))):
        faults = {
            key: f"Des candidatures portent {word} « {getattr(certification, key)} » : écrivez-le tel quel."
            for key, word in changed.items()
        }
        raise InputRefused(" ".join(faults.values()), faults)


def _comparable(data: dict[str, Any]) -> dict[str, Any]:
    kept = ("code", "title", "registered_from", "registered_until", "open_to_vae", "president_college")
    blocks = [
        (block["code"], block["title"], [(c["code"], c["title"], c.get("criteria", [])) for c in block["capabilities"]])
        for block in data["blocks"]
    ]
    return {**{key: data[key] for key in kept}, "months": _months(data), "blocks": blocks}


def _months(data: dict[str, Any]) -> tuple[int | None, int | None]:
    return data["block_validity_months"], data["capability_validity_months"]


def _text_of(certification: Certification, version: CertificationVersion) -> dict[str, Any]:
    return {
        "code": certification.code,
        "title": certification.title,
        "registered_from": version.registered_from,
        "registered_until": version.registered_until,
        "open_to_vae": version.open_to_vae,
        "president_college": version.president_college,
        "months": (version.block_validity_months, version.capability_validity_months),
        "blocks": [(b.code, b.title, [(c.code, c.title, c.criteria) for c in b.capabilities]) for b in version.blocks],
    }


def _write(
    session: Session, certification: Certification, version: CertificationVersion | None, data: dict[str, Any]
) -> int:
    version = version or CertificationVersion(certification_id=certification.id, label=data["version"])
    version.registered_from, version.registered_until = data["registered_from"], data["registered_until"]
    version.open_to_vae, version.president_college = data["open_to_vae"], data["president_college"]
    version.block_validity_months, version.capability_validity_months = _months(data)
    session.add(version)
    session.flush()
    for position, block in enumerate(data["blocks"], 1):
        row = Block(version_id=version.id, code=block["code"], title=block["title"], position=position)
        session.add(row)
        session.flush()
        session.add_all(
            Capability(block_id=row.id, code=c["code"], title=c["title"], position=rank, criteria=c.get("criteria", []))
            for rank, c in enumerate(block["capabilities"], 1)
        )
    session.flush()
    return version.id
