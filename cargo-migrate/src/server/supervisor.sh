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
server=

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

end_server() {
    kill -TERM "$server"
    [ "$ending" = discard ] || signal INT 500
    signal QUIT 200
    kill -KILL "$server"
    wait "$server"
}

finish() {
    trap '' EXIT
    # First the name, then the reading end: who still opens it sees which of the two is gone.
    rm -f "$run/users"
    exec </dev/null
    [ -z "$server" ] || end_server
    cd /
    rm -rf "$run"
}
trap finish EXIT

# `start` comes when the data folder is complete, and again from users who can't know that a first
# one, who was killed, has said so; `stop` ends the server at once; `keep` keeps it
# without users. The last is answered by a file, as is any other line: a user who wants to know
# whether we still listen.
while read -r word answer; do
    case $word in
    start)
        if [ -z "$server" ]; then
            (
                trap - INT HUP TERM
                exec "$bin/postgres" "$@" </dev/null >"$log" 2>&1
            ) &
            server=$!
        fi
        ;;
    stop) break ;;
    keep)
        [ -p "$run/users" ] && exec 8>"$run/users"
        true >"$run/$answer"
        ;;
    *) true >"$run/$answer" ;;
    esac
done
