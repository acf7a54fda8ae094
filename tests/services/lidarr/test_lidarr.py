"""Lidarr: what differs from its relatives."""

from lab.visit import visit


async def test_the_queue_and_the_search_are_those_of_music() -> None:
    async with visit("lidarr") as here:
        queue, search = here.tool("queue"), here.action("search_missing")
        assert "Hot Aisle" in (await queue.read(here.client, await here.call_of(queue))).text
        call = await here.call_of(search)
        before = await search.dry_run(here.client, call)
        assert [one.after for one in before.differences] == ["for 2 missing albums"]
        await search.execute(here.client, call, before.baseline)
        assert here.lab.world.effects[0].body == {"name": "MissingAlbumSearch"}
