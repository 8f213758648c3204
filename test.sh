#!/usr/bin/env bash
# Builds everything with warnings as errors and runs every test. Installs what the tests need and the machine lacks; asks nothing.
# Arguments go on to the test runner, for example: ./test.sh --filter-class '*Idempotence*'
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

has_postgres() { [ -n "${TEST_POSTGRES:-}" ] || command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

install_packages() {
  echo "test.sh: installing the Debian packages: $*"
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

has_node() { command -v npm >/dev/null; }
has_chromium() { command -v chromium >/dev/null; }

# For hosts that are network namespaces: ip, ss and nft. They may lie in a folder that is on the path of root only.
has_namespaces() { (PATH=$PATH:/usr/sbin:/sbin; command -v ip && command -v ss && command -v nft) >/dev/null; }

has_nginx() { [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null; }
has_pgbouncer() { (PATH=$PATH:/usr/sbin; command -v pgbouncer) >/dev/null; }

# Prometheus for the alerts. Debian's package starts a service on port 9090 when it is installed, so it is only unpacked,
# where the tests look for it. The program needs nothing of the packages that it depends on: they are for its pages.
prometheus=${XDG_CACHE_HOME:-$HOME/.cache}/orleans-workflow/prometheus
has_prometheus() { command -v promtool >/dev/null && command -v prometheus >/dev/null || [ -x "$prometheus/usr/bin/promtool" ]; }

unpack_prometheus() {
  echo "test.sh: unpacking the Debian package prometheus to $prometheus"
  local as_root=() folder
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  folder=$(mktemp -d)
  chmod 755 "$folder"
  "${as_root[@]}" apt-get update -qq
  (cd "$folder" && apt-get download -qq prometheus 2>/dev/null)
  mkdir -p "$prometheus"
  dpkg-deb --extract "$folder"/prometheus_*.deb "$prometheus"
  rm -rf "$folder"
}

has_postgres || install_packages postgresql
has_chromium || install_packages chromium
has_namespaces || install_packages iproute2 nftables
has_node || install_packages nodejs npm
has_nginx || install_packages nginx-light
has_pgbouncer || install_packages pgbouncer
has_prometheus || unpack_prometheus

dotnet build Orleans.Workflow.sln -c Release -warnaserror --nologo -v minimal

# Most tests start processes of the product, which compile their code at each start. Half of this time is saved by copies
# that hold machine code, and by compiling only what runs very often again (after 4096 calls: the value is hexadecimal).
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=1000
if dotnet build tests/Precompiled -c Release -warnaserror --nologo -v quiet; then
  export TEST_PROGRAMS=$PWD/tests/Precompiled/bin/Release/programs
else
  echo "test.sh: the programs are not compiled ahead; the tests take longer"
fi

# Databases in memory, if there is room for them: they call fsync all the same, and the tests do not wait for a disk.
room() { [ -w /dev/shm ] && [ "$(df -k --output=avail /dev/shm | tail -n 1)" -gt 4000000 ] && free_memory; }
free_memory() { [ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -gt 8000000 ]; }
databases=
if [ -z "${TEST_DATABASES:-}" ] && room; then
  databases=$(mktemp -d /dev/shm/owf-tests-XXXXXX)
  # The user of the PostgreSQL servers goes through it.
  chmod 711 "$databases"
  export TEST_DATABASES=$databases
fi

log=$(mktemp)
trap 'rm -rf "$log" ${databases:+"$databases"}' EXIT
status=0
# One project at a time: the tests start databases and processes of their own. On a busy machine a test that cuts networks
# or kills processes may miss its time: up to three of a project are tried once more, alone. The end of the output names
# them, also if they pass then.
retry=(--retry-failed-tests 1 --retry-failed-tests-max-tests 3)
dotnet test --solution Orleans.Workflow.sln -c Release --no-build --max-parallel-test-modules 1 "${retry[@]}" "$@" 2>&1 | tee "$log" || status=$?

# Once more at the end: the output of many tests is long.
grep -E '^failed ' "$log" || true

total() { awk -v word="$1:" '$1 == word { sum = $2 } END { print sum + 0 }' "$log"; }
echo "$(total succeeded) passed, $(total failed) failed, $(total skipped) skipped"
exit "$status"
