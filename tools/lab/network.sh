# shellcheck shell=bash
# Namespaces and links. Every device is made inside a namespace of the lab; the host's network is not touched,
# and no namespace has a default route. Sourced by lab.sh.

server_namespace() { echo "$LAB_PREFIX-srv"; }
client_namespace() { echo "$LAB_PREFIX-c$1"; }

lab_namespaces() { ip netns list 2>/dev/null | awk '{print $1}' | grep -E "^$LAB_PREFIX-(srv|c[0-9]+)$" || true; }

# Says why a lab cannot run here, or nothing.
why_no_lab() {
  local tool probe=$LAB_PREFIX-probe$$
  [[ $(id -u) == 0 ]] || { echo "it needs root"; return; }
  for tool in "$LAB_OPENVPN" openssl ip nsenter socat python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing (apt-get install openvpn openssl iproute2 util-linux socat python3)"; return; }
  done
  if [[ ! -c /dev/net/tun ]]; then
    mkdir -p /dev/net
    mknod /dev/net/tun c 10 200 2>/dev/null || { echo "/dev/net/tun is missing and cannot be made"; return; }
  fi
  ip netns add "$probe" 2>/dev/null || { echo "network namespaces are not permitted"; return; }
  if ! ip -n "$probe" link add probe0 type veth peer name probe1 2>/dev/null; then
    echo "virtual network links are not permitted"
  elif ! ip -n "$probe" tuntap add mode tun name tunprobe 2>/dev/null &&
    ! in_namespace "$probe" "$LAB_OPENVPN" --mktun --dev tunprobe >/dev/null 2>&1; then
    echo "tunnel devices are not permitted (/dev/net/tun)"
  fi
  ip netns del "$probe"
}

# Inside a namespace only: without duplicate address detection IPv6 is usable at once.
skip_address_detection() {
  ((LAB_HAVE_V6)) || return 0
  in_namespace "$1" sh -c 'cd /proc/sys/net/ipv6/conf && echo 0 >all/accept_dad && echo 0 >default/accept_dad' 2>/dev/null || true
}

make_server_network() {
  local namespace server
  namespace=$(server_namespace)
  ip netns add "$namespace" || die "cannot make the network namespace $namespace"
  {
    echo "link set lo up"
    for server in udp tcp; do
      echo "addr add ${LAB_SERVER_V4[$server]}/32 dev lo"
      if ((LAB_HAVE_V6)); then echo "addr add ${LAB_SERVER_V6[$server]}/128 dev lo nodad"; fi
    done
  } | ip -n "$namespace" -batch - || die "cannot give the namespace $namespace its addresses"
  skip_address_detection "$namespace"
}

client_network_commands() { # INDEX
  local index=$1 address server
  address=$(client_address "$index")
  server=$(client_server "$index")
  echo "link set lo up"
  echo "link set eth0 up"
  if client_is_v6 "$index"; then
    echo "addr add $address/128 dev eth0 nodad"
    echo "addr add fdda:0:$index::/127 dev eth0 nodad"
    echo "route add ${LAB_SERVER_V6[$server]}/128 via fdda:0:$index::1 dev eth0 src $address"
  else
    echo "addr add $address/32 dev eth0"
    echo "route add ${LAB_SERVER_V4[$server]}/32 dev eth0 src $address"
  fi
}

server_network_commands() { # INDEX
  local index=$1 address server
  address=$(client_address "$index")
  server=$(client_server "$index")
  echo "link set v$index up"
  if client_is_v6 "$index"; then
    echo "addr add fdda:0:$index::1/127 dev v$index nodad"
    echo "route add $address/128 via fdda:0:$index:: dev v$index src ${LAB_SERVER_V6[$server]}"
  else
    echo "route add $address/32 dev v$index src ${LAB_SERVER_V4[$server]}"
  fi
}

make_network() {
  local index namespace srv
  srv=$(server_namespace)
  make_server_network
  for ((index = 1; index <= LAB_CLIENTS; index++)); do
    namespace=$(client_namespace "$index")
    ip netns add "$namespace" || die "cannot make the network namespace $namespace"
    if client_is_v6 "$index"; then skip_address_detection "$namespace"; fi
    echo "link add v$index type veth peer name eth0 netns $namespace"
  done | ip -n "$srv" -batch - || die "cannot link the namespaces"
  for ((index = 1; index <= LAB_CLIENTS; index++)); do server_network_commands "$index"; done |
    ip -n "$srv" -batch - || die "cannot set up the server's side of the links"
  for ((index = 1; index <= LAB_CLIENTS; index++)); do
    client_network_commands "$index" | ip -n "$(client_namespace "$index")" -batch - || die "cannot set up the network of client $index"
  done
}

remove_network() {
  local namespace
  for namespace in $(lab_namespaces); do ip netns del "$namespace" || true; done
}
