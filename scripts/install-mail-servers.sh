#!/usr/bin/env bash
# Puts the mail servers that test/real-servers.test.ts sends to into a directory of their own, where they disturb nothing:
# Exim and OpenSMTPD, which as packages would drive out Postfix, as a tree to chroot into, with every library they need;
# Dovecot, whose mailboxes returned mail is fetched from, in the same tree;
# and Haraka, without its optional plugins. Beside them OpenDKIM, which test/dkim-verifier.test.ts has check our signatures,
# in a tree of its own. What is there already stays; remove the directory to get newer ones.
#   scripts/install-mail-servers.sh [DIRECTORY]     default: $MAIL_SERVERS_DIR, else node_modules/.cache/mail-servers
# The tree is Debian 13's also on Debian 12, whose OpenSMTPD 6.8 cannot do TLS with OpenSSL 3 (its issue 1171).
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${1:-${MAIL_SERVERS_DIR:-node_modules/.cache/mail-servers}}")
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
haraka_version=3.3.4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Apt with lists and a cache of its own: what is installed on this machine neither matters nor changes.
own_apt() {
  mkdir -p "$work"/apt/{lists/partial,cache/archives/partial}
  : > "$work/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$work/apt/sources.list"
  cat > "$work/apt/apt.conf" << CONF
Dir::State "$work/apt";
Dir::State::lists "$work/apt/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt/cache";
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
APT::Sandbox::User "root";
Acquire::Retries "3";
Acquire::Languages "none";
CONF
  export APT_CONFIG="$work/apt/apt.conf"
  apt-get update -qq
}

# The packages given and every library they need, one a line.
with_libraries() {
  local known="$*" found="$*"
  while [ -n "$found" ]; do
    found=$(apt-cache depends --important $found | sed -nE 's/^ *\|?Depends: ((lib|gcc-|zlib)[^ <>]+)$/\1/p' | sort -u |
      grep -vxF "$(printf '%s\n' $known)" || true)
    known+=" $found"
  done
  printf '%s\n' $known
}

# make_tree DIRECTORY PACKAGE…
make_tree() {
  local tree=$1 deb
  shift
  [ -n "${APT_CONFIG:-}" ] || own_apt
  rm -rf "$work/debs"
  mkdir -p "$work/debs" "$tree"/{usr/{bin,sbin,lib,lib64},etc,dev,tmp,var}
  for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$tree/$dir"; done
  (cd "$work/debs" && apt-get download -qq $(with_libraries "$@"))
  for deb in "$work/debs"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$tree" \
      --exclude='./usr/share/*' --exclude='*/systemd/*' --exclude='*/gconv/*' --exclude='*/perl*'
  done
}

# install_tree NAME PACKAGE…
install_tree() {
  local name=$1
  shift
  [ ! -e "$target/$name/.whole" ] || return 0
  make_tree "$work/$name" "$@"
  mkdir -p "$target"
  touch "$work/$name/.whole"
  rm -rf "${target:?}/$name"
  cp -a "$work/$name" "$target/$name.new"
  mv "$target/$name.new" "$target/$name"
}

install_tree tree exim4-daemon-light exim4-base opensmtpd dash dovecot-core dovecot-imapd
install_tree opendkim opendkim dash

if [ ! -e "$target/haraka/node_modules/Haraka/package.json" ]; then
  mkdir -p "$target/haraka"
  echo '{"private":true}' > "$target/haraka/package.json"
  npm install --prefix "$target/haraka" --omit=optional --ignore-scripts --no-audit --no-fund --no-package-lock \
    --loglevel=error "Haraka@$haraka_version"
fi
echo "Exim, OpenSMTPD, Dovecot, OpenDKIM and Haraka $haraka_version are in $target ($(du -sh "$target" | cut -f1))"
