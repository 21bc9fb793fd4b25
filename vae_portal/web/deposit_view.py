"""One sealed version of a dossier as its pages show it: the version before it, what changed, what was remarked."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import deposits as queries
from vae_portal.web import coverage
from vae_portal.web.context import reading
from workflows.differences import Differences, differences

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A deposit with its manifest; `before` is the manifest of the deposit before it, None for the first."""

    deposits: list[Any]  # every one of the candidacy, the first one first
    sealed: Any
    manifest: Manifest
    before: Manifest | None
    remarks: list[Any]  # on the deposit before, with their answers, then on this one

    @property
    def changed(self) -> Differences:
        """What differs from the deposit before; false for the first one."""
        return differences(self.before, self.manifest) if self.before else Differences()

    @property
    def told(self) -> list[dict[str, str]]:
        """The same, one line for each situation and file."""
        return coverage.told(self.changed, {key: file["name"] for key, file in self.files.items()})

    def picture(self, blocks: Any) -> dict[str, Any]:
        """Capabilities, situations and files as one picture; what was deposited counts, whatever became of it."""
        return coverage.picture(blocks, self.manifest["targeted"], self.manifest, changed=self.changed)

    @property
    def latest(self) -> bool:
        """Whether nothing was deposited since."""
        return self.sealed is self.deposits[-1]

    @property
    def files(self) -> dict[int, Any]:
        """The files of this version by id, and those of the version before that it no longer has."""
        return {file["id"]: file for state in (self.before, self.manifest) if state for file in state["files"]}

    @property
    def unlinked(self) -> list[int]:
        """Files of this version that back no situation."""
        linked = {key for situation in self.manifest["situations"] for key in situation["files"]}
        return [file["id"] for file in self.manifest["files"] if file["id"] not in linked]

    def remarks_about(self) -> dict[str, list[Any]]:
        """Remarks by the code of what they are about; those about the whole dossier under an empty code."""
        found = defaultdict(list)
        for remark in self.remarks:
            found[remark.about_code].append(remark)
        return found

    def earlier(self, situation: Manifest) -> Manifest:
        """The same situation in the deposit before; nothing where it was not there."""
        known = self.before["situations"] if self.before else ()
        return next((s for s in known if "id" in s and s["id"] == situation.get("id")), {})


def version(candidacy_id: int, number: int | None = None) -> Version | None:
    """The deposit of that number, the latest when none is given; None before any; raises NotVisible."""
    deposits = queries.numbered(reading(), candidacy_id)
    if number is None and not deposits:
        return None
    place = len(deposits) - 1 if number is None else next((n for n, d in enumerate(deposits) if d.number == number), -1)
    if place < 0:
        raise NotVisible("Ce dépôt n'existe pas pour cette candidature.")
    pair = deposits[max(0, place - 1) : place + 1]
    texts = queries.manifests(reading(), [deposit.id for deposit in pair])
    manifests = [json.loads(texts[deposit.id]) for deposit in pair]
    remarks = queries.remarks(reading(), [deposit.id for deposit in pair])
    return Version(deposits, deposits[place], manifests[-1], manifests[0] if place else None, remarks)


def by_capability(blocks: Any, manifest: Manifest) -> list[dict[str, Any]]:
    """Each targeted block with its capabilities, each with the situations that show it, their files and pointers."""
    targeted, situations = set(manifest["targeted"]), list(enumerate(manifest["situations"], 1))
    shown = []
    for block in blocks:
        rows = [
            {
                "code": c.code,
                "title": c.title,
                "situations": [(n, s, _pointers(s, c.code)) for n, s in situations if c.code in s["capabilities"]],
            }
            for c in block.capabilities
            if c.code in targeted
        ]
        if rows:
            shown.append({"code": block.code, "title": block.title, "capabilities": rows})
    return shown


def _pointers(situation: Manifest, code: str) -> dict[int, str]:
    """What each file of a situation shows of a capability, and where, on one line."""
    return {
        pointer["file"]: ", ".join(filter(None, (pointer["shows"], pointer["place"])))
        for pointer in situation.get("pointers", ())
        if pointer["capability"] == code
    }
