"""The command line: each sub-command calls one function, found by name so that a broken one breaks alone."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vae_portal.errors import PortalError
from vae_portal.settings import from_environment


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; its exit code, 2 with a sentence on standard error when what was asked is refused."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except PortalError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _call(module: str, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _demo(options: argparse.Namespace) -> int | None:
    demo = importlib.import_module("vae_portal.embedded.demo")
    if options.populate:
        _call("vae_portal.demonstration", "populate")(from_environment())
        return 0
    data_dir = demo.data_dir_from()
    if options.reset:
        return int(demo.reset(data_dir))
    return int(demo.run(options.port if options.port is not None else demo.port_from(), data_dir))


def _serve(options: argparse.Namespace) -> int | None:
    return _call("vae_portal.embedded.serve", "run")(from_environment())


def _worker(options: argparse.Namespace) -> int | None:
    return _call("vae_portal.jobs.worker", "run")(from_environment())


def _migrate(options: argparse.Namespace) -> int | None:
    settings = from_environment()
    _call("vae_portal.actions.services", "prepare_store")(settings)
    _call("vae_portal.persistence.migrate", "run")(settings)
    return 0


def _rules(options: argparse.Namespace) -> int | None:
    return _call("workflows.render", "main")(options.format, options.write)


def _verify(options: argparse.Namespace) -> int | None:
    return _call("vae_portal.persistence.verify", "run")(from_environment())


def _user(options: argparse.Namespace) -> int | None:
    return _call("vae_portal.actions.accounts_cli", "run")(from_environment(), options.arguments)


def _referential(options: argparse.Namespace) -> int | None:
    return _call("vae_portal.actions.referential", "run")(from_environment(), options.path)


def _fiche(options: argparse.Namespace) -> int | None:
    return _call("vae_portal.actions.rncp_proposal", "run")(options.path, options.number)


def _bench(options: argparse.Namespace) -> int | None:
    return _call("vae_portal.bench", "run")(options.names, options.format, options.quick)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vae-portal", description="Le portail de la VAE, en ligne de commande.")
    commands = parser.add_subparsers(required=True, metavar="COMMANDE")

    demo = commands.add_parser("demo", help="le portail entier sur cette machine, avec des personnes de démonstration")
    demo.add_argument("--reset", action="store_true", help="effacer les données de la démonstration")
    demo.add_argument("--populate", action="store_true", help="seulement créer les personnes et les dossiers")
    demo.add_argument("--port", type=int, help="le port du site (PORT, sinon 8000)")
    demo.set_defaults(run=_demo)
    for name, run, what in (
        ("serve", _serve, "servir les pages (HOST, PORT)"),
        ("worker", _worker, "faire les travaux : courriels, documents, analyses"),
        ("migrate", _migrate, "mettre la base au schéma de cette version"),
        ("verify", _verify, "vérifier le journal et les fichiers gardés"),
    ):
        commands.add_parser(name, help=what).set_defaults(run=run)

    rules = commands.add_parser("rules", help="montrer qui peut faire quoi")
    rules.add_argument("--format", choices=("markdown", "json", "mermaid"), default="markdown")
    rules.add_argument("--write", type=Path, metavar="DOSSIER", help="écrire les pages dans ce dossier")
    rules.set_defaults(run=_rules)

    user = commands.add_parser("user", help="gérer les comptes", add_help=False)
    user.add_argument("arguments", nargs=argparse.REMAINDER)
    user.set_defaults(run=_user)

    referential = commands.add_parser("referential", help="gérer les référentiels")
    imports = referential.add_subparsers(required=True, metavar="ACTION")
    importing = imports.add_parser("import", help="importer un référentiel")
    importing.add_argument("path", type=Path, metavar="FICHIER")
    importing.set_defaults(run=_referential)
    fiche = imports.add_parser("fiche", help="proposer un référentiel depuis l'export du RNCP (XML ou ZIP), à relire")
    fiche.add_argument("path", type=Path, metavar="EXPORT")
    fiche.add_argument("number", metavar="NUMÉRO")
    fiche.set_defaults(run=_fiche)

    bench = commands.add_parser("bench", help="mesurer")
    bench.add_argument("names", nargs="*", metavar="MESURE")
    bench.add_argument("--format", choices=("table", "json"), default="table")
    bench.add_argument("--quick", action="store_true", help="des tailles plus petites")
    bench.set_defaults(run=_bench)
    return parser


if __name__ == "__main__":
    sys.exit(main())
