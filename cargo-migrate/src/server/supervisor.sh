# Runs one PostgreSQL server for as long as somebody holds the writing end of standard input, and
# ends it then, however the holders ended. Standard output is a locked file: the server inherits it,
# so the lock is free once the last process of the server is gone.
#
# sh -c THIS NAME BIN RUN LOG ENDING POSTGRES-ARGUMENT…
bin=$1 run=$2 log=$3 ending=$4
shift 4
exec 9>&1 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- >/dev/null 2>&1
# A signal to our group must not end us before the server.
trap '' INT HUP TERM
(
    trap - INT HUP TERM
    exec "$bin/postgres" "$@" </dev/null >"$log" 2>&1
) &
server=$!

# signal NAME TIMES: repeats it every 20 ms until the server is gone. A shell starts background jobs
# with INT and QUIT ignored, so the first ones may fall into the server's first milliseconds.
signal() {
    tries=$2
    while kill "-$1" "$server"; do
        [ "$tries" -gt 0 ] || return
        tries=$((tries - 1))
        sleep 0.02
    done
}

finish() {
    trap '' EXIT
    # First the name, then the reading end: who still opens it sees which of the two is gone.
    rm -f "$run/users"
    exec </dev/null
    kill -TERM "$server"
    [ "$ending" = discard ] || signal INT 500
    signal QUIT 200
    kill -KILL "$server"
    wait "$server"
    cd /
    rm -rf "$run"
}
trap finish EXIT

# `stop` ends the server at once, `keep` keeps it without users; every line is answered by a file.
while read -r word answer; do
    case $word in
    stop) break ;;
    keep) [ -p "$run/users" ] && exec 8>"$run/users" ;;
    esac
    true >"$run/$answer"
done
