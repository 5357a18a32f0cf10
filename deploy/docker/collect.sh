#!/usr/bin/env bash
# collect.sh FOLDER PROGRAMS PAGE: lays out in FOLDER what an image of Davylamp holds, and nothing else.
set -euo pipefail

readonly image=$1 programs=$2 page=$3
readonly user=10001

# The libraries of a program, the loader included, where the loader looks for them.
libraries() {
  local found
  for found in "$@"; do ldd "$found"; done |
    awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-linux/ { print $1 }' | sort -u
}

put() { # SOURCE PLACE
  install -D -m 0755 "$1" "$image$2"
}

mkdir -p "$image"
binaries=()
for name in davylampd davylamp davylamp-agent davylamp-hook; do
  file=$programs/$name
  [[ -f $file ]] || { echo "collect.sh: there is no $file" >&2; exit 1; }
  binaries+=("$file")
done
for file in "${binaries[@]:0:3}"; do put "$file" "/usr/bin/$(basename "$file")"; done
put "${binaries[3]}" /usr/lib/davylamp/davylamp-hook
if [[ ${DAVYLAMP_STRIP:-yes} == yes ]]; then
  find "$image/usr" -type f -exec strip --strip-unneeded {} +
fi
while read -r library; do put "$(readlink -f "$library")" "$library"; done < <(libraries "${binaries[@]}")

mkdir -p "$image"/{etc/ssl/certs,etc/davylamp,usr/share,var/lib/davylamp,run/davylamp,run/secrets,tmp,proc,dev,sys}
cp -L /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/"
cp -a /usr/share/zoneinfo "$image/usr/share/"
mkdir -p "$image/usr/share/davylamp"
cp -r "$page" "$image/usr/share/davylamp/web"
printf 'root:x:0:0:root:/:/none\ndavylamp:x:%d:%d:Davylamp:/var/lib/davylamp:/none\n' $user $user >"$image/etc/passwd"
printf 'root:x:0:\ndavylamp:x:%d:\n' $user >"$image/etc/group"
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
chmod 1777 "$image/tmp"
chown $user:$user "$image/var/lib/davylamp" "$image/run/davylamp"
chmod 0750 "$image/var/lib/davylamp"
