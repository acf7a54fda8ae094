# Fetches Debian packages without root, with a separate apt configuration, and unpacks them
# into a folder. Reads the system's mirrors and changes nothing in the system.
# Sourced after project.sh.
# shellcheck shell=bash

APT_HOME="$TOOLS/apt"
# SABnzbd is in contrib, because it can use a program that is not free. Ubuntu ignores names it lacks.
COMPONENTS="main contrib non-free universe multiverse"

# Prints debian or ubuntu, also for derived distributions. Fails on other systems.
debian_family() {
    have apt-get && have dpkg-deb && [[ -r /etc/os-release ]] || return 1
    local id
    # shellcheck disable=SC1091
    for id in $(. /etc/os-release && echo "${ID:-} ${ID_LIKE:-}"); do
        case $id in debian | ubuntu) echo "$id" && return 0 ;; esac
    done
    return 1
}

# Prints the code name of this machine's release; for distributions derived from Ubuntu,
# that of the Ubuntu release.
own_suite() {
    # shellcheck disable=SC1091
    (. /etc/os-release && echo "${UBUNTU_CODENAME:-${VERSION_CODENAME:-}}")
}

# Prints the suites that have Python 3.14 and recent programs, best first. If the pool no
# longer has a file in a suite's index, callers try the next suite.
recent_suites() {
    case $(debian_family) in
    debian) echo forky sid ;;
    ubuntu) echo resolute devel ;;
    *) return 1 ;;
    esac
}

# debian_fetch SUITE FOLDER PACKAGE...
# Unpacks the packages of one suite into FOLDER. If one of them cannot be fetched, prints the
# reason on stderr and fails without changing FOLDER.
debian_fetch() {
    local suite=$1 folder=$2
    shift 2
    local home="$APT_HOME/$suite" fetched
    _apt_configure "$suite" "$home" || return 1
    _apt "$home" -qq update >"$home/log" 2>&1 || _apt_failed "$home" "no package list for $suite" || return 1
    fetched=$(mktemp -d "$home/fetched.XXXXXX")
    if ! (cd "$fetched" && _apt "$home" -qq download "${@/%//$suite}") >"$home/log" 2>&1; then
        rm -rf "$fetched"
        _apt_failed "$home" "not every package can be fetched from $suite" || return 1
    fi
    _unpack "$fetched" "$folder"
}

# debian_program FOLDER PACKAGE
# Unpacks a package of this release into FOLDER, with all of its dependencies that this machine lacks.
# If one of them cannot be fetched, prints the reason on stderr and fails.
debian_program() {
    local folder=$1 package=$2 suite home
    debian_family >/dev/null || { warn "no $package: this system is not Debian or Ubuntu" && return 1; }
    suite=$(own_suite)
    home="$APT_HOME/$suite-with-dependencies"
    rm -rf "$folder" "$home/cache"
    _apt_configure "$suite" "$home" || return 1
    _apt "$home" -qq update >"$home/log" 2>&1 || _apt_failed "$home" "no package list for $suite" || return 1
    if ! _apt "$home" -qq --yes -o Dir::State::status=/var/lib/dpkg/status -o Debug::NoLocking=true \
        --no-install-recommends --download-only install "$package" >"$home/log" 2>&1; then
        _apt_failed "$home" "$package and its dependencies cannot be fetched from $suite"
        return 1
    fi
    _unpack "$home/cache/archives" "$folder"
}

# debian_go_program FOLDER PACKAGE
# Unpacks a package whose program has the same name into FOLDER, from the newest release whose
# program runs here. Fails when there is none.
debian_go_program() {
    local folder=$1 package=$2 suite
    debian_family >/dev/null || die "no $package: this system is not Debian or Ubuntu"
    # A Go program has few dependencies: the one of a newer release runs on an older system.
    for suite in $(recent_suites) "$(own_suite)"; do
        rm -rf "$folder"
        if debian_fetch "$suite" "$folder" "$package" &&
            "$folder/usr/bin/$package" --version >/dev/null 2>&1; then
            return
        fi
    done
    rm -rf "$folder"
    return 1
}

_apt() {
    local home=$1
    shift
    LC_ALL=C apt-get -c "$home/apt.conf" "$@"
}

_apt_failed() {
    sed -n 's/^[EW]: /apt: /p' "$1/log" | head -n 3 >&2
    warn "$2"
    return 1
}

_unpack() {
    local fetched=$1 folder=$2 package
    mkdir -p "$folder"
    for package in "$fetched"/*.deb; do
        dpkg-deb -x "$package" "$folder" || return 1
    done
    rm -rf "$fetched"
}

_apt_configure() {
    local suite=$1 home=$2 mirror options=""
    mirror=$(_mirror) || { warn "no mirror in this machine's apt sources" && return 1; }
    local keyring
    keyring="/usr/share/keyrings/$(debian_family)-archive-keyring.gpg"
    if [[ -r $keyring ]]; then options="[signed-by=$keyring] "; fi
    mkdir -p "$home/lists/partial" "$home/cache/archives/partial" "$home/empty"
    : >"$home/status"
    echo "deb $options$mirror $suite $COMPONENTS" >"$home/sources.list"
    # The system's proxy and certificate settings stay in effect. Its sources, state and
    # hooks, which belong to root, do not.
    cat >"$home/apt.conf" <<CONF
Dir::Etc::SourceList "$home/sources.list";
Dir::Etc::SourceParts "$home/empty";
Dir::Etc::Preferences "$home/preferences";
Dir::Etc::PreferencesParts "$home/empty";
Dir::State "$home";
Dir::State::Lists "$home/lists";
Dir::State::status "$home/status";
Dir::Cache "$home/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "2";
APT::Update::Error-Mode "any";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONF
}

# Prints the URL of the mirror that this machine uses.
_mirror() {
    local family codename
    family=$(debian_family) || return 1
    codename=$(own_suite)
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -v family="$family" -v codename="$codename" '
            $2 != "main" || $3 ~ /security/ || ($3 !~ family && $3 !~ /ports/) { next }
            $1 == codename { print $3; found = 1; exit }
            other == "" { other = $3 }
            END { if (!found && other != "") { print other; found = 1 } exit !found }'
}
