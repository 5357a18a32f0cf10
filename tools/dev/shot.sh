# shellcheck shell=bash
# ./dev shot: pictures of every page. Sourced by ./dev.

shot_directory=""  # read by the trap, when the function has returned

dev_shot() {
  local out=${1:-$state/shots} config port url password
  steps 5
  step "checking what is installed"
  install_packages build web lab
  command -v chromium >/dev/null || apt_install chromium fonts-droid-fallback
  step "building"
  build_programs release davylampd davylamp davylamp-hook
  build_page
  fetch_geoip
  step "starting the lab"
  shot_directory=$(mktemp -d "${TMPDIR:-/tmp}/davylamp-shot.XXXXXX")
  trap 'stop_all; rm -rf "$shot_directory"' EXIT
  trap 'exit 130' INT TERM
  start_lab "$shot_directory/lab" davyshot 24 || die "the lab does not start"
  config=$shot_directory/davylamp.toml
  port=$(free_port 18080)
  url=http://127.0.0.1:$port
  { daemon_config "$shot_directory" "127.0.0.1:$port"; lab_sources_toml "$shot_directory/lab"; } >"$config"
  password=$(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')
  "$(program davylamp)" --config "$config" user add --admin --password-stdin shot <<<"$password" >/dev/null ||
    die "the account for the pictures could not be made"
  step "starting Davylamp"
  start_daemon "$config" "$url" "$shot_directory/davylampd.log" || { tail -20 "$shot_directory/davylampd.log" >&2; die "davylampd did not start"; }
  sleep 12  # for the charts to have something to show
  step "taking pictures into $out"
  mkdir -p "$out"
  DAVYLAMP_ACCOUNT=shot DAVYLAMP_PASSWORD=$password node web/e2e/shot.mjs "$url" "$out"
  ls "$out"
}
