# Installs the package of the PostgreSQL server; no cluster is made, so that no server runs.
set -e
export DEBIAN_FRONTEND=noninteractive

get() {
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The first try spares a machine with fresh lists the update.
get postgresql-common 2>/dev/null || {
    apt-get update -qq
    get postgresql-common
}

# The setting holds for this installation only: the user may want a cluster of a later one.
settings=/etc/postgresql-common/createcluster.d
drop_in=$settings/cargo-migrate.conf
mkdir -p "$settings"
trap 'rm -f "$drop_in"' EXIT
echo 'create_main_cluster = false' >"$drop_in"
get postgresql
