# shellcheck shell=bash
# Starting davylampd with a configuration of our own, with or without the lab. Sourced by ./dev.

lab_script=$root/tools/lab/lab.sh
daemon_pid=""
lab_started=""

dev_lab() {
  case ${1:-} in up | check) install_packages lab ;; esac
  if [[ ${1:-help} != help && ${1:-} != --help && ${1:-} != -h && $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || die "the lab needs root (network namespaces)"
    exec sudo --preserve-env=XDG_RUNTIME_DIR,LAB_DIR,LAB_PREFIX "$lab_script" "$@"
  fi
  "$lab_script" "$@"
}

lab_is_up() { # DIR
  local pid
  pid=$(cat "$1/udp.pid" 2>/dev/null) && [[ -f $1/lab.json ]] && grep -qzxF -- "$1/udp.conf" "/proc/$pid/cmdline" 2>/dev/null
}

# start_lab DIR PREFIX CLIENTS: false, with the reason printed, when it is not possible here
start_lab() {
  may_be_root || { note "no lab: network namespaces need root"; return 1; }
  install_packages lab
  as_root "$lab_script" check --dir "$1" --prefix "$2" | sed 's/^/    /' || return 1
  lab_started=$1
  lab_prefix=$2
  quiet "$state/log/lab-up.log" as_root "$lab_script" up --dir "$1" --prefix "$2" --clients "$3" || return 1
  as_root "$lab_script" --dir "$1" --prefix "$2" traffic start --rate 200k || true
}

stop_lab() {
  [[ -n $lab_started ]] || return 0
  as_root "$lab_script" down --dir "$lab_started" --prefix "$lab_prefix" >/dev/null || true
  lab_started=""
}

# The lab's own hook hands over to next-hook: from now on to davylamp-hook, with a folder for each server.
lab_hooks() { # LAB_DIR
  as_root install -d -m 0755 -o "$(id -un)" "$1/hook"
  as_root install -m 0755 "$(program davylamp-hook)" "$1/davylamp-hook"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nexec "%s/davylamp-hook" "%s/hook/$1"\n' "$1" "$1" | as_root tee "$1/next-hook" >/dev/null
  as_root chmod 755 "$1/next-hook"
}

# The lab's servers as [[source.openvpn]] tables.
lab_sources_toml() {
  lab_hooks "$1"
  python3 - "$1/lab.json" "$1" <<'PY'
import json, sys
lab = sys.argv[2]
for server in json.load(open(sys.argv[1], encoding="utf-8"))["servers"]:
    print(f'\n[[source.openvpn]]\nname = "{server["name"]}"\nmanagement = "{server["management"]}"\n'
          f'address = "{server["address"]}"\ntransport = "{server["transport"]}"\nlab = true\n'
          f'config_file = "{lab}/{server["name"]}.conf"\nstatus_file = "{lab}/{server["name"]}.status"\n'
          f'hook_directory = "{lab}/hook/{server["name"]}"')
    if "password_file" in server:
        print(f'password_file = "{server["password_file"]}"')
PY
}

# daemon_config DIRECTORY LISTEN: everything but the sources
daemon_config() {
  cat <<EOT
# made by ./dev, again at every start
[node]
name = "$(hostname | tr -cd 'A-Za-z0-9._-' | cut -c1-60)"
state_directory = "$1"

[store]
path = "$1/davylamp.db"

[serve]
listen = "$2"
web_root = "$root/web/dist"

$(geoip_toml)
EOT
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() { # from N upwards
  local port=$1
  until port_is_free "$port"; do port=$((port + 1)); done
  echo "$port"
}

# start_daemon CONFIG URL LOG: returns when it answers
start_daemon() {
  local config=$1 url=$2 log=$3 deadline=$((SECONDS + 20))
  if [[ $log == - ]]; then
    "$(program davylampd)" --config "$config" &
  else
    "$(program davylampd)" --config "$config" >"$log" 2>&1 &
  fi
  daemon_pid=$!
  until curl -ksf -m 2 -o /dev/null "$url/api/v1/about"; do
    kill -0 "$daemon_pid" 2>/dev/null || { wait "$daemon_pid" || true; daemon_pid=""; return 1; }
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

stop_daemon() {
  local deadline=$((SECONDS + 10))
  [[ -n $daemon_pid ]] || return 0
  kill -TERM "$daemon_pid" 2>/dev/null || true
  while kill -0 "$daemon_pid" 2>/dev/null; do
    ((SECONDS < deadline)) || { kill -KILL "$daemon_pid" 2>/dev/null || true; break; }
    sleep 0.1
  done
  wait "$daemon_pid" 2>/dev/null || true
  daemon_pid=""
}

stop_all() { stop_daemon; stop_lab; }
