"""Gitea: what differs from GitHub."""

from lab.visit import visit


async def test_the_status_of_a_job_is_its_result() -> None:
    async with visit("gitea") as here:
        await here.make_unhealthy()
        found = (await here.checks()).problems
        assert found["workflow_failing", ("repository", "11")] == "Failed on main: build"


async def test_pull_requests_show_the_combined_state() -> None:
    async with visit("gitea") as here:
        tool = here.tool("pull_requests")
        lines = (await tool.read(here.client, await here.call_of(tool, "rack/kitchen"))).text.splitlines()
        assert [line.rpartition("checks ")[2] for line in lines] == ["passed", "passed"]
