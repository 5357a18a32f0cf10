# shellcheck shell=bash
# Configurations and processes of the lab's servers and clients. Sourced by lab.sh.

readonly LAB_SERVERS=(udp tcp)

# One line per client-connect and client-disconnect: OpenVPN's own account of every session. Plain sh, no child process.
# A program LAB_DIR/next-hook, where there is one, has the last word; it gets the server's name.
write_hook() {
  cat >"$LAB_DIR/hook.sh" <<'HOOK'
#!/bin/sh
# usage: hook.sh SERVER   (OpenVPN gives the rest in the environment)
tab='	'
clean() {
  text=$1
  while :; do
    case $text in
      *"$tab"*) text="${text%%"$tab"*} ${text#*"$tab"}" ;;
      *) break ;;
    esac
  done
}
clean "$common_name"; name=$text
clean "$username"; user=$text
printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$script_type" "$1" "$name" "$time_unix" \
  "${trusted_ip:-$trusted_ip6}" "$trusted_port" "$ifconfig_pool_remote_ip" "$ifconfig_pool_remote_ip6" \
  "${bytes_received:-0}" "${bytes_sent:-0}" "${time_duration:-0}" "$daemon_pid" "$user" >>"${0%/*}/hooks.log"
if [ -x "${0%/*}/next-hook" ]; then exec "${0%/*}/next-hook" "$1"; fi
exit 0
HOOK
  chmod 755 "$LAB_DIR/hook.sh"
  printf 'event\tserver\tcommon_name\ttime_unix\treal_address\treal_port\tvirtual_address\tvirtual_address6\tbytes_received\tbytes_sent\tduration\tpid\tusername\n' \
    >"$LAB_DIR/hooks.log"
}

server_transport() { # SERVER -> value of --proto
  case $1-$LAB_HAVE_V6 in
    udp-1) echo udp6 ;;  # a dual-stack socket; IPv4 clients show as plain IPv4
    udp-0) echo udp4 ;;
    tcp-1) echo tcp6-server ;;
    *) echo tcp4-server ;;
  esac
}

management_line() { # SERVER
  local line
  if [[ $LAB_MANAGEMENT == unix ]]; then
    line="management $LAB_DIR/$1.sock unix"
  else
    line="management 127.0.0.1 ${LAB_MANAGEMENT_PORT[$1]}"
  fi
  [[ -n $LAB_PASSWORD ]] && line+=" $LAB_DIR/management.password"
  echo "$line"
}

write_server_config() { # SERVER
  local server=$1 device=tun0
  [[ $server == tcp ]] && device=tun1
  {
    cat <<EOT
# Davylamp lab: server "$server", seen from outside as ${LAB_SERVER_V4[$server]} (${LAB_SERVER_PLACE[$server]})
dev $device
dev-type tun
proto $(server_transport "$server")
port ${LAB_SERVER_PORT[$server]}
topology subnet
server ${LAB_TUNNEL_V4[$server]}.0.0 255.255.0.0
server-ipv6 ${LAB_TUNNEL_V6[$server]}::/64
keepalive $LAB_KEEPALIVE
duplicate-cn
max-clients 1024
ca $LAB_DIR/pki/ca.crt
cert $LAB_DIR/pki/server.crt
key $LAB_DIR/pki/server.key
tls-crypt $LAB_DIR/pki/tls-crypt.key
dh none
data-ciphers AES-256-GCM:CHACHA20-POLY1305
persist-key
persist-tun
disable-dco
status $LAB_DIR/$server.status 5
status-version 3
writepid $LAB_DIR/$server.pid
verb 3
script-security 2
client-connect "$LAB_DIR/hook.sh $server"
client-disconnect "$LAB_DIR/hook.sh $server"
management-log-cache 500
EOT
    management_line "$server"
    [[ $server == udp ]] && printf 'multihome\nexplicit-exit-notify 1\nconnect-freq-initial 4000 1\nconnect-freq 4000 1\n'
    [[ -z $LAB_SERVER_EXTRA ]] || printf '%b\n' "$LAB_SERVER_EXTRA"
  } >"$LAB_DIR/$server.conf"
}

write_client_config() { # INDEX
  local index=$1 server remote family=4 transport
  server=$(client_server "$index")
  remote=${LAB_SERVER_V4[$server]}
  if client_is_v6 "$index"; then
    remote=${LAB_SERVER_V6[$server]}
    family=6
  fi
  transport=$server$family
  [[ $server == tcp ]] && transport+=-client
  {
    cat <<EOT
client
dev tun0
dev-type tun
proto $transport
remote $remote ${LAB_SERVER_PORT[$server]}
nobind
ca $LAB_DIR/pki/ca.crt
cert $LAB_DIR/pki/c$index.crt
key $LAB_DIR/pki/c$index.key
tls-crypt $LAB_DIR/pki/tls-crypt.key
remote-cert-tls server
connect-retry 1 3
persist-key
disable-dco
verb 3
push-peer-info
setenv UV_LAB_CLIENT $index
writepid $LAB_DIR/c$index.pid
EOT
    [[ $server == udp ]] && echo "explicit-exit-notify 1"
    [[ -z $LAB_CLIENT_EXTRA ]] || printf '%b\n' "$LAB_CLIENT_EXTRA"
  } >"$LAB_DIR/c$index.conf"
}

# Waits until COMMAND succeeds: wait_until SECONDS COMMAND..., the seconds being those of a machine at rest
wait_until() {
  local deadline
  deadline=$((SECONDS + $(when_busy "$1")))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

server_ready() { grep -qs 'Initialization Sequence Completed' "$LAB_DIR/$1.log" && live_pid "$LAB_DIR/$1.pid" "$LAB_DIR/$1.conf" >/dev/null; }

start_server() { # SERVER
  local server=$1
  live_pid "$LAB_DIR/$server.pid" "$LAB_DIR/$server.conf" >/dev/null && return 0
  rm -f "$LAB_DIR/$server.pid" "$LAB_DIR/$server.sock"
  [[ -e $LAB_DIR/$server.status ]] || : >"$LAB_DIR/$server.status"
  chmod 644 "$LAB_DIR/$server.status"
  in_namespace "$(server_namespace)" "$LAB_OPENVPN" --cd "$LAB_DIR" --config "$LAB_DIR/$server.conf" \
    --log "$LAB_DIR/$server.log" --daemon "lab-$server" || die "server $server did not start, see $LAB_DIR/$server.log"
  wait_until 30 server_ready "$server" || die "server $server is not ready after 30 s, see $LAB_DIR/$server.log"
  if [[ $LAB_MANAGEMENT == unix ]]; then
    chmod 600 "$LAB_DIR/$server.sock"
    [[ -z ${SUDO_UID:-} ]] || chown "$SUDO_UID" "$LAB_DIR/$server.sock"
  fi
}

# A management interface on TCP listens on the loopback of the servers' namespace; this relay brings it to the host's.
start_relays() {
  local server port
  [[ $LAB_MANAGEMENT == tcp ]] || return 0
  for server in "${LAB_SERVERS[@]}"; do
    port=$(free_port)
    echo "$port" >"$LAB_DIR/$server.relay-port"
    setsid -f socat -lf "$LAB_DIR/$server.relay.log" "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" \
      "EXEC:nsenter --net=/run/netns/$(server_namespace) -- socat - TCP\\:127.0.0.1\\:${LAB_MANAGEMENT_PORT[$server]}" \
      </dev/null >/dev/null 2>&1
  done
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Who was told so ends, but not at once.
client_ends() { grep -qsE 'AUTH_FAILED|Halt command was pushed|process exiting' "$LAB_DIR/c$1.log"; }

launch_client() { # INDEX
  local index=$1
  if client_ends "$index"; then wait_gone "$LAB_DIR/c$index.pid" "$LAB_DIR/c$index.conf" 20 || true; fi
  live_pid "$LAB_DIR/c$index.pid" "$LAB_DIR/c$index.conf" >/dev/null && return 0
  rm -f "$LAB_DIR/c$index.pid" "$LAB_DIR/c$index.log"
  in_namespace "$(client_namespace "$index")" "$LAB_OPENVPN" --cd "$LAB_DIR" --config "$LAB_DIR/c$index.conf" \
    --log "$LAB_DIR/c$index.log" --daemon "lab-c$index"
}

# how often a client has come up since its process started
client_ups() { grep -cs 'Initialization Sequence Completed' "$LAB_DIR/c$1.log" || true; }
client_came_up() { (($(client_ups "$1") > $2)); }
client_settled() { client_came_up "$1" 0 || grep -qs 'process exiting' "$LAB_DIR/c$1.log"; }
clients_up() { (($(grep -ls 'Initialization Sequence Completed' "$LAB_DIR"/c[0-9]*.log | wc -l) >= $1)); }

launch_clients() {
  local index
  for ((index = 1; index <= LAB_CLIENTS; index++)); do
    launch_client "$index" &
    if ((index % 4 == 0)); then wait; fi
  done
  wait
  wait_until "$LAB_WAIT" clients_up "$LAB_CLIENTS" ||
    die "not all of $LAB_CLIENTS clients are up after $LAB_WAIT s, see $LAB_DIR/c*.log"
}
