# shellcheck shell=bash
# Signals only to processes this lab started. Sourced by lab.sh.

# Prints the pid in FILE if that process still runs with MARK among its arguments; a stale pid file yields nothing.
live_pid() {
  local file=$1 mark=$2 pid=""
  [[ -s $file ]] || return 1
  read -r pid <"$file" || true
  [[ $pid =~ ^[0-9]+$ && -r /proc/$pid/cmdline ]] || return 1
  grep -qzxF -- "$mark" "/proc/$pid/cmdline" 2>/dev/null || return 1
  echo "$pid"
}

# signal_pid FILE MARK SIGNAL
signal_pid() {
  local pid
  pid=$(live_pid "$1" "$2") || return 1
  kill -s "$3" "$pid" 2>/dev/null
}

# when_busy SECONDS: as many as there are on a machine at rest, or more, as there is more to run than processors
when_busy() {
  local load processors
  read -r load _ </proc/loadavg
  processors=$(nproc)
  load=${load%.*}
  echo $(($1 * (load > processors ? load : processors) / processors))
}

# wait_gone FILE MARK SECONDS: true once the process is no more
wait_gone() {
  local deadline
  deadline=$((SECONDS + $(when_busy "$3")))
  while live_pid "$1" "$2" >/dev/null; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
  rm -f -- "$1"
}

# Every process of this lab directory (servers, clients, traffic, relays), also those whose pid file is lost.
lab_pids() {
  local file pid previous argument
  while read -r file; do
    pid=${file#/proc/}
    pid=${pid%/cmdline}
    previous=""
    while IFS= read -r -d '' argument; do
      if [[ $previous == --config && $argument == "$LAB_DIR"/*.conf ]] ||
        [[ $previous == --lab-dir && $argument == "$LAB_DIR" ]] ||
        [[ $previous == -lf && $argument == "$LAB_DIR"/*.relay.log ]]; then
        echo "$pid"
        break
      fi
      previous=$argument
    done 2>/dev/null <"$file" || true
  done < <(grep -lsF -- "$LAB_DIR" /proc/[0-9]*/cmdline 2>/dev/null)
}

# kill_lab SIGNAL SECONDS: signals all of them and waits until they are gone or the time is up
kill_lab() {
  local deadline=$((SECONDS + $2)) pids
  mapfile -t pids < <(lab_pids)
  ((${#pids[@]})) || return 0
  kill -s "$1" "${pids[@]}" 2>/dev/null || true
  while mapfile -t pids < <(lab_pids) && ((${#pids[@]})); do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# Runs a command inside the network namespace of a host of the lab, nothing else changed.
in_namespace() {
  local namespace=$1
  shift
  nsenter --net="/run/netns/$namespace" -- "$@"
}
