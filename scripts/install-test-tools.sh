#!/usr/bin/env bash
# Makes sure that the programs which the tests run against are there. As root on Debian or Ubuntu the missing ones are
# installed; anywhere else it says how to, and fails: a suite without its tools must not pass for one that ran.
set -euo pipefail

# Daemons and root's tools, which the PATH of a plain user often leaves out.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

has_command() {
  local name
  for name in "$@"; do
    if command -v "$name" >/dev/null 2>&1; then return 0; fi
  done
  return 1
}

# Another python3 may come first in the PATH and not see Debian's packages. Finding the module is enough; importing it
# takes longer than everything else here.
has_module() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c 'import importlib.util as u, sys; sys.exit(u.find_spec(sys.argv[1]) is None)' "$1" 2>/dev/null; then
      return 0
    fi
  done
  return 1
}

# The Debian packages of what is missing.
missing_packages() {
  has_command chromium chromium-browser google-chrome || echo chromium
  has_command nginx || echo nginx
  has_command haproxy || echo haproxy
  has_command caddy || echo caddy
  has_module uvicorn || echo python3-uvicorn
  has_module fastapi || echo python3-fastapi
  has_module prometheus_client || echo python3-prometheus-client
  has_command go || echo golang-go
  has_command curl || echo curl
  has_command openssl || echo openssl
  has_command systemd-analyze || echo systemd
  has_command setpriv || echo util-linux
  has_command slowhttptest || echo slowhttptest
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  local options=(-qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  # A repository that is not ours may be down: whether ours can be reached shows below.
  apt-get "${options[@]}" update || true
  apt-get "${options[@]}" install -y --no-install-recommends "$@" >/dev/null
}

# Wanted, and not needed: not every distribution has it. Tests that ask Firefox say so where they are left out.
want_firefox() {
  if has_command firefox-esr firefox; then return; fi
  if has_command apt-get && ((EUID == 0)); then
    echo "Installing what tests would like to ask: firefox-esr"
    if install_packages firefox-esr; then return; fi
  fi
  echo "Without Firefox (package firefox-esr) some tests are left out." >&2
}

want_firefox
mapfile -t missing < <(missing_packages)
if ((${#missing[@]} == 0)); then exit 0; fi

command_line="apt-get install -y --no-install-recommends ${missing[*]}"
if ! has_command apt-get; then
  echo "The tests need: ${missing[*]} (these are the names of the Debian packages)." >&2
  echo "Install them with your system's package manager, then run the tests again." >&2
  exit 1
fi
if ((EUID != 0)); then
  echo "The tests need: ${missing[*]}. Install them with:" >&2
  echo "  sudo apt-get update && sudo $command_line" >&2
  exit 1
fi

echo "Installing what the tests need: ${missing[*]}"
if ! install_packages "${missing[@]}"; then
  echo "That failed. See what is the matter with: $command_line" >&2
  exit 1
fi
mapfile -t missing < <(missing_packages)
if ((${#missing[@]} > 0)); then
  echo "Still missing after installing: ${missing[*]}" >&2
  exit 1
fi
