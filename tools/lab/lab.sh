#!/usr/bin/env bash
# A real OpenVPN lab on this machine: two servers and N clients in network namespaces that lead nowhere.
set -euo pipefail
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
die() { echo "lab: $*" >&2; exit 1; }

# shellcheck source-path=SCRIPTDIR
source "$here/addresses.sh"
# shellcheck source-path=SCRIPTDIR
source "$here/processes.sh"
# shellcheck source-path=SCRIPTDIR
source "$here/pki.sh"
# shellcheck source-path=SCRIPTDIR
source "$here/network.sh"
# shellcheck source-path=SCRIPTDIR
source "$here/openvpn.sh"
# shellcheck source-path=SCRIPTDIR
source "$here/state.sh"

usage() {
  cat <<'EOT'
./dev lab COMMAND [OPTIONS]     real OpenVPN servers and clients in network namespaces of their own

  up                    start two servers (udp, tcp) and the clients; leftovers of this lab are removed first
  down [--graceful]     stop everything; twice is fine, also after a crash (--graceful lets OpenVPN say goodbye)
  status                what runs
  env                   shell variables: sockets, status files, pids, hooks.log
  state                 rewrite and print DIR/lab.json
  check                 exit code 0 when a lab can run here, else says why not

  traffic --rate 2M --seconds 10 [--client I] [--direction up|down|both]     UDP at a fixed rate, then a summary
  traffic start [--rate 200k] [--seconds 86400]    light, wandering traffic on all clients in the background
  traffic stop
                        sending down stops when a client falls silent, as TCP would; --blind goes on

  reconnect I [--no-wait]          client I begins a new session (SIGUSR1 to the client)
  stop I | start I | kill9 I       client I leaves with a goodbye | comes back | dies without a word
  restart [udp|tcp] [USR1|HUP|full]     restart a server (default: udp USR1; full: stop and start the process)
  stop udp|tcp, start udp|tcp      a server
  signal udp|tcp|I SIGNAL          any signal to one process
  exec srv|I COMMAND...            run a command in the servers' or client I's namespace

options, before or after the command:
  --dir DIR             where it keeps everything (default: $XDG_RUNTIME_DIR or /run, /davylamp-lab)
  --prefix NAME         of the namespaces (default davylab); give both to run a second lab beside the first
  --clients N           up: how many clients, 1 to 200 (default 8)
  --management unix|tcp up: unix sockets DIR/{udp,tcp}.sock (default), or TCP on the loopback of the servers' namespace
                        with a relay on a free port of 127.0.0.1 (see lab.json or env)
  --password TEXT       up: management password (DIR/management.password)
  --keepalive "10 60"   up: the servers' keepalive
  --openvpn PATH        up: another OpenVPN binary
  --server-extra LINES, --client-extra LINES     up: more configuration lines (\n separates)
  --wait SECONDS        up: how long to wait for the clients (default 60)
Clients 5 and 6 share a common name, 7 comes over IPv6, every fourth uses tcp; 3 and 4 have difficult names.
DIR/hooks.log has one line per connect and disconnect with OpenVPN's own final byte counts.
EOT
}

LAB_DIR=${LAB_DIR:-${XDG_RUNTIME_DIR:-/run}/davylamp-lab}
LAB_PREFIX=${LAB_PREFIX:-davylab}
LAB_CLIENTS=8 LAB_MANAGEMENT=unix LAB_PASSWORD="" LAB_KEEPALIVE="10 60" LAB_SERVER_EXTRA="" LAB_CLIENT_EXTRA="" LAB_WAIT=60
LAB_OPENVPN=$(command -v openvpn || echo /usr/sbin/openvpn)
LAB_HAVE_V6=1
[[ -e /proc/net/if_inet6 ]] || LAB_HAVE_V6=0

words=()
parse_options() {
  while (($#)); do
    case $1 in
      --dir | --prefix | --clients | --management | --password | --keepalive | --openvpn | --server-extra | --client-extra | --wait)
        (($# > 1)) || die "$1 needs a value" ;;
    esac
    case $1 in
      --dir) LAB_DIR=$2 ;;
      --prefix) LAB_PREFIX=$2 ;;
      --clients) LAB_CLIENTS=$2 ;;
      --management) LAB_MANAGEMENT=$2 ;;
      --password) LAB_PASSWORD=$2 ;;
      --keepalive) LAB_KEEPALIVE=$2 ;;
      --openvpn) LAB_OPENVPN=$2 ;;
      --server-extra) LAB_SERVER_EXTRA=$2 ;;
      --client-extra) LAB_CLIENT_EXTRA=$2 ;;
      --wait) LAB_WAIT=$2 ;;
      exec) words+=("$@"); return ;;
      *) words+=("$1"); shift; continue ;;
    esac
    shift 2
  done
}

check_options() {
  [[ $LAB_DIR == /* ]] || LAB_DIR=$PWD/$LAB_DIR
  [[ $LAB_DIR =~ ^[A-Za-z0-9/._+-]+$ ]] || die "--dir $LAB_DIR: only letters, digits and / . _ + - please"
  ((${#LAB_DIR} < 90)) || die "--dir $LAB_DIR is too long for a unix socket in it"
  [[ $LAB_PREFIX =~ ^[a-z][a-z0-9-]{1,30}$ ]] || die "--prefix $LAB_PREFIX: a lower-case letter, then letters, digits or -"
  if ! [[ $LAB_CLIENTS =~ ^[0-9]{1,3}$ ]] || ((LAB_CLIENTS < 1 || LAB_CLIENTS > 200)); then die "--clients $LAB_CLIENTS: 1 to 200"; fi
  [[ $LAB_MANAGEMENT == unix || $LAB_MANAGEMENT == tcp ]] || die "--management $LAB_MANAGEMENT: unix or tcp"
}

up() {
  local why began=$SECONDS
  why=$(why_no_lab)
  [[ -z $why ]] || die "cannot run here: $why"
  mkdir -p "$LAB_DIR"
  exec 9>"$LAB_DIR/lock"
  flock -w 60 9 || die "another command is busy with the lab in $LAB_DIR"
  remove_leftovers
  rm -f "$LAB_DIR"/*.log "$LAB_DIR"/*.status "$LAB_DIR"/lab.*
  rm -rf "$LAB_DIR/pki"
  trap 'trap - EXIT; echo "lab: not up, cleaning" >&2; remove_leftovers; exit 1' EXIT
  save_settings
  if [[ -n $LAB_PASSWORD ]]; then (umask 077 && printf '%s\n' "$LAB_PASSWORD" >"$LAB_DIR/management.password"); fi
  make_pki
  make_network
  write_hook
  local server index
  for server in "${LAB_SERVERS[@]}"; do
    write_server_config "$server"
    start_server "$server" 9>&-
  done
  start_relays 9>&-
  for ((index = 1; index <= LAB_CLIENTS; index++)); do write_client_config "$index"; done
  launch_clients 9>&-
  write_state
  trap - EXIT
  echo "lab: 2 servers and $LAB_CLIENTS clients are up in $LAB_DIR ($((SECONDS - began)) s)"
}

# Ends what runs and deletes the namespaces of this lab; a namespace that another lab of the same prefix uses stays.
remove_leftovers() {
  local namespace pid
  kill_lab KILL 5 || true
  for namespace in $(lab_namespaces); do
    for pid in $(ip netns pids "$namespace" 2>/dev/null); do
      [[ $(cat "/proc/$pid/comm" 2>/dev/null) == openvpn ]] || continue
      if [[ -e /proc/$pid ]] && other_lab "$pid"; then
        die "the namespaces $LAB_PREFIX-* belong to another lab (pid $pid); use --prefix or --dir"
      fi
      kill -KILL "$pid" 2>/dev/null || true
    done
  done
  remove_network
  rm -f "$LAB_DIR"/*.pid "$LAB_DIR"/*.sock "$LAB_DIR"/*.relay-port
}

# true when the openvpn process PID runs a configuration that still exists, outside our directory
other_lab() {
  local config
  config=$(tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null | sed -n '/^--config$/{n;p;}')
  [[ -n $config && $config != "$LAB_DIR"/* && -e $config ]]
}

down() {
  [[ $(id -u) == 0 ]] || die "needs root"
  if [[ -d $LAB_DIR ]]; then
    exec 9>"$LAB_DIR/lock"
    flock -w 60 9 || die "another command is busy with the lab in $LAB_DIR"
  fi
  if [[ ${1:-} == --graceful ]]; then kill_lab TERM 15 || true; fi
  remove_leftovers
  rm -rf "$LAB_DIR/lab.json" "$LAB_DIR/lab.settings" "$LAB_DIR/pki" "$LAB_DIR/management.password"
  echo "lab: down"
}

need_client() {
  if ! [[ ${1:-} =~ ^[0-9]{1,3}$ ]] || (($1 < 1 || $1 > LAB_CLIENTS)); then die "no client '${1:-}' (1 to $LAB_CLIENTS)"; fi
}

# file name without ending of a server or client
process_name() {
  case ${1:-} in
    udp | tcp) echo "$1" ;;
    *) need_client "${1:-}"; echo "c$1" ;;
  esac
}

signal_one() { # udp|tcp|I SIGNAL
  local name
  name=$(process_name "${1:-}")
  signal_pid "$LAB_DIR/$name.pid" "$LAB_DIR/$name.conf" "${2:-}" || die "$1 is not running, or '${2:-}' is no signal"
}

stop_one() { # udp|tcp|I SIGNAL
  local name
  name=$(process_name "${1:-}")
  signal_pid "$LAB_DIR/$name.pid" "$LAB_DIR/$name.conf" "$2" || { echo "lab: $1 was not running"; return; }
  wait_gone "$LAB_DIR/$name.pid" "$LAB_DIR/$name.conf" 20 || die "$1 is still there 20 s after SIG$2"
  write_state
}

start_one() {
  case ${1:-} in
    udp | tcp) start_server "$1" ;;
    *)
      need_client "${1:-}"
      launch_client "$1" || die "client $1 did not start, see $LAB_DIR/c$1.log"
      wait_until 30 client_settled "$1" || die "client $1 is not up after 30 s, see $LAB_DIR/c$1.log"
      client_came_up "$1" 0 || die "client $1 ended, see $LAB_DIR/c$1.log"
      ;;
  esac
  write_state
}

reconnect() {
  local ups
  need_client "${1:-}"
  ups=$(client_ups "$1")
  signal_one "$1" USR1
  [[ ${2:-} == --no-wait ]] || wait_until 30 client_came_up "$1" "$ups" || die "client $1 is not back after 30 s, see $LAB_DIR/c$1.log"
}

restart() {
  local server=udp how=USR1 word
  for word in "$@"; do
    case $word in
      udp | tcp) server=$word ;;
      USR1 | HUP | full) how=$word ;;
      *) die "restart [udp|tcp] [USR1|HUP|full], not '$word'" ;;
    esac
  done
  if [[ $how == full ]]; then
    stop_one "$server" TERM
    start_one "$server"
  else
    signal_one "$server" "$how"
  fi
}

traffic() {
  local rate=200k
  case ${1:-} in
    start)
      shift
      traffic_stop
      [[ $* == *--rate* ]] || set -- --rate "$rate" "$@"
      [[ $* == *--seconds* ]] || set -- --seconds 86400 "$@"
      setsid python3 "$here/traffic.py" --lab-dir "$LAB_DIR" --wander "$@" </dev/null >"$LAB_DIR/traffic.log" 2>&1 &
      echo $! >"$LAB_DIR/traffic.pid"
      sleep 0.3
      live_pid "$LAB_DIR/traffic.pid" "$LAB_DIR" >/dev/null || die "traffic did not start: $(tail -1 "$LAB_DIR/traffic.log")"
      ;;
    stop) traffic_stop ;;
    *) exec python3 "$here/traffic.py" --lab-dir "$LAB_DIR" "$@" ;;
  esac
}

traffic_stop() {
  signal_pid "$LAB_DIR/traffic.pid" "$LAB_DIR" TERM || true
  wait_gone "$LAB_DIR/traffic.pid" "$LAB_DIR" 20 || die "the background traffic does not stop"
}

main() {
  parse_options "$@"
  check_options
  set -- "${words[@]}"
  local command=${1:-help}
  (($#)) && shift
  case $command in
    help | -h | --help) usage; exit 0 ;;
    up) up; exit 0 ;;
    down) down "$@"; exit 0 ;;
    check)
      local why
      why=$(why_no_lab)
      [[ -z $why ]] || { echo "no lab here: $why"; exit 1; }
      exit 0
      ;;
  esac
  load_settings
  case $command in
    status) print_status ;;
    env) print_env ;;
    state) write_state; cat "$LAB_DIR/lab.json" ;;
    traffic) traffic "$@" ;;
    reconnect) reconnect "$@" ;;
    restart) restart "$@" ;;
    stop) stop_one "${1:-}" TERM ;;
    kill9) stop_one "${1:-}" KILL ;;
    start) start_one "${1:-}" ;;
    signal) signal_one "${1:-}" "${2:-}" ;;
    exec)
      local namespace
      if [[ ${1:-} == srv ]]; then namespace=$(server_namespace); else need_client "${1:-}"; namespace=$(client_namespace "$1"); fi
      shift
      in_namespace "$namespace" "$@"
      ;;
    *) die "unknown command '$command' (./dev lab --help)" ;;
  esac
}

main "$@"
