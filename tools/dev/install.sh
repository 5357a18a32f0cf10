# shellcheck shell=bash
# What must be on the machine, by purpose. Sourced by ./dev.

declare -rA dev_packages=(
  [build]="clang-19 lld-19 llvm-19 libclang-rt-19-dev cmake ninja-build ccache pkg-config python3 curl
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libsqlite3-dev libmaxminddb-dev libsodium-dev libssl-dev
    zlib1g-dev libhowardhinnant-date-dev tzdata libfmt-dev libtomlplusplus-dev libbenchmark-dev libbpf-dev bpftool
    libcurl4-openssl-dev libpq-dev libhiredis-dev libldap-dev"
  [lab]="openvpn openssl iproute2 util-linux socat python3 wireguard-go wireguard-tools"
  [test]="python3-yaml libgtest-dev libgmock-dev sqlite3 mmdb-bin libmaxmind-db-writer-perl nftables conntrack iptables chromium fonts-droid-fallback shellcheck socat curl
    strongswan-charon strongswan-swanctl libcharon-extra-plugins libstrongswan-standard-plugins iputils-ping unbound python3-aiosmtpd
    redis-server postgresql-15 nginx-light caddy slapd ldap-utils"
  [lint]="clang-format-19 clang-tidy-19 clang-tools-19 shellcheck"
)
readonly node_version=20.20.2 node_oldest=20.19 npm_version=10

# install_packages PURPOSE...: quick when nothing is missing; "web" stands for Node and npm
install_packages() {
  local purpose missing=()
  command -v dpkg-query >/dev/null || die "this script installs with Debian's apt, which is not here; see tools/dev/install.sh for what is needed"
  for purpose in "$@"; do
    if [[ $purpose == web ]]; then continue; fi
    # shellcheck disable=SC2086
    mapfile -t -O "${#missing[@]}" missing < <(missing_packages ${dev_packages[$purpose]})
  done
  if ((${#missing[@]})); then apt_install "${missing[@]}"; fi
  for purpose in "$@"; do
    if [[ $purpose == web ]]; then ensure_node; fi
  done
}

missing_packages() {
  comm -23 <(printf '%s\n' "$@" | sort -u) \
    <({ dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true; } | sed -n 's/^installed //p' | sort -u)
}

apt_install() {
  note "installing with apt: $*"
  export DEBIAN_FRONTEND=noninteractive
  if [[ -z $(find /var/lib/apt/lists -name '*Packages*' -mmin -1440 2>/dev/null | head -1) ]]; then
    quiet "$state/log/apt-update.log" as_root apt-get update -q || die "apt-get update failed"
  fi
  quiet "$state/log/apt-install.log" as_root apt-get install -q -y --no-install-recommends "$@" ||
    { quiet "$state/log/apt-update.log" as_root apt-get update -q &&
      quiet "$state/log/apt-install.log" as_root apt-get install -q -y --no-install-recommends "$@"; } ||
    die "apt-get could not install: $*"
}

node_is_new_enough() { command -v node >/dev/null && node_at_least "$(node --version)"; }
node_at_least() { printf '%s\n%s\n' "$node_oldest" "${1#v}" | sort -V -C; }

# The page's tools need Node 20; Debian 12 has 18. Node itself then comes from the npm registry, into .dev/node.
ensure_node() {
  local machine
  export PATH="$state/node/node_modules/.bin:$PATH"
  if node_is_new_enough && command -v npm >/dev/null; then return; fi
  # shellcheck disable=SC2046
  if ! command -v npm >/dev/null; then apt_install $(missing_packages nodejs npm); fi
  if node_is_new_enough; then return; fi
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) die "Node $node_oldest or newer is needed for the page; install it by hand on $(uname -m)" ;;
  esac
  note "Node here is $(node --version 2>/dev/null || echo missing); fetching Node $node_version into .dev/node"
  mkdir -p "$state/node"
  quiet "$state/log/node.log" npm install --prefix "$state/node" --no-audit --no-fund --no-save \
    "node-linux-$machine@$node_version" "npm@$npm_version" || true  # npm 9.2 can complain on exit though all is there
  hash -r
  node_is_new_enough || die "Node $node_version could not be installed from the npm registry, see .dev/log/node.log"
}
