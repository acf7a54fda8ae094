# Finds or installs the Python of the environments. Sourced after uv.sh.
# shellcheck shell=bash

# Prints the path of a Python that is new enough: the machine's, one that uv installed,
# or the one unpacked from Debian's packages. Fails if there is none.
python_program() {
    local candidate
    candidate=$("$(uv_program)" python find --no-project --system --no-python-downloads \
        ">=$PYTHON_MINIMUM,<3.15" 2>/dev/null || true)
    for candidate in "$candidate" "$TOOLS/debian-python/usr/bin/python$PYTHON_SERIES"; do
        if _python_works "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

# Installs a Python into the project: uv's build, or else Debian's.
python_install() {
    if UV_HTTP_RETRIES=1 UV_HTTP_CONNECT_TIMEOUT=10 "$(uv_program)" python install --quiet --no-bin "$PYTHON_SERIES" \
        >"$TOOLS/python.log" 2>&1 && python_program >/dev/null; then
        return
    fi
    say "uv cannot download Python $PYTHON_SERIES: using Debian's packages"
    "$PROJECT_ROOT/script/python-from-debian" >/dev/null
}

_python_works() {
    [[ -x $1 ]] && "$1" -c '
import sqlite3, ssl, sys, venv
ok = (3, 14, 2) <= sys.version_info[:3] < (3, 15) and sqlite3.sqlite_version_info >= (3, 42)
sys.exit(not ok)' >/dev/null 2>&1
}
