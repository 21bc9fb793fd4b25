"""The whole portal on one machine that has only Python: engines, people, pages and jobs, in one command."""

from __future__ import annotations

import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from vae_portal.embedded.postgres import EmbeddedPostgres
from vae_portal.embedded.processes import EngineFailed, free_ports, port_is_free
from vae_portal.embedded.seaweed import EmbeddedSeaweed, StoreAddress
from vae_portal.embedded.secrets import DemoSecrets, load_or_draw
from vae_portal.embedded.supervisor import Command, Part, Step, hold, require_free_port, supervise

_CHECKOUT = Path(__file__).parents[2]
_DATABASE = "vae"
_POPULATING = "populating"  # there while the population runs
ACCOUNTS = (
    ("candidat@demo.example", "candidate : son dossier, ses preuves, ses rendez-vous"),
    ("conseiller@demo.example", "conseil : recevabilité et accompagnement"),
    ("planificateur@demo.example", "planification des entretiens et des jurys"),
    ("evaluateur1@demo.example", "évaluation"),
    ("evaluateur2@demo.example", "évaluation"),
    ("jury-employeurs@demo.example", "jury, collège des employeurs"),
    ("jury-salaries@demo.example", "jury, collège des salariés"),
    ("secretaire@demo.example", "secrétariat du jury"),
    ("admin@demo.example", "administration du centre"),
    ("auditeur@demo.example", "audit : tout lire, ne rien changer"),
    ("candidat.b@demo.example", "candidat d'un second centre"),
    ("conseiller.b@demo.example", "conseil du second centre"),
    ("admin.b@demo.example", "administration du second centre"),
)


def run(port: int, data_dir: Path) -> int:
    """Run the demonstration on 127.0.0.1 until Ctrl-C; its exit code, EngineFailed when it cannot be started."""
    data_dir = data_dir.absolute()
    require_free_port(port)
    with hold(data_dir):
        kept = load_or_draw(data_dir)
        sys.stdout.write(f"Le portail démarre, données dans {data_dir} ...\n")
        sys.stdout.flush()
        portal = Demonstration(port, data_dir, kept)
        code = supervise(portal.parts(), lambda: _announce(port, kept.demo_password))
        sys.stdout.write("Tout est arrêté.\n")
        return code


def reset(data_dir: Path) -> int:
    """Remove what the demonstration keeps in `data_dir`, and nothing else that may be there; EngineFailed if in use."""
    data_dir = data_dir.absolute()
    if not data_dir.exists():
        sys.stdout.write(f"Rien à vider dans {data_dir}.\n")
        return 0
    with hold(data_dir):
        EmbeddedPostgres(data_dir).empty()
        EmbeddedSeaweed(data_dir).empty()
        for folder in ("mails", "logs"):
            shutil.rmtree(data_dir / folder, ignore_errors=True)
        for name in (_POPULATING, "secrets.json", "postgres.password", "postgres.log", "seaweed.log"):
            (data_dir / name).unlink(missing_ok=True)
    sys.stdout.write(f"La démonstration de {data_dir} est vidée.\n")
    return 0


class Demonstration:
    """The parts of one demonstration, and the settings that tie them together."""

    def __init__(self, port: int, data_dir: Path, kept: DemoSecrets) -> None:
        self._port = port
        self._data_dir = data_dir
        self._kept = kept
        self._mail_port = free_ports(1)[0]
        self._database = _Database(data_dir, password=kept.database_password)
        self._store = _Store(data_dir, keys=(kept.s3_access_key, kept.s3_secret_key))

    def parts(self) -> list[Part]:
        """Everything that runs, in the order it starts."""
        logs = self._data_dir / "logs"
        logs.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "vae_portal.cli"]
        mailbox = [
            sys.executable,
            "-m",
            "vae_portal.embedded.mailbox",
            str(self._data_dir / "mails"),
            str(self._mail_port),
        ]

        def part(kind: type[Command], name: str, log: str, words: list[str], **more: object) -> Command:
            return kind(name, words, log=logs / log, folder=_CHECKOUT, environment=self.environment, **more)  # type: ignore[arg-type]

        return [
            self._database,
            self._store,
            part(
                Command,
                "La boîte aux lettres",
                "mailbox.log",
                mailbox,
                is_ready=lambda: not port_is_free(self._mail_port),
            ),
            part(Step, "La préparation de la base", "migrate.log", [*command, "migrate"]),
            _Population(
                part(Step, "Le peuplement de la démonstration", "populate.log", [*command, "demo", "--populate"]),
                self._data_dir,
            ),
            part(Command, "Le travailleur", "worker.log", [*command, "worker"]),
            part(Command, "Le serveur web", "web.log", [*command, "serve"], is_ready=lambda: _is_healthy(self._port)),
        ]

    def environment(self) -> Mapping[str, str]:
        """The settings of the portal's processes, over those that whoever starts the demonstration gave."""
        return os.environ | {
            "DATABASE_URL": self._database.portal_url,
            "S3_ENDPOINT": self._store.endpoint,
            "S3_ACCESS_KEY": self._kept.s3_access_key,
            "S3_SECRET_KEY": self._kept.s3_secret_key,
            "S3_BUCKET": "vae",
            "S3_SECURE": "0",
            "SECRET_KEY": self._kept.secret_key,
            "SMTP_URL": f"smtp://127.0.0.1:{self._mail_port}",
            "BASE_URL": f"http://127.0.0.1:{self._port}",
            "HOST": "127.0.0.1",
            "PORT": str(self._port),
            "TRUSTED_PROXIES": "0",
            "DEMONSTRATION": "1",
            "VAE_DEMO_PASSWORD": self._kept.demo_password,
            "VAE_DEMO_MAILS": str(self._data_dir / "mails"),
            "PYTHONUNBUFFERED": "1",
        }


class _Population:
    """The population, marked while it runs: half a demonstration must not be taken for a whole one."""

    def __init__(self, step: Command, data_dir: Path) -> None:
        self.name, self.log = step.name, step.log
        self.poll, self.stop = step.poll, step.stop
        self._step = step
        self._mark = data_dir / _POPULATING

    def start(self) -> None:
        """Populate; raises EngineFailed, and then the next start begins with an empty database."""
        self._mark.touch()
        self._step.start()
        self._mark.unlink()


class _Database(EmbeddedPostgres):
    portal_url = ""

    def start(self) -> str:
        """Start the server and make the portal's own database, anew when its population was cut short."""
        url = super().start()
        if (self.data_dir / _POPULATING).exists():
            self.drop_database(_DATABASE)
        self.portal_url = self.ensure_database(_DATABASE)
        return url


class _Store(EmbeddedSeaweed):
    endpoint = ""

    def start(self) -> StoreAddress:
        """Start the store and remember where it answers."""
        address = super().start()
        self.endpoint = address.endpoint
        return address


def data_dir_from(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the demonstration keeps its data: VAE_DATA_DIR, else var/demo of the current folder."""
    return Path(environment.get("VAE_DATA_DIR", "").strip() or "var/demo").expanduser()


def port_from(environment: Mapping[str, str] = os.environ) -> int:
    """The port to serve on: PORT, else 8000; EngineFailed when it is no number."""
    raw = environment.get("PORT", "").strip() or "8000"
    if not raw.isdecimal():
        raise EngineFailed(f"PORT n'est pas un nombre : {raw!r}. Par exemple : make demo PORT=8010")
    return int(raw)


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(port: int, password: str) -> None:
    width = max(len(address) for address, _ in ACCOUNTS)
    lines = [
        "",
        f"Le portail est prêt : http://127.0.0.1:{port}",
        "",
        *(f"  {address:<{width}}  {what}" for address, what in ACCOUNTS),
        "",
        f"Mot de passe de tous ces comptes : {password}",
        "Ctrl-C arrête tout ; les données restent. Pour les effacer : make demo-reset",
        "",
    ]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
