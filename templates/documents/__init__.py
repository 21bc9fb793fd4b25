"""The Word templates, one folder per document; `build.py` makes their originals."""
