#!/usr/bin/env bash
# Runs the tests, or those whose paths are named, on another version of Node, which the npm package `node` brings:
#   scripts/test-on-node.sh 24 src/ test/conformance/
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=${1:?which version of Node?}
shift

# Without its install script the package has no binary, and the Node that is here anyway would run in its place.
run='
if [[ $(node --version) != "v$0."* ]]; then
  echo "The npm package node@$0 brought no Node $0 (are install scripts switched off?)." >&2
  exit 1
fi
exec node node_modules/vitest/vitest.mjs run "$@"'
exec npm exec --yes --package="node@$version" -- bash -c "$run" "$version" "$@"
