#!/bin/sh
# Runs a Postgres server in the foreground: POSTGRES_BIN, POSTGRES_DATA, POSTGRES_PORT, POSTGRES_PASSWORD.
# Its data folder is made at the first start. A server that root starts runs as nobody: Postgres refuses root.
set -eu

if [ "$(id -u)" = 0 ]; then
  set -- setpriv --reuid=65534 --regid=65534 --clear-groups
fi

if [ ! -s "$POSTGRES_DATA/PG_VERSION" ]; then
  # A folder without PG_VERSION is what an interrupted first start left.
  password_file=$POSTGRES_DATA.password
  rm -rf "$POSTGRES_DATA" "$password_file"
  mkdir -m 700 "$POSTGRES_DATA"
  (umask 077 && printf '%s\n' "$POSTGRES_PASSWORD" >"$password_file")
  [ "$(id -u)" != 0 ] || chown 65534:65534 "$POSTGRES_DATA" "$password_file"
  trap 'rm -f "$password_file"' EXIT
  "$@" "$POSTGRES_BIN/initdb" --pgdata="$POSTGRES_DATA" --username=postgres --pwfile="$password_file" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-instructions
  rm -f "$password_file"
fi
unset POSTGRES_PASSWORD

# SIGTERM alone would wait for every client to leave; SIGINT ends their sessions and closes the files in order.
trap 'kill -INT "$server" 2>/dev/null || true' TERM INT
"$@" "$POSTGRES_BIN/postgres" -D "$POSTGRES_DATA" -p "$POSTGRES_PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
  -c max_connections=200 -c fsync=on -c log_timezone=UTC -c timezone=UTC &
server=$!

# A trap ends `wait` early: only a second one tells how the server ended.
code=0
wait "$server" || code=$?
while kill -0 "$server" 2>/dev/null; do
  code=0
  wait "$server" || code=$?
done
exit "$code"
