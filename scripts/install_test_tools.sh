#!/bin/sh
# Installs what the tests start and pip cannot bring: Ceph's RADOS gateway, espeak-ng, Chromium, npm.
# Only on Debian and its kin, as root or by a sudo that asks nothing; elsewhere the tests that miss one are skipped by name.
set -u
missing=""
for pair in radosgw:radosgw ceph-mon:ceph-mon ceph-osd:ceph-osd espeak-ng:espeak-ng chromium:chromium npm:npm; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
[ -z "$missing" ] && exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "Not installed:$missing. The tests that need them are skipped." >&2
[ -z "${CI:-}" ]
