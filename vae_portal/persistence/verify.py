"""Shows that nothing kept was changed behind the portal's back: journal, anchors, objects, deposits, assessments,
minutes."""

from __future__ import annotations

import sys
from collections.abc import Callable

from storage.errors import StoreDown
from storage.port import ObjectStore
from storage.s3 import S3Store
from vae_portal.persistence.database import Database
from vae_portal.persistence.findings import Finding, Part, Report
from vae_portal.persistence.walk_anchors import walk_anchors
from vae_portal.persistence.walk_assessments import walk_assessments
from vae_portal.persistence.walk_journal import walk_journal
from vae_portal.persistence.walk_minutes import walk_minutes
from vae_portal.persistence.walk_objects import walk_deposits, walk_objects
from vae_portal.persistence.walk_sealed import walk_sealed
from vae_portal.persistence.walk_uploads import walk_orphans, walk_uploads
from vae_portal.settings import Settings

_ORPHAN_HOURS = 48


def verify(database: Database, store: ObjectStore, orphan_hours: int = _ORPHAN_HOURS) -> list[Finding]:
    """Every fault found, the journal's first, in the order of its chains; none when all is as it was recorded."""
    return inspect(database, store, orphan_hours).findings


def inspect(database: Database, store: ObjectStore, orphan_hours: int = _ORPHAN_HOURS) -> Report:
    """The same, with how much was walked."""
    report = Report()
    walk_journal(database, report)
    walk_deposits(database, report)
    _asking_the_store(report, lambda: walk_anchors(database, store, report))
    _asking_the_store(report, lambda: walk_uploads(database, store, report))
    _asking_the_store(report, lambda: walk_objects(database, store, report))
    _asking_the_store(report, lambda: walk_orphans(database, store, orphan_hours, report))
    _asking_the_store(report, lambda: walk_sealed(database, store, report))
    _asking_the_store(report, lambda: walk_assessments(database, store, report))
    _asking_the_store(report, lambda: walk_minutes(database, store, report))
    # Links of the journal first, also those that only an anchor could tell.
    report.findings.sort(key=lambda finding: finding.part not in (Part.CHAIN, Part.ANCHOR))
    return report


def run(settings: Settings) -> int:
    """Verifies and says in French what was walked and found; 0 when all is well, else 1."""
    database = Database(settings.database_url)
    store = S3Store(
        settings.s3_endpoint,
        settings.s3_access_key,
        settings.s3_secret_key,
        settings.s3_bucket,
        secure=settings.s3_secure,
    )
    try:
        report = inspect(database, store, settings.orphan_hours)
    finally:
        database.close()
    sys.stdout.writelines(f"{line}\n" for line in lines(report))
    return 1 if report.findings else 0


def lines(report: Report) -> list[str]:
    """The report as people read it: the numbers, then the first broken link, then every other fault."""
    walked = (
        f"Parcouru : {report.chains} chaîne(s), {report.rows} ligne(s) du journal, {report.anchors} ancre(s), "
        f"{report.objects} objet(s), {report.uploads} envoi(s) en cours, {report.deposits} dépôt(s), "
        f"{report.assessments} évaluation(s) close(s), {report.minutes} procès-verbal(aux)."
    )
    if not report.findings:
        return [walked, "Tout est conforme à ce qui a été inscrit."]
    first, *others = report.findings
    name = "Premier maillon rompu" if first.part in (Part.CHAIN, Part.ANCHOR) else "Premier défaut"
    return [walked, f"{name} — {first}", *(f"Autre défaut — {other}" for other in others)]


def _asking_the_store(report: Report, walk: Callable[[], None]) -> None:
    try:
        walk()
    except StoreDown as fault:
        report.fault(Part.ACCESS, "stockage", f"la vérification s'est arrêtée. {fault}")
