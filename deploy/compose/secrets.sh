#!/usr/bin/env bash
# Makes what the cluster keeps secret, once, in ./secrets (mode 0700): passwords for PostgreSQL and Redis, and a
# certificate that is signed by itself where there is none. What is there stays as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

mkdir -p secrets
chmod 0700 secrets
cd secrets

# The folder keeps them from others on this host; the containers' users, who have other numbers, must read the files.
random_secret() { [[ -s $1 ]] || { openssl rand -base64 33 | tr -d '\n' >"$1"; chmod 0644 "$1"; }; }

random_secret postgres_password
random_secret redis_password
digest=$(openssl dgst -sha256 -r redis_password | cut -d' ' -f1)
cat >redis.acl <<EOT
user default off
user davylamp on #$digest ~davylamp:* &davylamp:* -@all +@read +@write +@stream +@scripting +@connection +@transaction +@pubsub +info +wait +time
EOT
chmod 0644 redis.acl
if [[ ! -s tls.crt ]]; then
  name=${DAVYLAMP_HOST:-$(hostname -f)}
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name,DNS:localhost" -keyout tls.key -out tls.crt 2>/dev/null
  chmod 0644 tls.crt tls.key
  echo "secrets/tls.crt is signed by itself, for $name: put your own certificate and key there" >&2
fi
