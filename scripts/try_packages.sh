#!/bin/sh
# Installs each package in a folder (dist/, unless one is named) into environments that have nothing: by pip, pipx and
# uv tool. Each must then run, know its version and make a show that passes its own check.
set -eu
dist=$(cd "${1:-dist}" && pwd)
cd "$(dirname "$0")/.."
python=.venv/bin/python
version=$($python -c 'from sendung.core.version import __version__; print(__version__)')
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
$python -m venv "$place/tools"
"$place/tools/bin/python" -m pip --disable-pip-version-check --quiet install pipx uv
tools=$place/tools/bin
base=$(command -v "${PYTHON:-python3}")

try() { # $1: how it was installed, $2: the package, $3: the program
    test "$("$3" --version)" = "sendung $version"
    rm -rf "$place/show"
    (cd "$place" && "$3" init show --title Probe --host Ada --email ada@example.org >/dev/null && cd show && "$3" check >/dev/null 2>&1)
    echo "$(basename "$2"): $1 installs it, and it runs."
}

for file in "$dist"/sendung-*.whl "$dist"/sendung-*.tar.gz; do
    "$base" -m venv "$place/pip"
    "$place/pip/bin/python" -m pip --disable-pip-version-check --quiet install "$file"
    try pip "$file" "$place/pip/bin/sendung"
    PIPX_HOME=$place/pipx PIPX_BIN_DIR=$place/pipx/bin "$tools/pipx" install --quiet --python "$base" "$file" >/dev/null
    try pipx "$file" "$place/pipx/bin/sendung"
    UV_TOOL_DIR=$place/uv UV_TOOL_BIN_DIR=$place/uv/bin "$tools/uv" tool install --quiet --python "$base" "$file"
    try "uv tool" "$file" "$place/uv/bin/sendung"
    rm -rf "$place/pip" "$place/pipx" "$place/uv"
done
