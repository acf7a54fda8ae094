"""Neo4j: its databases and transactions, by the Query API."""

from typing import Final

import msgspec

from ...errors import EffectUnknown, ServiceForbidden, ServiceMalformed, ServiceRefused
from ...sdk.answers import Item, NotKnown, State, at, known, many, one, parse, worded
from ...sdk.client import Basic, Parameter, Rest
from ...sdk.description import INFRASTRUCTURE, Call, Gaps, ResourceKind, Right, Risk, Role, Service, Versions
from ...sdk.display import Text, critical, list_tool, plain, span, translate, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.kits import DeleteItem
from ...sdk.sensors import count, diagnostic, mebibytes, problems, served, stops_first

SLOW: Final = 300.0
READS: Final = {
    "databases": "SHOW DATABASES YIELD databaseID, name, currentStatus, requestedStatus, statusMessage, "
    "replicationLag RETURN databaseID, name, currentStatus, requestedStatus, statusMessage, replicationLag",
    # Enterprise has it if its metrics are offered by JMX.
    "sizes": "CALL dbms.queryJmx('neo4j.metrics:name=*.store.size.database') YIELD name, attributes "
    "RETURN name, attributes.Value.value AS bytes",
    "privileges": "SHOW USER PRIVILEGES YIELD access, action RETURN access, action",
    "transactions": "SHOW TRANSACTIONS YIELD transactionId, database, username, status, elapsedTime "
    "RETURN transactionId, database, username, status, elapsedTime.milliseconds AS milliseconds",
}
SHOW, TERMINATE = "SHOW TRANSACTION", "TERMINATE TRANSACTION"
RIGHTS: Final = {SHOW: "transactions of others", TERMINATE: "ending transactions of others"}
GRANTS: Final = {
    "transaction_management": {SHOW, TERMINATE},
    "show_transaction": {SHOW},
    "terminate_transaction": {TERMINATE},
}
"""What the actions of a privilege allow."""

LOGIN: Final = (
    text_field("username", "User name", "Enterprise: with SHOW TRANSACTION and TERMINATE TRANSACTION."),
    secret_field("password", "Password"),
)


class About(Item, rename=None):
    """What the server says without a login."""

    neo4j_version: str
    neo4j_edition: str | None = None


class Database(Item):
    """One database, by its own ID: its name may be used again."""

    id: str = msgspec.field(name="databaseID")
    name: str
    current_status: str | None = None
    requested_status: str | None = None
    replication_lag: int | None = None
    status_message: str = ""

    def not_online(self) -> str | None:
        """Return that it should be online and is not. Raises NotKnown."""
        status = known(self.current_status)
        if known(self.requested_status) != "online" or status in ("online", "starting"):
            return None
        return f"{status}: {plain(self.status_message)}" if self.status_message else status


class Size(Item):
    """The size of one database on disk; its name is a part of that of the metric."""

    name: str
    bytes: float | None = None


class Privilege(Item):
    """What the user may do, or may not (DENIED)."""

    access: str
    action: str


class Transaction(Item):
    """One transaction; what it runs is private and not read."""

    transaction_id: str
    database: str = ""
    username: str = ""
    status: str = ""
    milliseconds: float | None = None

    @property
    def seconds(self) -> float:
        """How long it runs. Raises NotKnown."""
        return known(self.milliseconds) / 1000

    def slow(self) -> Text | None:
        """Return that it runs for a long time. Raises NotKnown."""
        return t"Runs for {span(self.seconds)}" if self.seconds > SLOW else None

    def __str__(self) -> str:
        age = worded(lambda: span(self.seconds))
        return f"{self.transaction_id} in {self.database} by {self.username}: {self.status}, {age}"


class Neo4jState(State):
    """Everything that one poll reads."""

    about = one("about", About)
    databases = many("databases", Database)
    transactions = many("transactions", Transaction, optional=True)
    sizes = many("sizes", Size, optional=True, may_be_absent=True)
    privileges = many("privileges", Privilege, optional=True, may_be_absent=True)

    def size_of(self, database: Database) -> float | None:
        """Return the bytes of a database on disk, None where that is not reported."""
        end = f".{database.name}.store.size.database"
        sizes = self.read_or(Neo4jState.sizes, ())
        return next((size.bytes for size in sizes if size.name.endswith(end)), None)

    def shown(self) -> list[tuple[Database, float | None]]:
        """Return the databases with their sizes."""
        return [(one, self.size_of(one)) for one in self.databases]

    def granted(self) -> frozenset[str]:
        """Return the rights of the user; the Community edition has no others. Raises NotKnown."""
        if self.about.neo4j_edition == "community":
            return frozenset({SHOW, TERMINATE})
        if not self.privileges:
            raise NotKnown("The server does not list the privileges of the user")
        by: dict[str, set[str]] = {"GRANTED": set(), "DENIED": set()}
        for each in self.privileges:
            by.setdefault(each.access, set()).update(GRANTS.get(each.action, ()))
        return frozenset(by["GRANTED"] - by["DENIED"])

    def slowest(self) -> Text | None:
        """Return the transaction that runs for the longest time, if that is too long. Raises NotKnown."""
        one = max(self.transactions, key=lambda one: one.seconds, default=None)
        return t"{one.transaction_id}: {one.slow()}" if one and one.slow() else None

    def listed(self) -> list[tuple[Transaction, bool]]:
        """Return each transaction, and whether to end it first. Raises NotKnown."""
        found = self.transactions
        longest = max((one.milliseconds or 0.0 for one in found), default=0.0)
        return [(one, one.milliseconds == longest and longest > SLOW * 1000) for one in found]


class Neo4jClient(Rest):
    """One server. It reads with SHOW only, on the system database."""

    auth = Basic(LOGIN)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return what the server says of itself, or the rows of a statement of READS."""
        if path == "about":
            return await super().get("", **query)
        body = {"statement": READS[path], "accessMode": "READ"}
        return rows(await self.read("db/system/query/v2", body), path)

    async def terminate(self, call: Call, running: Transaction) -> None:
        """End a transaction, from its own database: no other is certain to be there. Raises ServiceError."""
        database = running.database or "system"
        statement = "TERMINATE TRANSACTIONS $id YIELD message RETURN message"
        body = {"statement": statement, "parameters": {"id": call.target.id}}
        try:
            found = rows(await self.send("POST", f"db/{database}/query/v2", body), "TERMINATE")
        except ServiceMalformed as err:
            raise EffectUnknown(str(err)) from err
        message = str(found[0].get("message")) if found else "no answer"
        if "not found" in message.lower():
            raise ServiceRefused(f"{call.target.name}: {plain(message)}")


def rows(answer: object, what: str) -> list[dict[str, object]]:
    """Return the rows of an answer as objects. Raises ServiceError."""
    if isinstance(answer, dict) and answer.get("errors"):
        code, text = (str(at(answer["errors"][0], key)) for key in ("code", "message"))
        raise (ServiceForbidden if ".Security." in code else ServiceRefused)(f"{what}: {plain(text)}")
    fields = parse(list[str], at(answer, "data.fields"), what)
    values = parse(list[list[object]], at(answer, "data.values"), what)
    return [dict(zip(fields, row, strict=False)) for row in values]


async def _read(client: Neo4jClient, call: Call) -> Transaction | None:
    return await Neo4jState.transactions.find(client, lambda one: one.transaction_id == call.target.id)


@list_tool(
    "transactions", "Transactions", "What runs and how long, without its content.", capability="queries"
)
async def _list(client: Neo4jClient, gaps: Gaps, _: Call) -> list[str]:
    found = await Neo4jState.transactions.now(client, gaps)
    return [str(one) for one in worst_first(found, lambda one: one.slow() is not None)]


@list_tool("databases", "Databases", "The state of each database.", capability="status")
async def _databases(client: Neo4jClient, gaps: Gaps, _: Call) -> list[str]:
    found = await Neo4jState.databases.now(client, gaps)
    bad_first = worst_first(found, lambda one: one.not_online() is not None)
    return [f"{one.name}: {one.current_status}, wanted {one.requested_status}" for one in bad_first]


SERVICE: Final = Service(
    key="neo4j",
    category=INFRASTRUCTURE,
    icon="mdi:graph",
    settings=(url_field("http://neo4j.example.org:7474"), *LOGIN, *TLS_SETTINGS),
    connect=Neo4jClient,
    poll=Neo4jState.poll,
    version=lambda state: state.about.neo4j_version,
    sensors=(
        served("databases", "Databases", lambda s: len(s.databases), "mdi:database"),
        count("transactions", "Transactions", lambda s: len(s.transactions), "mdi:swap-horizontal"),
        problems(
            "problem_queries", "Slow transactions", lambda s: s.transactions, Transaction.slow, "mdi:tortoise"
        ),
        diagnostic("edition", "Edition", lambda s: s.about.neo4j_edition, enabled=False),
    ),
    resources=(
        ResourceKind[Neo4jState, tuple[Database, float | None]](
            key="database",
            items=Neo4jState.shown,
            id=lambda one: one[0].id,
            title=lambda one: one[0].name,
            role=Role.STORAGE,
            sensors=(
                diagnostic("status", "Status", lambda one: one[0].current_status),
                mebibytes("size", "Size", lambda one: one[1]),
                count("replication_lag", "Transactions behind", lambda one: one[0].replication_lag),
            ),
        ),
        ResourceKind[Neo4jState, tuple[Transaction, bool]](
            key="query",
            name="Transaction",
            items=Neo4jState.listed,
            id=lambda one: one[0].transaction_id,
            sensors=(stops_first("Is ended first", lambda one: one[1]),),
        ),
    ),
    checks=(
        critical("database_offline", "Database offline", lambda one: one[0].not_online(), scope="database"),
        warning("slow_queries", "Slow transactions", Neo4jState.slowest),
    ),
    tools=(_databases, _list),
    actions=(
        DeleteItem(
            read=_read,
            delete=Neo4jClient.terminate,
            line=lambda one: translate(t"transaction of {one.username} in {one.database}"),
            word=t"ended",
        ).action(
            key="end_transaction",
            description="Ends a transaction and takes its changes back.",
            risk=Risk.MEDIUM,
            scope="query",
            capability="cancel_query",
            needs=(TERMINATE,),
        ),
    ),
    rights=Right.each(RIGHTS),
    granted=Neo4jState.granted,
    product="neo4j",
    understood=Versions("5.19", "2026", note="with the Query API"),
)
