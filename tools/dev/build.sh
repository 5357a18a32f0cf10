# shellcheck shell=bash
# Programs and page. Sourced by ./dev.

# build_programs PRESET [TARGET...]
build_programs() {
  local preset=$1
  shift
  case $preset in dev | release | asan | tsan | fuzz) ;; *) die "there is no preset '$preset' (dev, release, asan, tsan, fuzz)" ;; esac
  if [[ ! -f build/$preset/build.ninja ]]; then
    quiet "$state/log/configure-$preset.log" cmake --preset "$preset" || die "cmake could not configure build/$preset"
  fi
  NINJA_STATUS="    [%f/%t, %e s] " ninja -C "build/$preset" -j "$(jobs_wanted)" "$@" |
    { grep -v '^ninja: Entering directory' || true; } || die "the build of build/$preset failed, see above"
}

# program NAME: where the release build put it
program() {
  local file
  for file in build/release/{bin,src/bin,src/bin/"$1"}/"$1"; do
    if [[ -f $file && -x $file ]]; then echo "$root/$file"; return; fi
  done
  die "build/release has no program $1"
}

# Says with its exit code whether node_modules holds what package-lock.json asks for.
page_packages_current() {
  [[ -f web/node_modules/.package-lock.json ]] || return 1
  python3 - web/package-lock.json web/node_modules/.package-lock.json <<'PY'
import json, sys
wanted, present = (json.load(open(path, encoding="utf-8"))["packages"] for path in sys.argv[1:])
required = {name: entry["version"] for name, entry in wanted.items() if name and not entry.get("optional")}
sys.exit(any(present.get(name, {}).get("version") != version for name, version in required.items()))
PY
}

install_page_packages() {
  [[ -f web/package.json ]] || die "web/ is missing"
  ensure_node
  page_packages_current || (cd web && quiet "$state/log/npm-ci.log" npm ci --no-audit --no-fund) || die "npm ci failed in web/"
}

# The emulator of Telegram that tests/e2e/test_delivery.py talks to; without it that test is skipped.
install_emulator() {
  local folder=tests/e2e/telegram
  [[ -f $folder/node_modules/.package-lock.json && ! $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]] && return
  (cd $folder && quiet "$state/log/npm-ci-telegram.log" npm ci --no-audit --no-fund) || note "npm ci failed in $folder: its test is skipped"
}

page_sources_hash() {
  find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

build_page() {
  local hash stamp=$state/web-built
  install_page_packages
  install_emulator
  hash=$(page_sources_hash)
  if [[ -f web/dist/index.html && -f $stamp && $(cat "$stamp") == "$hash" ]]; then
    note "the page is up to date"
    return
  fi
  (cd web && quiet "$state/log/npm-build.log" npm run build) || die "the page could not be built"
  mkdir -p "$state"
  echo "$hash" >"$stamp"
}

dev_build() {
  local preset=${1:-release} purposes=(build web)
  if (($#)); then shift; fi
  case $preset in release | fuzz) ;; *) purposes+=(test) ;; esac
  steps 3
  step "checking what is installed"
  install_packages "${purposes[@]}"
  step "building the programs in build/$preset"
  build_programs "$preset" "$@"
  step "building the page in web/dist"
  build_page
  note "done in $SECONDS s"
}
