"""Tests of pages are handed the page client."""

from tests.support.pages import client

__all__ = ["client"]
