#!/bin/sh
# Installs the few system libraries that are missing, when this user may; says what to do when not.
# Usage: deploy/system.sh [tests]
set -eu

need=""
has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || ls /usr/lib/*/"$1"* >/dev/null 2>&1; }
has_font() { ls $1 >/dev/null 2>&1; }

has_library libGL.so.1 || need="$need libgl1"
has_library libgthread-2.0.so.0 || need="$need libglib2.0-0"
has_library libseccomp.so.2 || need="$need libseccomp2"
has_font "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc" || need="$need fonts-noto-cjk"
python3.11 -c 'import venv, ensurepip' >/dev/null 2>&1 || python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || need="$need python3-venv"

if [ "${1:-}" = tests ]; then
  for font in wqy-zenhei:truetype/wqy/wqy-zenhei.ttc wqy-microhei:truetype/wqy/wqy-microhei.ttc arphic-ukai:truetype/arphic/ukai.ttc \
      arphic-uming:truetype/arphic/uming.ttc arphic-gbsn00lp:truetype/arphic-gbsn00lp/gbsn00lp.ttf arphic-gkai00mp:truetype/arphic-gkai00mp/gkai00mp.ttf \
      cns11643-kai:truetype/cns11643/TW-Kai-98_1.ttf cns11643-sung:truetype/cns11643/TW-Sung-98_1.ttf dejavu-core:truetype/dejavu/DejaVuSans.ttf \
      lxgw-wenkai:truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf cwtex-fs:truetype/cwtex/cwfs.ttf; do
    has_font "/usr/share/fonts/${font#*:}" || need="$need fonts-${font%%:*}"
  done
  command -v chromium >/dev/null 2>&1 || need="$need chromium"
  command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need="$need postgresql"
fi

[ -z "$need" ] && exit 0
if [ "$(id -u)" = 0 ]; then as=""; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as="sudo"; else
  echo "These system packages are missing; please install them:$need" >&2
  exit 1
fi
echo "== system packages:$need"
$as apt-get update -qq
# shellcheck disable=SC2086
$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null
