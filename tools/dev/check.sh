# shellcheck shell=bash
# ./dev test, lint, bench. Sourced by ./dev.

dev_test() {
  local results="$state/test-results.xml" code=0
  local options=(--test-dir build/asan --output-on-failure --output-junit "$results" --no-tests=error -j "$(jobs_wanted)")
  if (($#)); then options+=(-R "$1"); fi
  steps 5
  step "checking what is installed"
  install_packages build test lab web
  step "building with sanitizers"
  build_programs asan
  step "building the page"
  build_page
  step "fetching the GeoIP databases"
  fetch_geoip
  step "running the tests"
  rm -f "$results"
  ctest "${options[@]}" || code=$?
  # What a few of thousands said is found at the end, too.
  if ((code)) && [[ -f $results ]]; then python3 tools/dev/failed_tests.py "$results"; fi
  return "$code"
}

# Every check runs to its end whatever the others say; the verdicts come last.
dev_lint() {
  local verdicts=() failures=0
  steps 9
  step "checking what is installed"
  install_packages build test lint web
  step "configuring build/dev, for the flags of every file"
  quiet "$state/log/configure-dev.log" cmake --preset dev || die "cmake could not configure build/dev"
  quiet "$state/log/kernel-programs-dev.log" cmake --build build/dev --target kernel_programs ||
    die "the programs for the kernel could not be made"
  check clang-format lint_format
  check shellcheck lint_shell
  check layers python3 tools/check_layers.py
  check sizes python3 tools/check_sizes.py
  check headers python3 tools/check_headers.py build/dev
  check page lint_page
  check clang-tidy lint_tidy
  printf '%s\n' "" "${verdicts[@]}"
  ((failures == 0)) || die "lint failed: $failures of ${#verdicts[@]} checks"
  printf '%slint passed%s in %d s\n' "$bold" "$plain" "$SECONDS"
}

# check NAME COMMAND...: a step of dev_lint, whose verdicts and failures it adds to
check() {
  local name=$1 began=$SECONDS verdict=pass
  shift
  step "$name"
  "$@" || { verdict=FAIL; failures=$((failures + 1)); }
  verdicts+=("$(printf '    %-4s  %-12s  %4d s' "$verdict" "$name" $((SECONDS - began)))")
}

sources_of_ours() { git ls-files -co --exclude-standard -- '*.cpp' '*.hpp'; }

lint_format() { sources_of_ours | xargs -r clang-format-19 --dry-run -Werror; }

lint_shell() { shellcheck -ax dev .ci/run tools/lab/lab.sh; }

lint_page() (
  install_page_packages
  cd web && npm run --silent lint
)

# Tests are left out, to save the time: they answer to the format and to the warnings of the compiler.
lint_tidy() {
  local files file result count=0 unclean=0
  mapfile -t files < <(sources_of_ours | grep '^src/.*\.cpp$' | grep -v '_test\.cpp$')
  while read -r result file; do
    count=$((count + 1))
    tidy_progress "$count" "${#files[@]}"
    [[ $result == clean ]] && continue
    unclean=$((unclean + 1))
    if [[ -t 1 ]]; then printf '\r'; fi
    cat "$state/log/tidy/${file//\//_}.log"
  done < <(mkdir -p "$state/log/tidy" && printf '%s\n' "${files[@]}" |
    xargs -n 1 -P "$(jobs_wanted)" bash -c "$(declare -f tidy_one); tidy_one \"\$@\"" tidy "$state/log/tidy")
  if [[ -t 1 ]]; then printf '\r'; fi
  note "$count of ${#files[@]} files looked at, $unclean of them not clean"
  ((count == ${#files[@]} && unclean == 0))
}

# tidy_one FOLDER FILE: prints "clean FILE" or "unclean FILE"; what was found is in FOLDER
tidy_one() {
  local log="$1/${2//\//_}.log"
  if clang-tidy-19 -p build/dev --quiet "$2" >"$log" 2>&1; then echo "clean $2"; else echo "unclean $2"; fi
}

tidy_progress() {
  if [[ -t 1 ]]; then
    printf '\r    %d of %d' "$1" "$2"
  elif (($1 % 20 == 0)); then
    note "$1 of $2"
  fi
}

# The program as a whole; `idle` needs the lab and is skipped, with the reason, where none can run.
bench_daemon() {
  printf '%s%s%s\n' "$bold" "bench_daemon $1" "$plain"
  DAVYLAMPD=$(program davylampd) DAVYLAMP=$(program davylamp) DAVYLAMP_SIM=$(program davylamp-sim) python3 bench/bench_daemon.py "$1" || (($? == 77))
}

# Redis, two workers and PostgreSQL; skipped where they are not installed.
bench_cluster() {
  printf '%s%s%s\n' "$bold" "bench_cluster" "$plain"
  DAVYLAMPD=$(program davylampd) DAVYLAMP=$(program davylamp) CLUSTER_LOAD=$(program cluster_load) python3 bench/bench_cluster.py || (($? == 77))
}

dev_bench() {
  local benchmark count=0
  steps 3
  step "checking what is installed"
  install_packages build
  step "building release"
  build_programs release
  step "benchmarks"
  for benchmark in build/release/bench/*; do
    [[ -f $benchmark && -x $benchmark ]] || continue
    count=$((count + 1))
    printf '%s%s%s\n' "$bold" "$(basename "$benchmark")" "$plain"
    "$benchmark" ${1:+--benchmark_filter="$1"}
  done
  ((count)) || die "there are no benchmarks in build/release/bench"
  bench_daemon latency
  bench_daemon crowd
  bench_daemon idle
  bench_cluster
}
