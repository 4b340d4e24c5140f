#!/bin/sh
# Builds sdist and wheel of the version in core/version.py into dist/, tries both in empty environments, and writes their
# checksums. Refuses a version that CHANGELOG.md has no section for. Publishing them is up to whoever asked.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
version=$($python -c 'from sendung.core.version import __version__; print(__version__)')
grep -q "^## \\[\\?$version" CHANGELOG.md || {
    echo "CHANGELOG.md has no section for $version: give \"Unreleased\" that name and a date first." >&2
    exit 1
}
$python -m pip --disable-pip-version-check --quiet install build
rm -rf dist
$python -m build --outdir dist .
for file in dist/*; do
    place=$(mktemp -d)
    "${PYTHON:-python3}" -m venv "$place/venv"
    "$place/venv/bin/pip" --disable-pip-version-check --quiet install "$file"
    (cd "$place" && test "$(venv/bin/sendung --version)" = "sendung $version" && venv/bin/sendung --help >/dev/null)
    rm -rf "$place"
    echo "$file can be installed, and runs."
done
(cd dist && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
