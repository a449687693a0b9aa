#!/bin/sh
# Makes an empty folder a database with POSTGRES_PASSWORD_FILE and POSTGRES_INITDB_ARGS, then becomes the command.
set -eu

if [ "$(id -u)" = 0 ]; then
    chown -R postgres:postgres "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --init-groups sh "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # shellcheck disable=SC2086
    initdb --pgdata="$PGDATA" --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" ${POSTGRES_INITDB_ARGS:-}
    printf '%s\n' "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    printf '%s\n' "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
fi
exec "$@"
