"""The page client on the application of the test."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.client import PageClient
from vae_portal.actions.services import Services


@pytest.fixture
def client(app: Flask, services: Services) -> PageClient:
    """A browser without a screen, signed in as nobody."""
    return PageClient(app, services.database.engine)
