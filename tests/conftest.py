"""Registers the fixtures of tests/support; a module of it that is not there is not registered."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, settings

# How long a draw takes says how busy the machine is, not what is wrong with what is drawn.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

_SUPPORT = Path(__file__).with_name("support")
_MODULES = ("engines", "database", "client", "builders")

pytest_plugins = [f"tests.support.{name}" for name in _MODULES if (_SUPPORT / f"{name}.py").exists()]
