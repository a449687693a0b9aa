#!/bin/sh
# Makes the secrets of compose.yaml once, in deploy/secrets/; what is there already is never changed.
#
# usage: sh deploy/make-secrets.sh [code of a town with workers of its own …]
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

# As RabbitMQ keeps a password: a salt of four bytes, and the SHA-256 of both, in base64.
hashed() {
    salt=$(random | cut -c1-4)
    digest=$(printf '%s%s' "$salt" "$1" | sha256sum | cut -d' ' -f1)
    {
        printf '%s' "$salt"
        while [ -n "$digest" ]; do
            rest=${digest#??}
            # shellcheck disable=SC2059
            printf "\\$(printf '%03o' "0x${digest%"$rest"}")"
            digest=$rest
        done
    } | base64 | tr -d '\n'
}

user() {
    printf '\n  {"name": "%s", "password_hash": "%s", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": [%s]}' \
        "$1" "$(hashed "$2")" "${3:-}"
}

# The administrator, who declares the queues; and a user for each service, whose rights are in deploy/rabbitmq/rights.json.
users=$(user kasane "$password" '"administrator"')
for service in cases intake outreach portal resources; do
    keep "broker_password_$service" "$(random)"
    password=$(cat "secrets/broker_password_$service")
    keep "broker_url_$service" "amqp://kasane-$service:$password@rabbitmq:5672/%2F"
    users="$users,$(user "kasane-$service" "$password")"
done
# Who asks how long the queues are (KEDA) and may do nothing.
keep broker_password_watch "$(random)"
password=$(cat secrets/broker_password_watch)
keep broker_url_watch "amqp://kasane-watch:$password@rabbitmq:5672/%2F"
users="$users,$(user kasane-watch "$password")"
keep rabbitmq_users.json "{\"vhosts\": [{\"name\": \"/\"}],
 \"permissions\": [{\"user\": \"kasane\", \"vhost\": \"/\", \"configure\": \".*\", \"write\": \".*\", \"read\": \".*\"}],
 \"users\": [$users
]}"

for town in "$@"; do
    case $town in
    *[!0-9]* | "")
        printf '%s\n' "町のコードは数字です（$town）。この町の秘密は作っていません。 / A town's code is digits ($town); nothing was made for it." >&2
        exit 2
        ;;
    esac
    users=
    for service in cases intake outreach portal resources; do
        keep "broker_password_${service}_$town" "$(random)"
        password=$(cat "secrets/broker_password_${service}_$town")
        keep "broker_url_${service}_$town" "amqp://kasane-$service-$town:$password@rabbitmq:5672/%2F"
        users="$users${users:+,}$(user "kasane-$service-$town" "$password")"
    done
    keep "rabbitmq_users_$town.json" "{\"users\": [$users
]}"
done
