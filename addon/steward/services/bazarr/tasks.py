"""Tasks that Bazarr runs at set times, to be run now."""

from collections.abc import Mapping
from typing import Any, Final

from ...errors import PreconditionFailed
from ...sdk.answers import Item, known
from ...sdk.client import Rest
from ...sdk.description import Action, Call, Risk
from ...sdk.fields import choice_field
from ...sdk.kits import Job, Jobs, RunJob, always

OF: Final = choice_field("of", "Of", choices=("series", "films"), default="series")
RUNS: Final = "runs"
BEGINS: Final = 5.0
"""Seconds for which a task that was started is watched."""


class Task(Item, rename=None):
    """Something that it does at set times; it says only whether that runs now."""

    job_id: str
    name: str = ""
    job_running: bool | None = None


def _task(tasks: Mapping[str, str], **about: Any) -> Action[Rest]:
    """Return the action that runs a task of ``tasks``, for films or for series."""

    async def find(client: Rest, call: Call) -> Task:
        wanted = tasks[call.text(OF.key)]
        found = await client.whole(Task, "system/tasks", below="data")
        task = next((one for one in found if one.job_id == wanted), None)
        if task is None:
            raise PreconditionFailed(t"Bazarr has no task for {call.text(OF.key)}")
        return task

    async def start(client: Rest, call: Call) -> str:
        await client.send("POST", "system/tasks", form={"taskid": (await find(client, call)).job_id})
        return RUNS

    async def read(client: Rest, call: Call, _: str) -> Job:
        is_running = known((await find(client, call)).job_running)
        text = "it has ended already, or did not begin: Bazarr does not say which"
        return Job(handle=RUNS, is_running=is_running, text=text)

    async def newest(client: Rest, call: Call) -> Job | None:
        job = await read(client, call, RUNS)
        return job if job.is_running else None

    return RunJob[Rest](
        start=start,
        jobs=Jobs(read=read, newest=newest, seconds=BEGINS),
        changes=always(t"Task", t"at set times", t"runs now"),
        waits=False,
    ).action(risk=Risk.LOW, arguments=(OF,), **about)


SEARCH: Final = _task(
    {
        "series": "wanted_search_missing_subtitles_series",
        "films": "wanted_search_missing_subtitles_movies",
    },
    key="search_missing",
    name="Search missing subtitles",
    description="Asks all providers for what is missing.",
    icon="mdi:magnify",
)
REFRESH: Final = _task(
    {"series": "update_series", "films": "update_movies"},
    key="refresh",
    name="Refresh library",
    description="Reads the library from Sonarr or Radarr again.",
    icon="mdi:refresh",
)
