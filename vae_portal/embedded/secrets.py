"""Secrets drawn at the first start and kept beside the data, so that nothing has a default password."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from vae_portal.embedded.processes import EngineFailed, write_private

_WORDS = (  # noqa: SIM905 -- a list would take a line for each word
    "abeille ajonc alouette amande ancre anis aubier avoine balise bambou barque bois brise brume bruyere calanque "
    "cascade cerise chemin ciel clairiere colline copeau coquille corail courlis crique cygne dune ecorce ecume erable "
    "etang falaise fanal feuille foin fontaine fougere galet genet givre grange grive herbe hetre houle jardin lande "
    "lavande lierre lisiere lune marais menthe merle mousse noisette orge osier pluie pollen prairie riviere roseau "
    "ruisseau sable sapin source tilleul vallon verger vigne"
).split()


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """What the demonstration must keep to itself, and the one password its accounts share."""

    secret_key: str
    demo_password: str
    database_password: str
    s3_access_key: str
    s3_secret_key: str


def load_or_draw(data_dir: Path, environment: Mapping[str, str] = os.environ) -> DemoSecrets:
    """The secrets kept in `data_dir` (mode 600), drawn when missing; VAE_DEMO_PASSWORD wins over the drawn password."""
    kept = data_dir / "secrets.json"
    if kept.exists():
        try:
            drawn = DemoSecrets(**json.loads(kept.read_text("utf-8")))
        except (ValueError, TypeError) as fault:
            raise EngineFailed(
                f"{kept} est abîmé. Restaurez-le, ou videz la démonstration : make demo-reset"
            ) from fault
    else:
        drawn = _draw()
        write_private(kept, json.dumps(asdict(drawn), indent=2))
    chosen = environment.get("VAE_DEMO_PASSWORD", "").strip()
    return DemoSecrets(**{**asdict(drawn), "demo_password": chosen}) if chosen else drawn


def _draw() -> DemoSecrets:
    first, second = secrets.choice(_WORDS), secrets.choice(_WORDS)
    return DemoSecrets(
        secret_key=secrets.token_urlsafe(48),
        demo_password=f"{first}-{second}-{secrets.randbelow(9000) + 1000}",
        database_password=secrets.token_urlsafe(24),
        s3_access_key=f"portail{secrets.token_hex(6)}",
        s3_secret_key=secrets.token_urlsafe(30),
    )
