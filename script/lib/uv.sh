# Finds uv, or installs it into the project. Sourced after project.sh and debian.sh.
# shellcheck shell=bash

UV_MINIMUM=0.9.0
UV_HOME="$TOOLS/uv"

# Prints the path of a uv that is recent enough: the machine's or the project's. Fails if there is none.
uv_program() {
    local candidate
    for candidate in "$(type -P uv || true)" "$UV_HOME/bin/uv"; do
        if _uv_is_recent "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

# Installs the pinned uv into the project, with the first method that works.
uv_install() {
    local method
    for method in _uv_by_pip _uv_by_venv _uv_by_debians_pip _uv_by_own_installer; do
        rm -rf "$UV_HOME"
        if "$method" >"$TOOLS/uv.log" 2>&1 && uv_program >/dev/null; then return 0; fi
    done
    tail -n 3 "$TOOLS/uv.log" >&2
    die "uv cannot be installed: no pip, no mirror and no download worked" \
        "check the network or the package registry, or install uv $(_uv_pinned) yourself, and run script/setup again"
}

_uv_is_recent() {
    [[ -x $1 ]] || return 1
    local version
    version=$("$1" --version 2>/dev/null | awk '{print $2}') || return 1
    [[ $(printf '%s\n' "$UV_MINIMUM" "$version" | sort -V | head -n 1) == "$UV_MINIMUM" ]]
}

_uv_pinned() { sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$REQUIREMENTS/uv.txt"; }

_pip_installs_uv() {
    "$@" install --quiet --target "$UV_HOME" --require-hashes --no-deps -r "$REQUIREMENTS/uv.txt"
}

_uv_by_pip() { _pip_installs_uv python3 -m pip; }

_uv_by_venv() {
    python3 -m venv "$TOOLS/pip-venv" && _pip_installs_uv "$TOOLS/pip-venv/bin/python" -m pip
}

# Debian packages pip separately; its wheel can run without being installed.
_uv_by_debians_pip() {
    local folder="$TOOLS/pip-wheel"
    debian_fetch "$(own_suite)" "$folder" python3-pip-whl || return 1
    _pip_installs_uv python3 "$(find "$folder" -name 'pip-*.whl' | head -n 1)/pip"
}

_uv_by_own_installer() {
    curl -LsSf --max-time 120 "https://astral.sh/uv/$(_uv_pinned)/install.sh" |
        UV_UNMANAGED_INSTALL="$UV_HOME/bin" sh
}
