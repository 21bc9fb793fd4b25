"""What the original Word templates say, by matter; only `templates.documents.build` uses it."""
