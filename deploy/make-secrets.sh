#!/bin/sh
# Makes the secrets of compose.yaml once, in deploy/secrets/; what is there already is never changed.
#
# usage: sh deploy/make-secrets.sh
#
# The folder is closed to others. The files in it are readable, because the user inside the containers is another.
set -eu
cd "$(dirname "$0")"

mkdir -p secrets
chmod 700 secrets

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

keep() {
    if [ -s "secrets/$1" ]; then return 0; fi
    printf '%s\n' "$2" >"secrets/$1.new"
    chmod 444 "secrets/$1.new"
    mv "secrets/$1.new" "secrets/$1"
    printf '%s\n' "-- deploy/secrets/$1"
}

keep postgres_password "$(random)"
password=$(cat secrets/postgres_password)
keep admin_database_url "postgresql://postgres:$password@postgres:5432/postgres"
keep database_url "postgresql://postgres:5432/postgres"

keep broker_password "$(random)"
password=$(cat secrets/broker_password)
keep broker_url "amqp://kasane:$password@rabbitmq:5672/%2F"
keep metrics_token "$(random)"

keep rabbitmq.conf "default_user = kasane
default_pass = $password"
