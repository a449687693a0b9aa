#!/bin/sh
# Brings .venv in line with the locks and with our own distributions, and returns at once when it already is.
#
# usage: sh deploy/venv.sh run    what `make run` needs: bootstrap, build, runtime, routing, tracing
#        sh deploy/venv.sh dev    all of that, and the tools that test and lint
#
# .venv/.kasane/ remembers a checksum of what was installed. Checksums, not file times: a .venv restored from a
# cache, or files freshly cloned, are judged by what they hold. A venv with the development tools keeps them when
# `run` is asked for. PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

want=${1:-dev}
venv=.venv
python=$venv/bin/python
uv=$venv/bin/uv
state=$venv/.kasane
here=$(pwd -P)

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

locks_of() {
    for name in bootstrap build runtime routing tracing; do say "requirements/$name.txt"; done
    if [ "$1" = dev ]; then say requirements/dev.txt; fi
}

# The folder is part of the key: scripts inside a venv hold its absolute path, so a moved venv is a stale one.
# shellcheck disable=SC2046
key_of_locks() { { say "$here"; cat $(locks_of "$1"); } | cksum; }

our_projects() {
    for file in packages/*/pyproject.toml services/*/pyproject.toml plugins/*/pyproject.toml; do
        if [ -f "$file" ]; then say "$file"; fi
    done
}

key_of_ours() { our_projects | while read -r file; do say "$file"; cat "$file"; done | cksum; }

remembered() { cat "$state/$1" 2>/dev/null || true; }

up_to_date() {
    [ -x "$python" ] && [ "$(remembered "$want")" = "$(key_of_locks "$want")" ] &&
        [ "$(remembered ours)" = "$(key_of_ours)" ]
}

fits() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        candidates=$PYTHON
    else
        candidates="python3.11 python3.12 python3.13 python3"
    fi
    for candidate in $candidates; do
        if command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    complain "Python 3.11 以上（venv 付き）が見つからないため .venv は作りませんでした。Debian では「apt-get install python3 python3-venv」、他では Python 3.11 以上を入れるか PYTHON=/path/to/python を付けて、もう一度実行してください。"
    complain "No Python 3.11 or newer with venv was found, so .venv was not made: on Debian run \"apt-get install python3 python3-venv\", elsewhere install Python 3.11+ or pass PYTHON=/path/to/python, then run make again."
    return 1
}

case $want in
run | dev) ;;
*)
    complain "deploy/venv.sh knows \"run\" and \"dev\", not \"$want\". Nothing was installed."
    exit 2
    ;;
esac

if up_to_date; then exit 0; fi

# One at a time: two makes in one folder would undo each other's work.
if command -v flock >/dev/null 2>&1; then
    exec 9>.venv.lock
    flock 9
    if up_to_date; then exit 0; fi
fi

# What is needed is known before anything is done, so that every step below can be told and counted.
if [ "$want" = run ] && [ -f "$state/dev" ] && [ "$(remembered run)" != "$(key_of_locks run)" ]; then want=dev; fi

if [ -e "$venv" ] && { ! fits "$python" || { [ -f "$state/home" ] && [ "$(remembered home)" != "$here" ]; }; }; then
    say "-- .venv を作り直します（場所か Python が変わりました） / remaking .venv (its place or its Python changed)"
    rm -rf "$venv"
fi

# The mark is written when the venv is whole: without it and without uv, the making was interrupted.
if [ -e "$venv" ] && [ ! -f "$state/home" ] && [ ! -x "$uv" ]; then
    say "-- .venv は途中で止まっていたので作り直します / remaking .venv: making it was interrupted"
    rm -rf "$venv"
fi

if [ ! -x "$python" ]; then
    interpreter=$(find_python)
    say "-- .venv を作ります / creating .venv with $("$interpreter" --version)"
    rm -rf "$venv"
    "$interpreter" -m venv "$venv"
fi
mkdir -p "$state"
say "$here" >"$state/home"

if [ "$(remembered "$want")" != "$(key_of_locks "$want")" ]; then
    rm -f "$state/run" "$state/dev" "$state/ours"
    wanted_uv=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements/bootstrap.txt)
    if [ "$("$uv" --version 2>/dev/null | cut -d' ' -f2)" != "$wanted_uv" ]; then
        say "-- インストーラー uv $wanted_uv を入れます / installing the installer, uv $wanted_uv"
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
    fi
    # shellcheck disable=SC2046
    set -- $(locks_of "$want")
    say "-- ライブラリーをハッシュ照合つきで入れます / installing libraries, hashes checked: $(cat "$@" | grep -c '==') pins"
    quiet=--quiet
    if [ -t 2 ]; then quiet=; fi
    "$uv" pip sync $quiet --python "$python" --require-hashes "$@"
    key_of_locks run >"$state/run"
    if [ "$want" = dev ]; then key_of_locks dev >"$state/dev"; fi
fi

if [ "$(remembered ours)" != "$(key_of_ours)" ]; then
    key=$(key_of_ours)
    gone=$("$python" - <<'PY'
import json
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

for distribution in distributions():
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    folder = Path(unquote(urlsplit(origin.get("url", "")).path))
    if origin.get("dir_info", {}).get("editable") and not (folder / "pyproject.toml").exists():
        print(distribution.metadata["Name"])
PY
    )
    if [ -n "$gone" ]; then
        # shellcheck disable=SC2086
        say "-- フォルダーの無くなったものを外します / removing those whose folder is gone:" $gone
        # shellcheck disable=SC2086
        "$uv" pip uninstall --quiet --python "$python" $gone
    fi
    set --
    for file in packages/*/pyproject.toml services/*/pyproject.toml plugins/*/pyproject.toml; do
        if [ -f "$file" ]; then set -- "$@" -e "${file%/pyproject.toml}"; fi
    done
    if [ $# -gt 0 ]; then
        say "-- 自分たちの $(($# / 2)) 個の配布物を編集可能な形で入れます / installing our own $(($# / 2)) distributions, editable"
        if ! "$uv" pip install --quiet --python "$python" --no-deps --no-build-isolation "$@"; then
            complain "自分たちの配布物を入れられませんでした（ライブラリーは入っています）。上に名前の出た配布物を直して、もう一度実行してください。"
            complain "Our own distributions were not installed; the libraries are in place. Mend the distribution named above and run make again."
            exit 1
        fi
    fi
    say "$key" >"$state/ours"
fi
say "-- .venv は準備できました / .venv is ready"
