# shellcheck shell=bash
# ./dev test, lint, bench. Sourced by ./dev.

dev_test() {
  local options=(--test-dir build/asan --output-on-failure --no-tests=error -j "$(jobs_wanted)")
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
  exec ctest "${options[@]}"
}

sources_of_ours() { git ls-files -co --exclude-standard -- '*.cpp' '*.hpp'; }

dev_lint() {
  local failed=""
  steps 6
  step "checking what is installed"
  install_packages build test lint web
  step "clang-format"
  sources_of_ours | xargs -r clang-format-19 --dry-run -Werror || failed+=" clang-format"
  step "shellcheck"
  lint_shell || failed+=" shellcheck"
  step "rules of the house (tools/check_*.py)"
  lint_rules || failed+=" rules"
  step "the page"
  install_page_packages
  (cd web && npm run --silent lint) || failed+=" page"
  step "clang-tidy (some minutes)"
  lint_tidy || failed+=" clang-tidy"
  [[ -z $failed ]] || die "not clean:$failed"
  note "all clean"
}

lint_shell() { shellcheck -ax dev .ci/run tools/lab/lab.sh; }

lint_rules() {
  local script status=0
  for script in tools/check_*.py; do
    [[ -f $script ]] || continue
    python3 "$script" || { echo "$script failed" >&2; status=1; }
  done
  return "$status"
}

lint_tidy() {
  [[ -f build/dev/build.ninja ]] || quiet "$state/log/configure-dev.log" cmake --preset dev || return 1
  sources_of_ours | grep '\.cpp$' | grep '^src/' |
    xargs -r -n 4 -P "$(jobs_wanted)" clang-tidy-19 -p build/dev --quiet --warnings-as-errors='*' 2>/dev/null
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
}
