#!/usr/bin/env bash
# Makes sure that the programs named as arguments are there, for the benchmark. As root on Debian or Ubuntu the missing
# ones are installed; anywhere else it says how to, and fails: none is skipped.
set -euo pipefail

# Daemons and root's tools, which the PATH of a plain user often leaves out.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# The Debian packages of what is missing.
missing_packages() {
  local name
  for name in "$@"; do
    if command -v "$name" >/dev/null 2>&1; then continue; fi
    case $name in
      taskset | prlimit) echo util-linux ;;
      *) echo "$name" ;;
    esac
  done | sort -u
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  local options=(-qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  # A repository that is not ours may be down: whether ours can be reached shows below.
  apt-get "${options[@]}" update || true
  apt-get "${options[@]}" install -y --no-install-recommends "$@" >/dev/null
}

mapfile -t missing < <(missing_packages "$@")
if ((${#missing[@]} == 0)); then exit 0; fi

command_line="apt-get install -y --no-install-recommends ${missing[*]}"
if ! command -v apt-get >/dev/null 2>&1; then
  echo "The benchmark needs: ${missing[*]} (these are the names of the Debian packages)." >&2
  exit 1
fi
if ((EUID != 0)); then
  echo "The benchmark needs: ${missing[*]}. Install them with:" >&2
  echo "  sudo apt-get update && sudo $command_line" >&2
  exit 1
fi
if ! install_packages "${missing[@]}"; then
  echo "That failed. See what is the matter with: $command_line" >&2
  exit 1
fi
mapfile -t missing < <(missing_packages "$@")
if ((${#missing[@]} > 0)); then
  echo "Still missing after installing: ${missing[*]}" >&2
  exit 1
fi
