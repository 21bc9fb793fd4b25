"""What is kept: tables, queries, the journal, migrations."""
