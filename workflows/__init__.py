"""The rules of the VAE, and nothing else: standard library and `transitions`; no web, no database, no clock."""
