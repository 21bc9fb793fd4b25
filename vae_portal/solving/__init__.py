"""Proposes a plan for everyone who waits: plain numbers in, plain numbers out, in a process of its own."""
