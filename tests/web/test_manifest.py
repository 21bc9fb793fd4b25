"""What a deposit seals: every text, link, pointer and file of the dossier, in one canonical form."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from tests.support.builders import World
from vae_portal.actions.manifest import FORMAT, manifest
from vae_portal.actions.services import Services
from vae_portal.demonstration import contents
from vae_portal.persistence import journal
from vae_portal.persistence.tables import (
    Capability,
    Deposit,
    DepositFile,
    Evidence,
    Pointer,
    Situation,
    SituationCapability,
    SituationEvidence,
)
from workflows.differences import TEXTS
from workflows.vocabulary import Step


def _filled(services: Services) -> None:
    """Every text of every situation, a pointer on each link, one file marked confidential."""
    with services.database.writing() as session:
        for situation in session.scalars(select(Situation)):
            for name in TEXTS[1:]:
                setattr(situation, name, f"{name} de {situation.id}, « é » & <b>")
            evidence_id = session.scalars(
                select(SituationEvidence.evidence_id).where(SituationEvidence.situation_id == situation.id)
            ).first()
            shown = select(SituationCapability.capability_id).where(SituationCapability.situation_id == situation.id)
            for capability_id in session.scalars(shown):
                session.add(
                    Pointer(
                        situation_id=situation.id,
                        evidence_id=evidence_id,
                        capability_id=capability_id,
                        shows="le suivi",
                        place="page 3",
                    )
                )
        session.scalars(select(Evidence).order_by(Evidence.id.desc())).first().confidential = True


def test_a_deposit_names_every_text_link_pointer_and_file(services: Services, world: World) -> None:
    story = world.candidacy(Step.DOSSIER_PREPARATION).describe()
    _filled(services)
    story.deposit()
    with services.database.reading() as session:
        sealed = session.scalars(select(Deposit)).one()
        kept = session.scalars(select(DepositFile).order_by(DepositFile.evidence_id)).all()
        situations = session.scalars(select(Situation).order_by(Situation.position)).all()
        codes = set(session.scalars(select(Capability.code)))
        given = dict(session.execute(select(Evidence.id, Evidence.object_key)).all())
    said = json.loads(sealed.manifest_text)
    assert journal.canonical(said).decode() == sealed.manifest_text
    assert hashlib.sha256(sealed.manifest_text.encode()).hexdigest() == sealed.manifest_sha256
    assert (said["format"], said["deposit"], said["candidacy"]) == (FORMAT, 1, story.number)
    for told, row in zip(said["situations"], situations, strict=True):
        assert {name: told[name] for name in TEXTS} == {name: getattr(row, name) for name in TEXTS}
        assert [p["capability"] for p in told["pointers"]] == told["capabilities"]
        assert {(p["file"], p["shows"], p["place"]) for p in told["pointers"]} == {
            (told["files"][0], "le suivi", "page 3")
        }
    assert {code for told in said["situations"] for code in told["capabilities"]} <= codes
    assert [(f["id"], f["sha256"]) for f in said["files"]] == [(row.evidence_id, row.sha256) for row in kept]
    assert [f["confidential"] for f in said["files"]] == [False, False, True]
    assert {f["type"] for f in said["files"]} == {"application/pdf"}
    assert all(row.object_key == given[row.evidence_id] and row.locked_until is None for row in kept)


def test_the_same_dossier_has_the_same_bytes_but_for_its_moment(services: Services, world: World) -> None:
    story = world.candidacy(Step.DOSSIER_PREPARATION).describe()
    with services.database.reading() as session:
        candidacy = contents.whole(session, story.number)
        first, again = (manifest(session, candidacy, ["C1"], None, services.clock()) for _ in range(2))
    assert journal.canonical(first) == journal.canonical(again)
    assert first["deposit"] is None
    assert "sealed_at" not in first
