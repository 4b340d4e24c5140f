#!/bin/sh
# Builds sdist and wheel of the version in core/version.py into dist/, tries both in empty environments, and writes their
# checksums. Refuses a version that CHANGELOG.md has no section for. Publishing them is up to whoever asked.
set -eu
cd "$(dirname "$0")/.."
version=$(.venv/bin/python -c 'from sendung.core.version import __version__; print(__version__)')
grep -q "^## \\[\\?$version" CHANGELOG.md || {
    echo "CHANGELOG.md has no section for $version: give \"Unreleased\" that name and a date first." >&2
    exit 1
}
scripts/build_packages.sh
scripts/try_packages.sh
(cd dist && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
