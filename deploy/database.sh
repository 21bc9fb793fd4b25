#!/bin/sh
# Run once, when the database is made: the portal's own role. It reads and writes rows but owns nothing, so that it
# cannot switch off the triggers that keep the journal append-only. Migrations run as the owner, POSTGRES_USER.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$PORTAL_DATABASE_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE portal LOGIN PASSWORD :'password';
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO portal;
SQL
