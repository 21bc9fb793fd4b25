"""What people do: one function per thing, always the same beats: load, decide, change, journal, defer."""
