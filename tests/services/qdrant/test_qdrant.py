"""Qdrant: one collection that cannot be read, odd names, servers without a key."""

from lab.faults import FaultKind
from lab.replay import Raw
from lab.visit import visit
from services.qdrant import FIXTURE, SNAPSHOTS, TELEMETRY, collection


async def test_a_collection_that_cannot_be_read_costs_itself() -> None:
    async with visit("qdrant") as here:
        here.arm(FaultKind.STATUS, "GET", "/collections/notes")
        found = await here.snapshot()
        notes, photos = found.resources
        assert (notes.values["points"], photos.values["points"], found.values["points"]) == (
            None,
            90_000,
            None,
        )
        assert [gap.part for gap in found.coverage.gaps] == ["collection notes"]


async def test_size_and_snapshots_are_known_only_if_the_server_says_them() -> None:
    async with visit("qdrant") as here:
        answers = here.served.state.answers
        found = await here.snapshot()
        notes, photos = (one.values for one in found.resources)
        assert (notes["size"], photos["size"], found.values["size"]) == (4, 1025, 1.0)
        assert notes["last_snapshot"] == "2026-11-02T08:00:00+00:00"
        answers[SNAPSHOTS] = {"result": []}
        answers["GET /collections/photos/snapshots"] = Raw(status=403)
        answers[TELEMETRY] = {"result": {"app": {"version": "1.9.0"}, "collections": {"collections": []}}}
        found = await here.snapshot()
        empty, refused = found.resources
        assert empty.unknown["last_snapshot"] == "It has no snapshot"
        assert (refused.values["last_snapshot"], refused.values["size"]) == (None, None)
        assert refused.values["points"] == 90_000
        assert [one.part for one in found.coverage.gaps] == ["snapshots of photos"]


async def test_a_name_with_odd_letters_is_quoted() -> None:
    async with visit("qdrant") as here:
        answers = here.served.state.answers
        answers["GET /collections"] = {"result": {"collections": [{"name": "a b"}]}}
        answers["GET /collections/a b"] = collection(points=300)
        assert (await here.snapshot()).resources[0].values["points"] == 300


async def test_an_optimizer_that_failed_is_shown_first() -> None:
    async with visit("qdrant") as here:
        await here.make_unhealthy()
        tool = here.tool("collections")
        first, second = (await tool.read(here.client, await here.call_of(tool))).text.splitlines()
        assert first.startswith("notes: red")
        assert "No space left" in first
        assert second.startswith("photos: yellow")


async def test_a_snapshot_is_deleted_again_and_no_other_one() -> None:
    async with visit("qdrant") as here:
        action, call = here.action("create_snapshot"), await here.call(FIXTURE.rounds[0])
        assert action.undo is not None
        before = await action.dry_run(here.client, call)
        assert "notes-3.snapshot" in await action.execute(here.client, call, before.baseline)
        [back] = await action.undo.dry_run(here.client, call, before.baseline)
        assert (back.before, back.after) == ("notes-3.snapshot", "deleted")
        await action.undo.execute(here.client, call, before.baseline)
        listed = here.served.state.object(SNAPSHOTS)["result"]
        assert isinstance(listed, list)
        assert [one["name"] for one in listed] == ["notes-1.snapshot", "notes-2.snapshot"]
