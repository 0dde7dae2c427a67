# Sourced by the scripts beside it: a reference server for the length of a script, and a folder to work in.
# Takes the path of the tfe-conformance binary; leaves `work`, and `$work/serve.json`, the line that
# `serve` printed.
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

start_server() {
    "$1" serve >"$work/serve.json" &
    server=$!
    for _ in $(seq 100); do
        [ -s "$work/serve.json" ] && return
        sleep 0.1
    done
    echo 'the reference server did not start' >&2
    exit 1
}
