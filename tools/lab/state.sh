# shellcheck shell=bash
# What the lab tells others: lab.json, `lab env`, `lab status`. Sourced by lab.sh.

# The settings of a running lab, for later commands; only names listed here are ever read back.
readonly LAB_SETTINGS=(LAB_PREFIX LAB_CLIENTS LAB_MANAGEMENT LAB_PASSWORD LAB_KEEPALIVE LAB_OPENVPN LAB_HAVE_V6
  LAB_SERVER_EXTRA LAB_CLIENT_EXTRA)

save_settings() { (umask 077 && declare -p "${LAB_SETTINGS[@]}" | sed 's/^declare -[-a-z]* /declare -g /' >"$LAB_DIR/lab.settings"); }

load_settings() {
  [[ -f $LAB_DIR/lab.settings ]] || die "there is no lab in $LAB_DIR (start one with: ./dev lab up)"
  # shellcheck disable=SC1091
  source "$LAB_DIR/lab.settings"
}

json_string() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "$text"
}

management_address() { # SERVER: what a program outside the namespaces connects to
  if [[ $LAB_MANAGEMENT == unix ]]; then
    echo "$LAB_DIR/$1.sock"
  else
    echo "127.0.0.1:$(cat "$LAB_DIR/$1.relay-port" 2>/dev/null || echo 0)"
  fi
}

server_json() { # SERVER
  local server=$1 pid
  pid=$(live_pid "$LAB_DIR/$server.pid" "$LAB_DIR/$server.conf" || echo null)
  printf '{"name":"%s","transport":"%s","address":"%s","port":%d,"country":"%s","city":"%s","pid":%s,' "$server" "$server" \
    "${LAB_SERVER_V4[$server]}" "${LAB_SERVER_PORT[$server]}" "${LAB_SERVER_PLACE[$server]%% *}" "${LAB_SERVER_PLACE[$server]#* }" "$pid"
  if ((LAB_HAVE_V6)); then printf '"address6":"%s",' "${LAB_SERVER_V6[$server]}"; fi
  if [[ -n $LAB_PASSWORD ]]; then printf '"password_file":%s,' "$(json_string "$LAB_DIR/management.password")"; fi
  printf '"management":%s,"status_file":%s,"config":%s,"log":%s}' "$(json_string "$(management_address "$server")")" \
    "$(json_string "$LAB_DIR/$server.status")" "$(json_string "$LAB_DIR/$server.conf")" "$(json_string "$LAB_DIR/$server.log")"
}

client_json() { # INDEX
  local index=$1 pid
  pid=$(live_pid "$LAB_DIR/c$index.pid" "$LAB_DIR/c$index.conf" || echo null)
  printf '{"index":%d,"common_name":%s,"server":"%s","address":"%s","country":"%s","city":"%s","namespace":"%s","pid":%s}' \
    "$index" "$(json_string "$(client_name "$index")")" "$(client_server "$index")" "$(client_address "$index")" \
    "$(client_country "$index")" "$(client_city "$index")" "$(client_namespace "$index")" "$pid"
}

# Replaces lab.json in one step, so that a reader never sees half of it.
write_state() {
  local index server separator=""
  {
    printf '{"lab":true,"directory":%s,"prefix":"%s","hooks_log":%s,"servers":[' \
      "$(json_string "$LAB_DIR")" "$LAB_PREFIX" "$(json_string "$LAB_DIR/hooks.log")"
    for server in "${LAB_SERVERS[@]}"; do
      printf '%s\n' "$separator"
      server_json "$server"
      separator=,
    done
    printf '],"clients":['
    separator=""
    for ((index = 1; index <= LAB_CLIENTS; index++)); do
      printf '%s\n' "$separator"
      client_json "$index"
      separator=,
    done
    printf ']}\n'
  } >"$LAB_DIR/lab.json.new"
  mv "$LAB_DIR/lab.json.new" "$LAB_DIR/lab.json"
}

print_env() {
  local server name
  printf 'LAB_DIR=%q\nLAB_PREFIX=%q\nLAB_CLIENTS=%q\nLAB_JSON=%q\nLAB_HOOKS_LOG=%q\nLAB_SERVER_NAMESPACE=%q\n' "$LAB_DIR" "$LAB_PREFIX" \
    "$LAB_CLIENTS" "$LAB_DIR/lab.json" "$LAB_DIR/hooks.log" "$(server_namespace)"
  for server in "${LAB_SERVERS[@]}"; do
    name=LAB_${server^^}
    printf '%s_MANAGEMENT=%q\n%s_STATUS=%q\n%s_CONFIG=%q\n%s_LOG=%q\n%s_PID=%q\n' "$name" "$(management_address "$server")" \
      "$name" "$LAB_DIR/$server.status" "$name" "$LAB_DIR/$server.conf" "$name" "$LAB_DIR/$server.log" \
      "$name" "$(live_pid "$LAB_DIR/$server.pid" "$LAB_DIR/$server.conf" || true)"
  done
  [[ -z $LAB_PASSWORD ]] || printf 'LAB_PASSWORD_FILE=%q\n' "$LAB_DIR/management.password"
}

print_status() {
  local index server pid state
  printf 'lab in %s, namespaces %s-*\n' "$LAB_DIR" "$LAB_PREFIX"
  for server in "${LAB_SERVERS[@]}"; do
    pid=$(live_pid "$LAB_DIR/$server.pid" "$LAB_DIR/$server.conf" || echo "not running")
    printf '  server %-4s %-16s management %s  pid %s\n' "$server" "${LAB_SERVER_V4[$server]}" "$(management_address "$server")" "$pid"
  done
  for ((index = 1; index <= LAB_CLIENTS; index++)); do
    state=stopped
    if live_pid "$LAB_DIR/c$index.pid" "$LAB_DIR/c$index.conf" >/dev/null; then
      state=$(ip -n "$(client_namespace "$index")" -4 -o addr show dev tun0 2>/dev/null | awk '{print $4}')
      state=${state:-connecting}
    fi
    printf '  client %3d %-20s %-4s %-20s %s %-14s %s\n' "$index" "$(client_name "$index")" "$(client_server "$index")" \
      "$(client_address "$index")" "$(client_country "$index")" "$(client_city "$index")" "$state"
  done
}
