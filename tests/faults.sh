#!/usr/bin/env bash
# Faults for half an hour and more, on a machine that has nothing else to do; writes a part of docs/faults.md. What is short runs with
# every test.
# Usage: tests/faults.sh [--network] [--minutes 32] [--seed N] [--only KIND]
#   --network   partitions, dropped packets and lost power of hosts, which are network namespaces; needs root
#   --only      a kind of tests/Cluster/Faults/FaultKind.cs
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=32
tests=FaultTests
seed=$((RANDOM * 32768 + RANDOM))
while (($#)); do
  case $1 in
    --network) tests=NetworkFaultTests; shift ;;
    --minutes) minutes=${2:?--minutes needs a value}; shift 2 ;;
    --seed) seed=${2:?--seed needs a value}; shift 2 ;;
    --only) export FAULTS_ONLY=${2:?--only needs a value}; shift 2 ;;
    *) echo "faults.sh: '$1' is not an option; there are: --network, --minutes, --seed, --only" >&2; exit 2 ;;
  esac
done
echo "Seed $seed, $minutes minutes."
export DOTNET_NOLOGO=1 FAULTS_MINUTES=$minutes FAULTS_SEED=$seed FAULTS_REPORT=$PWD/docs/faults.md
dotnet build tests/Cluster -c Release -warnaserror --nologo -v minimal
exec dotnet run --project tests/Cluster -c Release --no-build -- -class "*.$tests" -showLiveOutput
