"""The few ways a request can fail, each named; `web.errors` alone turns them into HTTP."""

from __future__ import annotations

from typing import Any


class PortalError(Exception):
    """Base of every expected failure; its text is a French sentence that the person can act on."""


class SettingsRefused(PortalError):
    """The environment lacks a setting or holds a wrong one: the portal does not start."""


class NotVisible(PortalError):
    """The thing does not exist, or not for this person: both look the same (404)."""


class ActionRefused(PortalError):
    """The rules refuse the action now; the text is the refusal's reason (409)."""


class InputRefused(PortalError):
    """What was given is missing, wrong or too long; `fields` maps a field's name to its sentence (422)."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class StaleForm(PortalError):
    """Someone changed the same thing in between: nothing was overwritten, what was typed is shown again (409).

    `happened` lists what was done since, oldest first: {"at", "who", "event"}.
    """

    def __init__(self, message: str, happened: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.happened = happened or []


class StoreUnavailable(PortalError):
    """The object store does not answer: nothing was recorded (503)."""
