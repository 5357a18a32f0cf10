# shellcheck shell=bash
# What the person at the terminal sees. Sourced by ./dev.

die() { echo "./dev: $*" >&2; exit 1; }
note() { printf '    %s\n' "$*"; }

# The number of steps is set once by each command; every step then says where we are and how long it has been.
step_number=0
step_total=1
steps() { step_total=$1; step_number=0; SECONDS=0; }
step() {
  step_number=$((step_number + 1))
  printf '%s[%d/%d]%s %s %s(%d s so far)%s\n' "$bold" "$step_number" "$step_total" "$plain" "$*" "$dim" "$SECONDS" "$plain"
}

bold="" dim="" plain=""
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

# quiet LOG COMMAND...: output goes to LOG; a dot every two seconds shows life; on failure the end of LOG is shown
quiet() {
  local log=$1 pid status=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    if [[ -t 1 ]]; then printf '.'; fi
    sleep "$([[ -t 1 ]] && echo 2 || echo 0.2)"
  done
  wait "$pid" || status=$?
  if [[ -t 1 ]]; then printf '\r%s\r' "$(printf '%*s' 60 '')"; fi
  if ((status)); then
    tail -n 40 "$log" >&2
    echo "./dev: '$*' failed with exit code $status; all of its output: $log" >&2
  fi
  return "$status"
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo --preserve-env=DEBIAN_FRONTEND "$@"
  else
    die "this needs root: $* (there is no sudo; run ./dev as root, or run the command yourself)"
  fi
}

may_be_root() { [[ $(id -u) == 0 ]] || { command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; }; }

jobs_wanted() { echo "${DAVYLAMP_JOBS:-$(nproc)}"; }
