"""Registers the fixtures of tests/support; a module of it that is not there is not registered."""

from __future__ import annotations

from pathlib import Path

_SUPPORT = Path(__file__).with_name("support")
_MODULES = ("engines", "database", "client", "builders")

pytest_plugins = [f"tests.support.{name}" for name in _MODULES if (_SUPPORT / f"{name}.py").exists()]
