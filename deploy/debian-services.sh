#!/bin/sh
# Installs, on Debian as root, the programs some tests need: PostgreSQL, RabbitMQ, Chromium, npm and Japanese
# fonts.
#
# usage: sh deploy/debian-services.sh
#
# Installs only what is missing, tells what, and starts nothing: the tests run private copies of their own.
# Elsewhere it tells what is missing and how to get it and returns 0, so that the tests that need none go on.
# Returns 1 only when an installation was tried and failed.
set -eu

say() { printf '%s\n' "$*"; }

has_font_package() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

has_postgresql() {
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        if [ -x "$initdb" ]; then return 0; fi
    done
    command -v initdb >/dev/null 2>&1
}

has_rabbitmq() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null 2>&1; }

has_chromium() {
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

has_npm() { command -v npm >/dev/null 2>&1; }

missing=
if ! has_postgresql; then missing="$missing postgresql-15"; fi
if ! has_rabbitmq; then missing="$missing rabbitmq-server"; fi
if ! has_chromium; then missing="$missing chromium-headless-shell"; fi
if ! has_npm; then missing="$missing npm"; fi
if command -v dpkg-query >/dev/null 2>&1; then
    for font in fonts-noto-cjk fonts-ipaexfont; do
        if ! has_font_package "$font"; then missing="$missing $font"; fi
    done
fi

if [ -z "$missing" ]; then
    say "-- テスト用のプログラムは揃っています / every program the tests need is installed"
    exit 0
fi

is_debian() { [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ]) && command -v apt-get >/dev/null 2>&1; }

if ! is_debian || [ "$(id -u)" != 0 ]; then
    say "-- 次が見つかりません:$missing"
    say "   この環境では自動で入れません。Debian では root で「make services」、他では上の名前に当たるパッケージを入れてください。無くても、使わないテストは動きます。"
    say "-- Not found:$missing"
    say "   Nothing was installed, since this is not root on Debian. On Debian run \"make services\" as root; elsewhere install the packages of these names. Tests that do not need them run without."
    exit 0
fi

say "-- 次のパッケージを入れます（サービスは起動しません）:$missing"
say "-- Installing these packages (no service is started):$missing"

# Debian asks /usr/sbin/policy-rc.d before a package starts its service; 101 means no. One that is there stays.
policy=/usr/sbin/policy-rc.d
made_policy=no
clean_up() { if [ "$made_policy" = yes ]; then rm -f "$policy"; fi; }
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\n# Put here by deploy/debian-services.sh of Kasane for one installation; safe to delete.\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -qq "$@" </dev/null; }

failed() {
    say "パッケージを入れられませんでした:$missing 上の apt-get の言葉を確かめて、もう一度「make services」を実行してください。"
    say "The packages were not installed:$missing. See what apt-get said above, then run \"make services\" again."
    exit 1
}

apt update || failed
# A newer Debian carries a newer PostgreSQL under its own number.
if [ "${missing#* postgresql-15}" != "$missing" ] && ! apt-cache show postgresql-15 >/dev/null 2>&1; then
    missing=$(say "$missing" | sed 's/postgresql-15/postgresql/')
fi
# An older one has no Chromium without a window.
if [ "${missing#* chromium-headless-shell}" != "$missing" ] && ! apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    missing=$(say "$missing" | sed 's/chromium-headless-shell/chromium/')
fi
# shellcheck disable=SC2086
apt install -y --no-install-recommends $missing || failed
say "-- 入れました / installed:$missing"
