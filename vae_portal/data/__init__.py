"""Certifications as data, shipped with the portal; see README.md."""
