#!/usr/bin/env bash
# The clustered topology on this machine: a PostgreSQL server of its own, silos and Apis as separate processes, all on loopback.
# Stops only what it started, by process id.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: deploy/local-cluster.sh start [--dir DIR] [--silos N] [--apis N] [--configuration C] [--binaries DIR]
       deploy/local-cluster.sh add-silo|status|stop [--dir DIR]

  start     publishes the hosts, starts PostgreSQL, migrates, starts silos and Apis, and waits until they are ready
  add-silo  starts one more silo and waits until it is ready
  status    tells what runs
  stop      stops Apis, silos and PostgreSQL, and removes the data; the logs stay

  --dir DIR          where data, logs, process ids and cluster.env lie (default: .local-cluster in the working copy)
  --silos N          how many silos (default: 2)
  --apis N           how many Apis (default: 2)
  --configuration C  what is published (default: Release)
  --binaries DIR     start what was published before to DIR/silo and DIR/api
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dir=$root/.local-cluster
silos=2
apis=2
configuration=Release
binaries=

fail() { echo "local-cluster: $*" >&2; exit 1; }

# A process is ours if its command line names this cluster: a process id alone may have gone to somebody else.
is_running() { # pid mark
  [[ "$(ps -ww -o args= -p "$1" 2>/dev/null)" == *"$2"* ]]
}

pid_of() { # name
  cat "$dir/$1.pid" 2>/dev/null || true
}

mark_of() { # name
  if [[ $1 == postgres ]]; then echo "$POSTGRES_DATA"; else echo "$CLUSTER_ID"; fi
}

names() { # kind: the names that have a process id, such as silo-1 silo-2
  local file
  for file in "$dir/$1"*.pid; do
    [[ -e $file ]] && basename "$file" .pid
  done
  return 0
}

free_port() {
  local port
  while :; do
    # Below the ports that the kernel gives to clients, so that none of them takes it before we listen.
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    [[ " ${given_ports:-} " == *" $port "* ]] && continue
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    given_ports="${given_ports:-} $port"
    free_port=$port
    return
  done
}

start_host() { # name assembly arguments...
  local name=$1 assembly=$2
  shift 2
  # Beside its dll as in a container; deaf to Ctrl-C and hang-up, which are meant for this script.
  (
    cd "$(dirname "$assembly")"
    trap '' INT HUP
    exec env ASPNETCORE_ENVIRONMENT=Production DOTNET_ENVIRONMENT=Production \
      dotnet "$assembly" "--Storage:Provider=Postgres" "--ConnectionStrings:Workflows=$CONNECTION_STRING" \
      "--Cluster:Mode=Clustered" "--Cluster:ClusterId=$CLUSTER_ID" "$@"
  ) >"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
  disown
}

wait_until_ready() { # name url
  local pid end
  pid=$(pid_of "$1")
  end=$((SECONDS + 90))
  until curl --silent --fail --max-time 3 --output /dev/null "$2/health/ready"; do
    kill -0 "$pid" 2>/dev/null || { tail -n 20 "$dir/$1.log" >&2; fail "$1 has ended; the end of $dir/$1.log is above."; }
    ((SECONDS < end)) || { tail -n 20 "$dir/$1.log" >&2; fail "$1 is not ready after 90 s; the end of $dir/$1.log is above."; }
    sleep 0.1
  done
}

end_process() { # name signal seconds
  local pid mark
  pid=$(pid_of "$1")
  [[ -n $pid ]] || return 0
  mark=$(mark_of "$1")
  if is_running "$pid" "$mark"; then
    kill "-$2" "$pid" 2>/dev/null || true
    local end=$((SECONDS + $3))
    while is_running "$pid" "$mark"; do
      if ((SECONDS >= end)); then
        echo "local-cluster: $1 ($pid) has not ended after $3 s and is killed." >&2
        kill -KILL "$pid" 2>/dev/null || true
        end=$((SECONDS + 10))
      fi
      sleep 0.1
    done
  fi
  rm -f "$dir/$1.pid"
}

# ---- PostgreSQL ------------------------------------------------------------------------------------------------------------

find_postgres() {
  local bin
  bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5,5nr | while read -r path; do
    if [[ -x $path/initdb && -x $path/postgres ]]; then echo "$path"; break; fi
  done)
  if [[ -z $bin ]] && command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
    bin=$(dirname "$(command -v initdb)")
  fi
  [[ -n $bin ]] || fail "no PostgreSQL server in /usr/lib/postgresql/*/bin or on the PATH; install it, for example: apt-get install postgresql"
  echo "$bin"
}

# The server refuses to run as root; there it runs as the user that Debian's package makes.
as_postgres() {
  if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() {
  local bin port
  bin=$(find_postgres)
  free_port
  port=$free_port
  POSTGRES_DATA=$dir/postgres
  mkdir -p "$POSTGRES_DATA"
  if ((EUID == 0)); then
    chown postgres: "$POSTGRES_DATA"
    if ! as_postgres test -w "$POSTGRES_DATA"; then
      rmdir "$POSTGRES_DATA"
      POSTGRES_DATA=$(mktemp -d "${TMPDIR:-/tmp}/local-cluster-postgres.XXXXXX")
      chown postgres: "$POSTGRES_DATA"
      echo "local-cluster: the user postgres cannot write below $dir; the data lies in $POSTGRES_DATA." >&2
    fi
  fi
  CONNECTION_STRING="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
  write_env
  (
    cd /
    as_postgres "$bin/initdb" --pgdata "$POSTGRES_DATA/data" --auth=trust --username=postgres --encoding=UTF8 --locale=C --no-sync
    # The default directory of sockets may not be ours, and a path below DIR may be too long for one: TCP alone will do.
    as_postgres "$bin/pg_ctl" start --wait --silent --timeout=60 --pgdata "$POSTGRES_DATA/data" --log "$POSTGRES_DATA/server.log" \
      --options "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c max_connections=400"
  ) >"$dir/postgres.log" 2>&1 </dev/null || {
    cat "$dir/postgres.log" "$POSTGRES_DATA/server.log" >&2 2>/dev/null || true
    fail "PostgreSQL did not start; its log is above."
  }
  head -n 1 "$POSTGRES_DATA/data/postmaster.pid" >"$dir/postgres.pid"
}

# ---- commands --------------------------------------------------------------------------------------------------------------

write_env() {
  local name value
  {
    for name in CLUSTER_ID CONNECTION_STRING POSTGRES_DATA BINARIES SILO_URLS API_URLS ADMIN_KEY; do
      value=${!name:-}
      printf "%s='%s'\n" "$name" "${value//\'/\'\\\'\'}"
    done
  } >"$dir/cluster.env.new"
  mv "$dir/cluster.env.new" "$dir/cluster.env"
}

read_env() {
  [[ -f $dir/cluster.env ]] || fail "there is no cluster in $dir; start one: deploy/local-cluster.sh start --dir $dir"
  # shellcheck disable=SC1091
  source "$dir/cluster.env"
}

publish() {
  if [[ -n $binaries ]]; then
    BINARIES=$(cd "$binaries" && pwd)
  else
    BINARIES=$dir/binaries
    local host
    for host in Silo Api; do
      echo "Publishing src/$host ($configuration)"
      dotnet publish "$root/src/$host" --configuration "$configuration" --output "$BINARIES/${host,,}" --nologo --verbosity quiet
    done
  fi
  [[ -f $BINARIES/silo/Orleans.Workflow.Silo.dll && -f $BINARIES/api/Orleans.Workflow.Api.dll ]] \
    || fail "$BINARIES must hold silo/Orleans.Workflow.Silo.dll and api/Orleans.Workflow.Api.dll, as dotnet publish writes them"
}

start_silo() { # number
  local url silo_port gateway_port
  free_port; url=http://127.0.0.1:$free_port
  free_port; silo_port=$free_port
  free_port; gateway_port=$free_port
  start_host "silo-$1" "$BINARIES/silo/Orleans.Workflow.Silo.dll" "--urls=$url" "--Sources:airudder=" \
    "--Cluster:AdvertisedAddress=127.0.0.1" "--Cluster:SiloPort=$silo_port" "--Cluster:GatewayPort=$gateway_port"
  SILO_URLS="${SILO_URLS:+$SILO_URLS }$url"
}

start_api() { # number
  free_port
  local url=http://127.0.0.1:$free_port
  # Loopback guards senders and readers; elsewhere a source needs a secret, and a reader a key.
  start_host "api-$1" "$BINARIES/api/Orleans.Workflow.Api.dll" "--urls=$url" "--Sources:airudder:AllowAnonymous=true" \
    "--Access:AllowAnonymous=true" "--Access:Keys:operator:Role=admin" "--Access:Keys:operator:Secrets:0=$ADMIN_KEY"
  API_URLS="${API_URLS:+$API_URLS }$url"
}

start() {
  command -v dotnet >/dev/null || fail "dotnet is not on the PATH"
  command -v curl >/dev/null || fail "curl is not on the PATH"
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  [[ -f $dir/cluster.env ]] && fail "there is a cluster in $dir already; stop it first: deploy/local-cluster.sh stop --dir $dir"
  rm -f "$dir"/{silo,api}-*.log "$dir"/*.pid
  CLUSTER_ID=local-$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
  SILO_URLS= API_URLS= POSTGRES_DATA= CONNECTION_STRING= ADMIN_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  publish
  trap 'stop_all' EXIT
  start_postgres
  (cd "$BINARIES/silo" && dotnet Orleans.Workflow.Silo.dll migrate "--Storage:Provider=Postgres" "--ConnectionStrings:Workflows=$CONNECTION_STRING") \
    >"$dir/migrate.log" 2>&1 || { cat "$dir/migrate.log" >&2; fail "the schema could not be applied; the log is above."; }

  local number url
  for ((number = 1; number <= silos; number++)); do start_silo "$number"; done
  for ((number = 1; number <= apis; number++)); do start_api "$number"; done
  write_env
  number=0; for url in $SILO_URLS; do wait_until_ready "silo-$((++number))" "$url"; done
  number=0; for url in $API_URLS; do wait_until_ready "api-$((++number))" "$url"; done
  trap - EXIT

  echo "Silos: $SILO_URLS"
  echo "Apis:  $API_URLS"
  echo "All of it in $dir/cluster.env, the key for /admin too; logs in $dir/*.log. Try:"
  echo "  curl -i ${API_URLS%% *}/webhooks/airudder/workflow-status -H 'Content-Type: application/json' \\"
  echo "    -d '{\"workflow_id\":\"w1\",\"workflow_name\":\"First\",\"status\":\"running\",\"actions\":[]}'"
  echo "  curl ${API_URLS##* }/workflows/w1"
}

add_silo() {
  read_env
  local number=1 before=$SILO_URLS
  while [[ -e $dir/silo-$number.log ]]; do number=$((number + 1)); done
  start_silo "$number"
  write_env
  wait_until_ready "silo-$number" "${SILO_URLS#"$before "}"
  echo "silo-$number: ${SILO_URLS#"$before "}"
}

status() {
  read_env
  local name pid
  for name in $(names postgres) $(names silo-) $(names api-); do
    pid=$(pid_of "$name")
    if is_running "$pid" "$(mark_of "$name")"; then echo "$name $pid running"; else echo "$name $pid ended"; fi
  done
  echo "Silos: $SILO_URLS"
  echo "Apis:  $API_URLS"
}

stop_all() {
  local name ends=()
  for name in $(names api-); do end_process "$name" TERM 70 & ends+=($!); done
  ((${#ends[@]} == 0)) || wait "${ends[@]}"
  # One after the other: each hands its grains to those that stay.
  for name in $(names silo-); do end_process "$name" TERM 70; done
  end_process postgres INT 60
  [[ -n ${POSTGRES_DATA:-} ]] && rm -rf -- "$POSTGRES_DATA"
  rm -f "$dir/cluster.env"
}

command=${1:-}
[[ -n $command ]] && shift
while (($#)); do
  case $1 in
    --dir | --silos | --apis | --configuration | --binaries)
      [[ $# -ge 2 ]] || fail "$1 needs a value"
      declare "${1#--}=$2"
      shift 2
      ;;
    *) usage >&2; fail "'$1' is not an option" ;;
  esac
done
[[ $silos =~ ^[1-9][0-9]?$ && $apis =~ ^[1-9][0-9]?$ ]] || fail "--silos and --apis are numbers from 1 to 99"

case $command in
  start) start ;;
  add-silo) add_silo ;;
  status) status ;;
  stop) read_env; stop_all ;;
  -h | --help | help) usage ;;
  *) usage >&2; exit 2 ;;
esac
