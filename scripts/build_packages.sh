#!/bin/sh
# Builds sdist and wheel into dist/. The sdist must hold all of the repository but CI's, the wheel all of the program.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
$python -m pip --disable-pip-version-check --quiet install build
rm -rf dist
$python -m build --quiet --outdir dist .
have() { tar --list --file "$1" | sed 's,^[^/]*/,,;/\/$/d' | sort; }
listed=$(mktemp)
trap 'rm -f "$listed"' EXIT
have dist/*.tar.gz >"$listed"
missing=$(git ls-files | grep -v '^\.ci/' | sort | comm -23 - "$listed")
[ -z "$missing" ] || { echo "The sdist lacks: $missing" >&2; exit 1; }
$python -m zipfile --list dist/*.whl | awk 'NR > 1 { print $1 }' | sort >"$listed"
missing=$(cd src && git ls-files sendung | sort | comm -23 - "$listed")
[ -z "$missing" ] || { echo "The wheel lacks: $missing" >&2; exit 1; }
