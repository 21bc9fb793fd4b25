"""Pages: one blueprint per matter, every view with its right, nothing decided here."""

# The modules that `app` registers; each exposes `blueprint`.
BLUEPRINTS = (
    "public",
    "verifying",
    "accounts",
    "people",
    "candidate",
    "dossier",
    "tus",
    "situations",
    "proofs",
    "remarks",
    "archive",
    "accesses",
    "conversation",
    "files",
    "viewer",
    "desk",
    "candidacy",
    "review",
    "planning",
    "commission",
    "sessions",
    "centre",
    "proposals",
    "records",
)
