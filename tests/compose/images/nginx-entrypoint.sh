#!/bin/sh
# Fills in /etc/nginx/templates/*.template from the environment, then becomes the command.
set -eu

if [ -n "${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ]; then
    NGINX_LOCAL_RESOLVERS=$(awk '$1 == "nameserver" { printf "%s%s", space, $2; space = " " }' /etc/resolv.conf)
    export NGINX_LOCAL_RESOLVERS
fi
defined=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/${\1}/p' | tr '\n' ' ')
for template in /etc/nginx/templates/*.template; do
    name=${template##*/}
    envsubst "$defined" <"$template" >"/etc/nginx/conf.d/${name%.template}"
done
exec "$@"
