#!/bin/sh
# Becomes the command as the user of the broker, to whom its data belong.
set -eu

if [ "$(id -u)" = 0 ] && [ "$1" = rabbitmq-server ]; then
    chown -R rabbitmq:rabbitmq /var/lib/rabbitmq
    exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$@"
fi
exec "$@"
