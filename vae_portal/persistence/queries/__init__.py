"""What may be read, by whom: every query that a page makes takes its viewer."""
