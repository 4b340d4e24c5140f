#!/bin/sh
# Installs what the tests start and pip cannot bring: Ceph's RADOS gateway, espeak-ng, browsers, npm, and a WordPress
# (with a small web server and PHP for it that are never started: without them apt would bring Apache).
# Only on Debian and its kin, as root or by a sudo that asks nothing; elsewhere the tests that miss one are skipped by name.
set -u
missing=""
for pair in radosgw:radosgw ceph-mon:ceph-mon ceph-osd:ceph-osd espeak-ng:espeak-ng chromium:chromium npm:npm java:default-jre-headless \
    firefox-esr:firefox-esr php:php-cli mariadbd:mariadb-server-core mariadb:mariadb-client php-cgi:php-cgi mini_httpd:mini-httpd zsh:zsh fish:fish; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
wordpress=/usr/share/wordpress
[ -e $wordpress/wp-load.php ] || missing="$missing wordpress php-mysql"
for theme in one three; do
    [ -e $wordpress/wp-content/themes/twentytwenty$theme ] || missing="$missing wordpress-theme-twentytwenty$theme"
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
