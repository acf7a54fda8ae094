# Creates environments from lock files, and checks whether they are current.
# Sourced after python.sh.
# shellcheck shell=bash

run_uv() { "$(uv_program)" "$@"; }

# fingerprint ENVIRONMENT FILE...
# Prints a checksum of the files, the Python, the compiler and the path of this checkout.
# Prints nothing if the environment's Python does not run.
fingerprint() {
    local python="$1/bin/python" version
    shift
    version=$("$python" -c 'import sys; print(sys.version)' 2>/dev/null) || return 0
    { echo "$version" "$(type -P c++)" && pwd -P && cat "$@"; } | sha256sum | cut -d ' ' -f 1
}

# is_current ENVIRONMENT FINGERPRINT
is_current() { [[ -n $2 && -r $1/.set-up && $(<"$1/.set-up") == "$2" ]]; }

# mark_current ENVIRONMENT FILE...
mark_current() { fingerprint "$@" >"$1/.set-up"; }

# make_environment ENVIRONMENT LOCK
# Installs exactly the packages of the lock file, checks their hashes, and uses wheels only.
make_environment() {
    local environment=$1 lock=$2 python
    uv_program >/dev/null || { say "uv into .tools" && uv_install; }
    python=$(python_program) || { say "Python $PYTHON_SERIES into .tools" && python_install && python=$(python_program); }
    say "$(basename "$environment") from $lock"
    rm -f "$environment/.set-up"
    if ! _uses_python "$environment" "$python"; then
        run_uv venv --quiet --no-project --clear --python "$python" "$environment"
    fi
    or_explain run_uv pip sync --quiet --python "$environment/bin/python" --require-hashes --no-build --compile-bytecode "$lock"
}

# build_into ENVIRONMENT LOCK
# Builds and installs packages without wheels, with the tools of the environment.
build_into() {
    local environment=$1 lock=$2
    # The header files of a Python that was unpacked from Debian's packages.
    CPATH="$TOOLS/debian-python/usr/include" run_uv pip install --quiet --python "$environment/bin/python" \
        --require-hashes --no-deps --no-build-isolation --compile-bytecode -r "$lock"
}

# or_explain COMMAND... LOCK
or_explain() {
    "$@" || die "the packages of ${*: -1} cannot be installed" \
        "the reason is above; if there is no network or package registry, set one up" \
        "(UV_DEFAULT_INDEX sets another registry, UV_OFFLINE=1 uses uv's cache only)" \
        "and run script/setup again: it continues where it stopped"
}

# _uses_python ENVIRONMENT PYTHON
_uses_python() {
    local have_version want_version
    have_version=$("$1/bin/python" -c 'import sys; print(sys.version, sys.base_prefix)' 2>/dev/null) || return 1
    want_version=$("$2" -c 'import sys; print(sys.version, sys.base_prefix)')
    [[ $have_version == "$want_version" ]]
}
