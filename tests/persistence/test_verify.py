"""Whatever is changed behind the portal's back, `verify` names it; what was not changed, it leaves in peace."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from minio import Minio

from storage.keys import ANCHORS, deposit_key, document_key
from tests.persistence.rows import NOON, a_candidacy, a_candidacy_chain, a_chain, add, an_object, behind_its_back
from vae_portal.actions.services import Services
from vae_portal.jobs.anchors import anchor_journal
from vae_portal.persistence.tables import Anchor, Deposit
from vae_portal.persistence.verify import inspect, run, verify


@pytest.fixture
def raw(services: Services) -> Minio:
    """A client that goes around the portal, with the store's keys."""
    settings = services.settings
    return Minio(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, secure=False, region="us-east-1")


@pytest.fixture
def kept(services: Services) -> str:
    """Two chains, one anchored day, one stored object, one stored deposit; the first chain's name."""
    first = a_candidacy_chain(services.database, 5)
    a_chain(services.database, "centre:1", 4)
    _store(services, document_key, b"un document")
    _deposit(services)
    assert anchor_journal(replace(services, clock=lambda: NOON))
    return first


def _store(services: Services, name: Callable[[str], str], content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    services.store.put_bytes(name(sha256), content, "application/pdf", create_only=True)
    with services.database.writing() as session:
        an_object(session, name(sha256), sha256, len(content))
    return name(sha256)


def _deposit(services: Services) -> None:
    manifest = '{"files":["à.pdf"]}'
    key = _store(services, deposit_key, manifest.encode())
    with services.database.writing() as session:
        add(
            session,
            Deposit(
                candidacy_id=a_candidacy(session).id,
                number=1,
                round=1,
                sealed_at=NOON,
                manifest_sha256=key[-64:],
                manifest_text=manifest,
                object_key=key,
            ),
        )


def _found(services: Services) -> str:
    return "\n".join(str(finding) for finding in verify(services.database, services.store))


def test_what_nobody_touched_is_found_well(services: Services, kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = inspect(services.database, services.store)
    assert report.findings == []
    walked = (report.chains, report.rows, report.anchors, report.objects, report.deposits)
    assert walked == (2, 9, 1, 2, 1)
    assert run(services.settings) == 0
    said = capsys.readouterr().out
    assert "2 chaîne(s), 9 ligne(s) du journal, 1 ancre(s), 2 objet(s), 0 envoi(s) en cours, 1 dépôt(s)" in said


def test_rows_written_after_the_anchor_are_no_fault(services: Services, kept: str) -> None:
    a_chain(services.database, kept, 3)
    a_candidacy_chain(services.database, 2)
    assert _found(services) == ""
    assert anchor_journal(replace(services, clock=lambda: NOON + timedelta(days=1)))
    assert _found(services) == ""


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ("UPDATE journal SET details = '{{\"n\": 99}}' WHERE chain = '{chain}' AND seq = 3", 3),
        ("UPDATE journal SET at = at + interval '1 microsecond' WHERE chain = '{chain}' AND seq = 1", 1),
        ("UPDATE journal SET event = 'pronounce' WHERE chain = '{chain}' AND seq = 5", 5),
    ],
)
def test_an_altered_row_is_named(services: Services, kept: str, change: str, row: int) -> None:
    behind_its_back(services.database, "journal", change.format(chain=kept))
    assert re.fullmatch(rf"chaîne {kept}, ligne {row} : .*contenu.*", _found(services))


def test_a_row_rewritten_with_its_hash_breaks_the_next(services: Services, kept: str) -> None:
    behind_its_back(
        services.database, "journal", f"UPDATE journal SET hash = repeat('a', 64) WHERE chain = '{kept}' AND seq = 2"
    )
    found = _found(services)
    assert f"chaîne {kept}, ligne 2" in found
    assert f"chaîne {kept}, ligne 3 : elle ne suit pas la ligne qui la précède" in found


def test_two_rows_swapped_are_named(services: Services, kept: str) -> None:
    swap = "UPDATE journal SET seq = {to} WHERE chain = '{chain}' AND seq = {now}"
    moves = ((2, 90), (3, 2), (90, 3))
    behind_its_back(services.database, "journal", *(swap.format(chain=kept, now=now, to=to) for now, to in moves))
    found = _found(services)
    assert found.splitlines()[0].startswith(f"chaîne {kept}, ligne 2 : ")
    assert f"chaîne {kept}, ligne 3 : " in found


def test_a_row_missing_in_the_middle_is_named(services: Services, kept: str) -> None:
    behind_its_back(services.database, "journal", f"DELETE FROM journal WHERE chain = '{kept}' AND seq IN (2, 3)")
    assert _found(services) == f"chaîne {kept}, ligne 4 : il manque 2 ligne(s) juste avant"


def test_a_chain_cut_at_its_end_is_named(services: Services, kept: str) -> None:
    behind_its_back(services.database, "journal", f"DELETE FROM journal WHERE chain = '{kept}' AND seq >= 4")
    assert _found(services) == f"chaîne {kept}, ligne 5 : ancrée le 02/03/2026, elle a disparu (dernière ligne : 3)"


def test_a_chain_cut_then_written_again_is_named(services: Services, kept: str) -> None:
    behind_its_back(services.database, "journal", f"DELETE FROM journal WHERE chain = '{kept}' AND seq >= 4")
    a_chain(services.database, kept, 4)
    assert _found(services) == f"chaîne {kept}, ligne 5 : elle diffère de la ligne ancrée le 02/03/2026"


def test_a_chain_removed_whole_is_named(services: Services, kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    behind_its_back(services.database, "journal", f"DELETE FROM journal WHERE chain = '{kept}'")
    assert _found(services) == f"chaîne {kept}, ligne 5 : ancrée le 02/03/2026, elle a disparu avec toute sa chaîne"
    assert run(services.settings) == 1
    assert f"Premier maillon rompu — chaîne {kept}, ligne 5" in capsys.readouterr().out


def test_an_object_overwritten_is_named(services: Services, kept: str, raw: Minio) -> None:
    key = document_key(hashlib.sha256(b"un document").hexdigest())
    raw.put_object(services.settings.s3_bucket, key, io.BytesIO(b"un documenT"), 11)
    assert _found(services) == f"objet {key} : ses octets ne sont plus ceux qui ont été gardés"
    assert run(services.settings) == 1


def test_an_object_deleted_is_named(services: Services, kept: str, raw: Minio) -> None:
    key = document_key(hashlib.sha256(b"un document").hexdigest())
    raw.remove_object(services.settings.s3_bucket, key)
    assert _found(services) == f"objet {key} : il manque dans le stockage"
    assert run(services.settings) == 1


def test_an_object_changed_together_with_its_row_is_named(services: Services, kept: str, raw: Minio) -> None:
    key, other = document_key(hashlib.sha256(b"un document").hexdigest()), b"autre chose"
    raw.put_object(services.settings.s3_bucket, key, io.BytesIO(other), len(other))
    sha256 = hashlib.sha256(other).hexdigest()
    behind_its_back(
        services.database,
        "stored_object",
        f"UPDATE stored_object SET sha256 = '{sha256}', size = {len(other)} WHERE key = '{key}'",
    )
    assert _found(services) == f"objet {key} : sa ligne porte une autre empreinte que son nom"


def test_a_manifest_changed_together_with_its_hash_is_named(services: Services, kept: str) -> None:
    forged = '{"files":[]}'
    behind_its_back(
        services.database,
        "deposit",
        f"UPDATE deposit SET manifest_text = '{forged}',"
        f" manifest_sha256 = '{hashlib.sha256(forged.encode()).hexdigest()}'",
    )
    assert re.fullmatch(
        r"dépôt 1 de la candidature \S+ : l'objet qu'il désigne n'est pas son manifeste", _found(services)
    )


def test_an_anchor_overwritten_is_named(services: Services, kept: str, raw: Minio) -> None:
    (anchor,) = services.store.list(ANCHORS)
    content = services.store.read_bytes(anchor.key).replace(b'"centre:1",4', b'"centre:1",3')
    raw.put_object(services.settings.s3_bucket, anchor.key, io.BytesIO(content), len(content))
    found = _found(services).splitlines()
    assert f"ancre du 02/03/2026 : son objet {anchor.key} n'est plus celui qui a été inscrit" in found


def test_an_anchor_whose_row_was_deleted_is_named(services: Services, kept: str) -> None:
    with services.database.writing() as session:
        session.delete(session.get_one(Anchor, NOON.date()))
    (anchor,) = services.store.list(ANCHORS)
    assert _found(services) == f"objet {anchor.key} : cette ancre n'a plus de ligne dans la base"


def test_an_anchor_removed_between_two_others_breaks_their_chain(services: Services, kept: str) -> None:
    for days in (1, 2):
        assert anchor_journal(replace(services, clock=lambda days=days: NOON + timedelta(days=days)))
    assert _found(services) == ""
    with services.database.writing() as session:
        session.delete(session.get_one(Anchor, (NOON + timedelta(days=1)).date()))
    found = _found(services)
    assert "ancre du 04/03/2026 : elle ne suit pas l'ancre qui la précède" in found
    assert "cette ancre n'a plus de ligne dans la base" in found


def test_every_fault_is_told_the_first_broken_link_first(
    services: Services, kept: str, raw: Minio, capsys: pytest.CaptureFixture[str]
) -> None:
    key = document_key(hashlib.sha256(b"un document").hexdigest())
    raw.remove_object(services.settings.s3_bucket, key)
    behind_its_back(
        services.database,
        "journal",
        f"UPDATE journal SET event = 'x' WHERE chain = '{kept}' AND seq = 2",
        "DELETE FROM journal WHERE chain = 'centre:1' AND seq = 4",
    )
    assert run(services.settings) == 1
    walked, first, *others = capsys.readouterr().out.splitlines()
    assert walked.startswith("Parcouru : ")
    assert first.startswith(f"Premier maillon rompu — chaîne {kept}, ligne 2 : ")
    assert [line.partition(" — ")[2].partition(" : ")[0] for line in others] == [
        "chaîne centre:1, ligne 4",
        f"objet {key}",
    ]


def test_a_store_that_does_not_answer_is_not_called_sound(services: Services, kept: str) -> None:
    nowhere = replace(services.settings, s3_endpoint="127.0.0.1:9")
    assert run(nowhere) == 1
