"""Fills the Word templates of `templates/documents`; nothing else in the application knows Word."""
