#!/usr/bin/env bash
# Faults for half an hour and more, on a machine that has nothing else to do; writes a part of docs/faults.md. What is short runs with
# every test.
# Usage: tests/faults.sh [--network] [--minutes 32] [--seed N] [--only KIND]
#        tests/faults.sh --many
#   --network   partitions, dropped packets and lost power of hosts, which are network namespaces; needs root
#   --only      a kind of tests/Cluster/Faults/FaultKind.cs
#   --many      no drawn faults, but feed, rebuild and refold with several times the workflows of every change, several
#               times the simulated schedules, requests of the fuzz test and histories of strings; no report
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=32
tests=FaultTests
seed=$((RANDOM * 32768 + RANDOM))
many=
while (($#)); do
  case $1 in
    --network) tests=NetworkFaultTests; shift ;;
    --many) many=1; shift ;;
    --minutes) minutes=${2:?--minutes needs a value}; shift 2 ;;
    --seed) seed=${2:?--seed needs a value}; shift 2 ;;
    --only) export FAULTS_ONLY=${2:?--only needs a value}; shift 2 ;;
    *) echo "faults.sh: '$1' is not an option; there are: --network, --minutes, --seed, --only, --many" >&2; exit 2 ;;
  esac
done
export DOTNET_NOLOGO=1
if [ -n "$many" ]; then
  dotnet build tests/Cluster -c Release -warnaserror --nologo -v minimal
  export SIMULATION_SCHEDULES=10000 FUZZ_REQUESTS=200000 TOTALITY_HISTORIES=100000
  for project in Simulation Fuzz Domain; do
    dotnet build "tests/$project" -c Release -warnaserror --nologo -v minimal
  done
  dotnet run --project tests/Simulation -c Release --no-build -- -class '*.ScheduleTests' -showLiveOutput
  dotnet run --project tests/Fuzz -c Release --no-build -- -showLiveOutput
  dotnet run --project tests/Domain -c Release --no-build -- -class '*.TotalityTests'
  export FEED_WORKFLOWS=800 REBUILD_WORKFLOWS=3000 REFOLD_WORKFLOWS=3000
  exec dotnet run --project tests/Cluster -c Release --no-build -- \
    -class '*.FeedTests' -class '*.RebuildTests' -class '*.RefoldTests' -showLiveOutput
fi
echo "Seed $seed, $minutes minutes."
export FAULTS_MINUTES=$minutes FAULTS_SEED=$seed FAULTS_REPORT=$PWD/docs/faults.md
dotnet build tests/Cluster -c Release -warnaserror --nologo -v minimal
exec dotnet run --project tests/Cluster -c Release --no-build -- -class "*.$tests" -showLiveOutput
