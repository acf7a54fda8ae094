# Paths and output functions for all scripts. Sourced, never run.
# shellcheck shell=bash

PROJECT_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
TOOLS="$PROJECT_ROOT/.tools"
APP_VENV="$PROJECT_ROOT/.venv"
HA_VENV="$PROJECT_ROOT/.venv-ha"
REQUIREMENTS="$PROJECT_ROOT/requirements"
export PROJECT_ROOT TOOLS APP_VENV HA_VENV REQUIREMENTS

# The oldest Python that Home Assistant 2026.11 runs on.
PYTHON_MINIMUM=3.14.2
PYTHON_SERIES=3.14

say() { printf '==> %s\n' "$*"; }

warn() { printf 'warning: %s\n' "$*" >&2; }

die() {
    printf 'error: %s\n' "$1" >&2
    shift
    if (($#)); then printf '       %s\n' "$@" >&2; fi
    exit 1
}

have() { type -P "$1" >/dev/null; }

# Caches need a writable home folder.
if [[ -z ${HOME:-} || ! -w ${HOME:-/} ]]; then
    export HOME="$TOOLS/home"
    mkdir -p "$HOME"
fi

# These settings of the caller's shell would make uv or Python use other folders.
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV CONDA_PREFIX UV_PYTHON UV_PROJECT UV_SYSTEM_PYTHON
unset PYTHONDONTWRITEBYTECODE
export UV_PYTHON_INSTALL_DIR="$TOOLS/python"
export PATH="$TOOLS/alertmanager/usr/bin:$PATH"
