"""Databases that can dump their data: how they are recognised, and the commands that dump and restore. Pure.

The commands are fixed texts. Passwords stay in the container: its shell reads them from its environment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ...sdk.image_names import parse_image
from ...texts import Text

FOLDER: Final = "/homelab-steward-dump"
"""The folder of the dump, in the container of the database and where the dump is kept."""

LABEL: Final = "homelab-steward.dump"
OFF: Final = "off"
"""The label of a container whose database is not dumped, and its value."""

WANTED: Final = "HOMELAB_STEWARD_DATABASES"
"""The variable of the command that says which databases are dumped: names with commas, or ONLY_ONE.

Without it all are dumped.
"""

ONLY_ONE: Final = "?"
"""All databases of a server that has only one besides its own."""

TOO_LARGE, NO_SPACE, NOT_READY, NOT_COMPLETE, NOT_ONE, NOT_THERE = 27, 28, 29, 30, 31, 32
"""Exit codes of the commands."""

REASONS: Final[Mapping[int, Text]] = {
    TOO_LARGE: t"it has more than 20 GiB",
    NO_SPACE: t"the disk has not enough space for it",
    NOT_READY: t"the database does not answer",
    NOT_COMPLETE: t"the dump is not complete",
    NOT_ONE: t"the server has several databases, and which of them it uses is not known",
    NOT_THERE: t"the database does not exist there",
}

_ENVIRONMENT: Final = f"""
set -eu
umask 077
folder={FOLDER}
given() {{
    eval "value=\\${{$1:-}}; file=\\${{$1_FILE:-}}"
    if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
    printf %s "$value"
}}
must_fit() {{
    [ "$1" -le {20 * 1024**3} ] || exit {TOO_LARGE}
    free=$(df -Pk "$folder" | {{ read -r _; read -r _ _ _ free _; echo "$free"; }})
    # It is written here first, then copied into a volume of the same disk.
    [ "$((free * 1024))" -ge "$(($1 * 2))" ] || exit {NO_SPACE}
}}
wait_for() {{
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 120 ] || exit {NOT_READY}
        sleep 1
    done
}}
# "" and ONLY_ONE stand for all; names have letters that need no quotes.
wanted=${{{WANTED}:-}}
names=$wanted
[ "$wanted" != '{ONLY_ONE}' ] || names=
count() {{ echo "$#"; }}
must_be_found() {{
    [ "$wanted" != '{ONLY_ONE}' ] || [ "$2" -le 1 ] || exit {NOT_ONE}
    # The list is split at commas.
    if [ -n "$names" ]; then [ "$1" = "$(IFS=,; count $names)" ] || exit {NOT_THERE}; fi
}}
must_end() {{
    tail -n 8 "$folder/dump.sql" | grep -q "$1" || exit {NOT_COMPLETE}
}}
"""
_BEGIN: Final = """
rm -rf "$folder"
mkdir "$folder"
trap 'code=$?; [ "$code" = 0 ] || rm -rf "$folder"; exit "$code"' EXIT
"""
_POSTGRESQL: Final = """
PGUSER=$(given POSTGRES_USER)
export PGUSER="${PGUSER:-postgres}"
PGPASSWORD=$(given POSTGRES_PASSWORD)
export PGPASSWORD
# A host would be another server; a folder is that of the socket.
case "${PGHOST:-}" in /*) ;; *) unset PGHOST ;; esac
ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d template1 "$@"; }
wait_for ask -c 'SELECT 1'
"""
# Each database is replaced as a whole: what a new version added to it is gone too.
_POSTGRESQL_DUMP: Final = """
is_wanted="('$names' = '' OR datname = ANY (string_to_array('$names', ',')))"
must_fit "$(ask -c "SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint
    FROM pg_database WHERE $is_wanted")"
pg_dumpall --roles-only >"$folder/roles.sql"
ask -c "SELECT oid FROM pg_database
    WHERE datallowconn AND NOT datistemplate AND $is_wanted ORDER BY oid" >"$folder/list"
must_be_found "$(wc -l <"$folder/list" | tr -d ' ')" "$(ask -c "SELECT count(*) FROM pg_database
    WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres'")"
while read -r oid; do
    ask -c "SELECT format('UPDATE pg_database SET datallowconn = false WHERE datname = %L; SELECT
        pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %L AND pid <> pg_backend_pid();',
        datname, datname) FROM pg_database WHERE oid = $oid" >>"$folder/dump.sql"
    name=$(ask -c "SELECT datname FROM pg_database WHERE oid = $oid")
    PGDATABASE=$name pg_dump --create --clean --if-exists >>"$folder/dump.sql"
    must_end 'PostgreSQL database dump complete'
    echo '\\connect template1' >>"$folder/dump.sql"
done <"$folder/list"
"""
_POSTGRESQL_RESTORE: Final = """
ask -f "$folder/dump.sql" >/dev/null
"""
_MARIADB: Final = """
MYSQL_PWD=$(given MARIADB_ROOT_PASSWORD)
if [ -z "$MYSQL_PWD" ]; then MYSQL_PWD=$(given MYSQL_ROOT_PASSWORD); fi
export MYSQL_PWD
client=$(command -v mariadb || command -v mysql)
ask() { "$client" --host=localhost --user=root --batch --raw --skip-column-names "$@"; }
wait_for ask -e 'SELECT 1'
"""
_MARIADB_DUMP: Final = """
own="'mysql', 'sys', 'information_schema', 'performance_schema'"
is_wanted() { echo "$1 NOT IN ($own) AND ('$names' = '' OR FIND_IN_SET($1, '$names'))"; }
must_fit "$(ask -e "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS UNSIGNED)
    FROM information_schema.tables WHERE $(is_wanted table_schema)")"
ask -e "SELECT schema_name FROM information_schema.schemata WHERE $(is_wanted schema_name)" >"$folder/list"
found=$(wc -l <"$folder/list" | tr -d ' ')
must_be_found "$found" "$found"
set --
while IFS= read -r name; do set -- "$@" "$name"; done <"$folder/list"
if [ "$#" = 0 ]; then
    echo '-- there is no database' >"$folder/dump.sql"
else
    dump=$(command -v mariadb-dump || command -v mysqldump)
    "$dump" --host=localhost --user=root --single-transaction --quick --routines --events --triggers \\
        --hex-blob --add-drop-database --databases "$@" >"$folder/dump.sql"
    must_end '^-- Dump completed'
fi
"""
_MARIADB_RESTORE: Final = """
ask <"$folder/dump.sql" >/dev/null
"""

REMOVE: Final = f"rm -rf {FOLDER}"
"""The command that removes the dump from the container of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database program. ``folders`` are where its data is, ``secrets`` names of what its dump needs.

    ``dump`` writes the dump to FOLDER, and ``restore`` replaces all databases by those of the dump there;
    both can be repeated.
    """

    key: str
    name: str
    images: frozenset[str]
    variables: frozenset[str]
    folders: tuple[str, ...]
    secrets: frozenset[str]
    dump: str
    restore: str

    def holds(self, folder: str) -> bool:
        """Return whether a folder of the container has data of the database."""
        return any(folder == one or folder.startswith(f"{one}/") for one in self.folders)


_MYSQL_DUMP: Final = f"{_ENVIRONMENT}{_BEGIN}{_MARIADB}{_MARIADB_DUMP}"
_MYSQL_RESTORE: Final = f"{_ENVIRONMENT}{_MARIADB}{_MARIADB_RESTORE}{REMOVE}"
_ROOT: Final = ("MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD")
_MARIADB_ROOT: Final = (*_ROOT, "MARIADB_ROOT_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD")
DATABASES: Final = (
    Database(
        key="postgresql",
        name="PostgreSQL",
        images=frozenset({"postgres", "postgis", "pgvector"}),
        variables=frozenset({"PG_MAJOR", "PGDATA"}),
        folders=("/var/lib/postgresql",),
        secrets=frozenset(),
        dump=f"{_ENVIRONMENT}{_BEGIN}{_POSTGRESQL}{_POSTGRESQL_DUMP}",
        restore=f"{_ENVIRONMENT}{_POSTGRESQL}{_POSTGRESQL_RESTORE}{REMOVE}",
    ),
    Database(
        key="mariadb",
        name="MariaDB",
        images=frozenset({"mariadb"}),
        variables=frozenset({"MARIADB_VERSION"}),
        folders=("/var/lib/mysql",),
        secrets=frozenset((*_MARIADB_ROOT, "MARIADB_ROOT_PASSWORD_FILE", "MYSQL_ROOT_PASSWORD_FILE")),
        dump=_MYSQL_DUMP,
        restore=_MYSQL_RESTORE,
    ),
    Database(
        key="mysql",
        name="MySQL",
        images=frozenset({"mysql"}),
        variables=frozenset({"MYSQL_VERSION", "MYSQL_MAJOR"}),
        folders=("/var/lib/mysql",),
        secrets=frozenset((*_ROOT, "MYSQL_ROOT_PASSWORD_FILE")),
        dump=_MYSQL_DUMP,
        restore=_MYSQL_RESTORE,
    ),
)
OTHER: Final = ("bitnami", "timescale")
"""Parts of names of images that want another login, or another way to restore."""


def database(key: str) -> Database:
    """Return a database by its key."""
    return next(one for one in DATABASES if one.key == key)


def database_of(image: str, variables: Collection[str]) -> Database | None:
    """Return the database that a container runs, by its image and the names of its variables."""
    name = parse_image(image)
    path = name.repository.path if name is not None else ""
    if any(one in path for one in OTHER):
        return None
    last = path.rpartition("/")[2]
    by_name = next((one for one in DATABASES if last in one.images), None)
    return by_name or next((one for one in DATABASES if one.variables <= {*variables}), None)
