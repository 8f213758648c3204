#!/usr/bin/env bash
# Whether the host in this container answers 200; the image has no HTTP client, and needs none.
# Usage: healthcheck.sh [path] [port]
set -euo pipefail
path=${1:-/health/ready}
port=${2:-8080}
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$path" >&3
IFS= read -r -t 5 status <&3
[[ $status == "HTTP/1.1 200 "* ]]
