"""The services of updates, in a process of their own: forge, Argo CD, cluster, Docker, and registry.

The pull requests have one of three fates; the newer image of Paperless damages its data and restarts again
and again.
"""

import asyncio
import os
import signal
import socket
from collections import Counter
from contextlib import suppress
from typing import Any, Final

from aiohttp import web

from lab.fixtures import fixture_of
from lab.lab import Lab
from lab.replay import ReplayState
from lab.updates import NEW, NUMBER, PAPERLESS, LabUpdates
from services._forge import history, one, pulls
from services.argocd import APPS, operation
from services.github import check, checks
from services.kubernetes import PODS

KEYS: Final = ("github", "argocd", "kubernetes", "docker")
IMAGE: Final = "image"
KINDS: Final = ("good", "hook", "restarts")
"""What becomes of a pull request: it runs well, a hook of its sync fails, or its pod restarts on and on."""

SYNCS_IN: Final = 0.6
"""Seconds after which Argo CD has deployed a commit."""

CHECKED_IN: Final = 1.5
"""Seconds for which the check of a revert runs."""

FAILS_IN: Final = 5.5
"""Seconds for which the newer Paperless runs: longer than its start is looked at."""

TICK: Final = 0.1


class UpdateWorld:
    """The lab, and what is to happen in it."""

    def __init__(self, lab: Lab, updates: LabUpdates) -> None:
        self._lab = lab
        self._updates = updates
        self._kinds: dict[int, str] = {}
        self._deployed: list[str] = []
        self._checked: set[int] = set()
        self._kill: tuple[int, int] | None = None
        updates.syncs = updates.delivers = updates.fails_by_itself = False
        lab.world.changes.subscribe(self._changed)
        self._effects_seen = 0

    def application(self) -> web.Application:
        """Return the web application by which the processes and the test speak with the world."""
        made = web.Application()
        made.router.add_get("/services", self.services)
        made.router.add_post("/next/{kind}", self.next)
        made.router.add_post("/kill/{pid}/{after}", self.kill)
        made.router.add_get("/effects", self.effects)
        return made

    async def services(self, _: web.Request) -> web.Response:
        """Return the settings of each service, and the host of the registry."""
        settings = {key: dict(fixture_of(key).settings(self._lab.served[key])) for key in KEYS}
        return web.json_response({"services": settings, "registry": self._updates.registry.host})

    async def next(self, request: web.Request) -> web.Response:
        """Offer an update of this kind."""
        kind = request.match_info["kind"]
        if kind == IMAGE:
            self._updates.run_paperless()
            start = self._updates.engine.started

            def started(found: dict[str, Any]) -> None:
                start(found)
                if found["Config"]["Image"].endswith(NEW):
                    asyncio.get_running_loop().call_later(FAILS_IN, self._updates.fail)

            self._updates.engine.started = started
        else:
            number = max(self._kinds, default=NUMBER - 1) + 2
            closed = [row for row in pulls(self._state("github")) if row["state"] == "closed"]
            self._kinds[number] = kind
            await self._updates.open_pull_request(number)
            pulls(self._state("github")).extend(closed)
        return web.json_response({})

    async def kill(self, request: web.Request) -> web.Response:
        """Kill a process as soon as it has made so many changes from now on."""
        # Not by its number, which another process may have when this one has ended.
        self._kill = os.pidfd_open(int(request.match_info["pid"])), int(request.match_info["after"])
        return web.json_response({})

    async def effects(self, _: web.Request) -> web.Response:
        """Return what was done."""
        done = Counter(f"{one.method} {one.path}" for one in self._lab.world.effects)
        rows = pulls(self._state("github"))
        reverts = {
            number: [row["merged"] for row in rows if row["body"] == f"Reverts rack/kitchen#{number}"]
            for number in self._kinds
        }
        found = {
            "kinds": self._kinds,
            "merges": {
                number: done[f"PUT /repos/rack/kitchen/pulls/{number}/merge"] for number in self._kinds
            },
            "reverts": reverts,
            "containers": sorted(self._updates.engine.containers),
        }
        if PAPERLESS in self._updates.engine.containers:
            found |= {"version": self._updates.version, "documents": self._updates.documents.decode()}
        return web.json_response({"under_way": 0, "effects": found})

    async def run(self) -> None:
        """Play Argo CD, the cluster, and the checks of reverts."""
        while True:
            self._deploy()
            self._check()
            if self._fate == "restarts" and self._is_deployed:
                self._container()["restartCount"] += 1
            await asyncio.sleep(TICK)

    @property
    def _fate(self) -> str:
        """The kind of what is the newest commit of main, "good" for a revert."""
        newest = history(self._state("github"))[-1]
        numbers = {
            one(self._state("github"), number)["merge_commit_sha"]: number for number in self._listed()
        }
        return self._kinds.get(numbers.get(newest, 0), "good")

    def _listed(self) -> list[int]:
        known = {row["number"] for row in pulls(self._state("github"))}
        return [number for number in self._kinds if number in known]

    @property
    def _is_deployed(self) -> bool:
        return bool(self._application()["status"]["sync"]["revision"] == history(self._state("github"))[-1])

    def _deploy(self) -> None:
        newest = history(self._state("github"))[-1]
        if newest in self._deployed or len(history(self._state("github"))) == 1:
            return
        self._deployed.append(newest)
        status, argo, fate = self._application()["status"], self._state("argocd"), self._fate

        def synced() -> None:
            status["sync"] = {"status": "Synced", "revision": newest}
            status["operationState"] = operation(at=argo.stamp())
            status["health"] = {"status": "Healthy"}

        def failed() -> None:
            ended = operation("Failed", "hook migrate failed", at=argo.stamp())
            status["sync"]["status"] = "OutOfSync"
            status["operationState"] = {**ended, "syncResult": {"revision": newest}}

        argo.later(SYNCS_IN, failed if fate == "hook" else synced)

    def _check(self) -> None:
        """Let the check of each new revert run for a time."""
        state = self._state("github")
        for row in pulls(state):
            if not row["body"].startswith("Reverts") or row["number"] in self._checked:
                continue
            self._checked.add(row["number"])
            route = f"GET /repos/rack/kitchen/commits/{row['head']['sha']}/check-runs"
            state.answers[route] = checks(check("test", None, "queued"))
            state.later(CHECKED_IN, lambda route=route: state.answers.update({route: checks(check("test"))}))  # type: ignore[misc]

    def _changed(self) -> None:
        self._check()
        count = len(self._lab.world.effects)
        new, self._effects_seen = count - self._effects_seen, count
        if self._kill is None or not new:
            return
        process, left = self._kill[0], self._kill[1] - new
        self._kill = (process, left) if left > 0 else None
        if left <= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, signal.SIGKILL)
            os.close(process)

    def _application(self) -> dict[str, Any]:
        items: Any = self._state("argocd").object(APPS)["items"]
        return items[0]  # type: ignore[no-any-return]

    def _container(self) -> dict[str, Any]:
        items: Any = self._state("kubernetes").object(PODS)["items"]
        return items[0]["status"]["containerStatuses"][0]  # type: ignore[no-any-return]

    def _state(self, key: str) -> ReplayState:
        return self._lab.replay(key).state


async def _serve(listener: socket.socket) -> None:
    lab = Lab(services=KEYS, real_alertmanager=False, is_alerting=False)
    updates = LabUpdates(lab)
    async with lab, updates:
        made = UpdateWorld(lab, updates)
        runner = web.AppRunner(made.application(), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        await made.run()


def serve(listener: socket.socket) -> None:
    """Serve until the process is ended."""
    asyncio.run(_serve(listener))
