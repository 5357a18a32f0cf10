# shellcheck shell=bash
# ./dev run. Sourced by ./dev.

run_want_lab=yes
run_port=8080
run_listen=127.0.0.1

run_options() {
  while (($#)); do
    case $1 in
      --no-lab) run_want_lab="" ; shift ;;
      --port) run_port=${2:-} ; shift 2 || die "--port needs a number" ;;
      --listen) run_listen=${2:-} ; shift 2 || die "--listen needs an address" ;;
      *) die "run [--no-lab] [--port N] [--listen ADDRESS], not '$1'" ;;
    esac
  done
  if ! [[ $run_port =~ ^[0-9]{1,5}$ ]] || ((run_port < 1 || run_port > 65535)); then die "--port $run_port: a number from 1 to 65535"; fi
}

# Adds [[source.openvpn]] tables to the configuration: this host's servers, else the lab's.
run_sources() { # CONFIG
  local config=$1 found status=0 lab_dir=${XDG_RUNTIME_DIR:-/run}/davylamp-lab
  found=$("$(program davylamp)" --config "$config" discover --toml) || status=$?
  if ((status == 0)) && [[ -n $found ]]; then
    printf '\n%s\n' "$found" >>"$config"
    note "found on this host: $(grep -c '^\[\[source' <<<"$found") server(s) and services"
    return
  fi
  ((status == 0 || status == 3)) || note "looking for OpenVPN servers failed with exit code $status"
  if [[ -z $run_want_lab ]]; then
    note "there is no OpenVPN server on this host, and --no-lab was given: nothing to watch yet"
  elif lab_is_up "$lab_dir"; then
    lab_sources_toml "$lab_dir" >>"$config"
    note "there is no OpenVPN server on this host; the lab is already running, so this shows the lab (./dev lab down ends it)"
  elif start_lab "$lab_dir" davylab 8; then
    lab_sources_toml "$lab_dir" >>"$config"
    printf '\n    %sThere is no OpenVPN server on this host, so this shows THE LAB:%s two real servers and 8 real clients\n' "$bold" "$plain"
    printf '    in network namespaces that lead nowhere, with made-up places. --no-lab turns it off.\n\n'
  else
    note "there is no OpenVPN server on this host, and the lab cannot run: nothing to watch yet"
  fi
}

first_admin() { # CONFIG DIRECTORY
  if [[ -f $2/davylamp.db && -f $2/admin-made ]]; then return; fi
  "$(program davylamp)" --config "$1" user add --admin --random-password admin ||
    die "the first admin could not be made (davylamp user add --admin --random-password admin)"
  touch "$2/admin-made"
  note "the account above is shown this once; to change it: $(program davylamp) --config $1 user passwd admin"
}

dev_run() {
  local directory=$state/run config url scheme=http
  run_options "$@"
  steps 6
  step "checking what is installed"
  install_packages build web
  step "building the programs"
  build_programs release davylampd davylamp davylamp-hook
  step "building the page"
  build_page
  step "fetching the GeoIP databases"
  fetch_geoip
  step "preparing .dev/run"
  (umask 077 && mkdir -p "$directory")
  config=$directory/davylamp.toml
  if ! port_is_free "$run_port"; then
    note "port $run_port is taken, using $(free_port "$run_port")"
    run_port=$(free_port "$run_port")
  fi
  [[ $run_listen == 127.* || $run_listen == "::1" || $run_listen == localhost ]] || scheme=https
  url=$scheme://$([[ $run_listen == 0.0.0.0 ]] && echo 127.0.0.1 || echo "$run_listen"):$run_port
  trap 'echo; stop_all; exit 0' INT TERM HUP
  trap stop_all EXIT
  daemon_config "$directory" "$run_listen:$run_port" >"$config"
  run_sources "$config"
  first_admin "$config" "$directory"
  step "starting Davylamp"
  start_daemon "$config" "$url" - || die "davylampd did not start, see its messages above (configuration: $config)"
  printf '\n    %sDavylamp is on %s%s   (Ctrl-C stops it)\n\n' "$bold" "$url" "$plain"
  wait "$daemon_pid" || die "davylampd ended by itself"
}
