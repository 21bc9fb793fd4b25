"""Keeps every byte the portal must not lose; see README.md for its contract."""
