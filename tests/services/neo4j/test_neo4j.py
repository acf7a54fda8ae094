"""Neo4j: errors with status 200, transactions that are gone, what is meant to be offline."""

import pytest

from lab.visit import visit
from lab.wire import Json
from services.neo4j import FIXTURE, HEALTHY, READ, asked, table
from steward.errors import PreconditionFailed, ServiceForbidden, ServiceMalformed, ServiceRefused

END = FIXTURE.rounds[0]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Neo.ClientError.Security.Forbidden", ServiceForbidden),
        ("Neo.ClientError.Statement.X", ServiceRefused),
    ],
)
async def test_an_error_in_an_answer(code: str, expected: type[Exception]) -> None:
    async with visit("neo4j") as here:
        here.served.state.answers[READ] = {"errors": [{"code": code, "message": "Not allowed"}]}
        with pytest.raises(expected, match="Not allowed"):
            await here.poll()


async def test_what_is_meant_to_be_offline_is_fine() -> None:
    async with visit("neo4j") as here:
        found, checks = await here.snapshot(), await here.checks()
        statuses = [one.values.get("status") for one in found.resources if one.kind == "database"]
        assert statuses == ["online", "online", "offline"]
        assert not checks.problems


async def test_a_transaction_that_is_gone() -> None:
    async with visit("neo4j") as here:
        call, action = await here.call(END), here.action("end_transaction")
        left = table(["transactionId", "database"])
        here.served.state.answers[READ] = asked({**HEALTHY, "TRANSACTIONS": left})
        with pytest.raises(PreconditionFailed):
            await action.dry_run(here.client, call)
        with pytest.raises(PreconditionFailed, match="is not there any more"):
            await action.execute(here.client, call, {})


async def test_a_list_with_a_gap_proves_no_end() -> None:
    async with visit("neo4j") as here:
        call, action = await here.call(END), here.action("end_transaction")
        before = await action.dry_run(here.client, call)
        odd = table(["transactionId", "database"], ["a-1", "notes"], [None, "notes"])
        here.served.state.answers[READ] = asked({**HEALTHY, "TRANSACTIONS": odd})
        with pytest.raises(ServiceMalformed):
            await action.verify(here.client, call, before.baseline)


async def test_the_tools_say_what_runs() -> None:
    async with visit("neo4j") as here:
        await here.make_unhealthy()
        for key, text in (("databases", "notes: offline, wanted online"), ("transactions", "900_000")):
            tool = here.tool(key)
            found = (await tool.read(here.client, await here.call_of(tool))).text
            assert (text in found) is (key == "databases")


async def test_a_transaction_that_ends_just_now_is_refused() -> None:
    async with visit("neo4j") as here:
        call, action = await here.call(END), here.action("end_transaction")
        message = table(["message"], ["Transaction not found."])
        here.served.alter = lambda where, whole: message if where.endswith("notes/query/v2") else whole
        with pytest.raises(ServiceRefused, match="not found"):
            await action.execute(here.client, call, {})


async def test_sizes_are_known_only_with_metrics() -> None:
    async with visit("neo4j") as here:
        sizes = [one.values["size"] for one in (await here.snapshot()).resources if one.kind == "database"]
        assert sizes == [2, 640, 11]
        empty = {key: table(["name", "bytes"]) if "Jmx" in key else one for key, one in HEALTHY.items()}
        here.served.state.answers[READ] = asked(empty)
        found = await here.snapshot()
        assert {one.values["size"] for one in found.resources if one.kind == "database"} == {None}
        assert found.coverage.gaps == ()


@pytest.mark.parametrize(
    ("rows", "edition", "missing"),
    [
        ([["GRANTED", "transaction_management"]], "enterprise", set()),
        ([["GRANTED", "show_transaction"]], "enterprise", {"TERMINATE TRANSACTION"}),
        (
            [["GRANTED", "transaction_management"], ["DENIED", "terminate_transaction"]],
            "enterprise",
            {"TERMINATE TRANSACTION"},
        ),
        ([["GRANTED", "match"]], "community", set()),
        ([], "enterprise", set()),
    ],
)
async def test_rights_are_those_of_enterprise(
    rows: list[list[Json]], edition: str, missing: set[str]
) -> None:
    async with visit("neo4j") as here:
        answers = here.served.state.answers
        answers["GET /"] = {**answers["GET /"], "neo4j_edition": edition}
        answers[READ] = asked({**HEALTHY, "USER": table(["access", "action"], *rows)})
        found = await here.snapshot()
        assert {one.partition(" (")[0] for one in found.missing_rights} == missing
        assert ("action.end_transaction" in found.unavailable) is bool(missing)
