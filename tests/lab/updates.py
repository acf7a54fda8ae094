"""Updates in the lab: a pull request that Argo CD deploys, and an image that breaks its data."""

import asyncio
import hmac
import json
from types import TracebackType
from typing import Any, Final, Self, cast

from aiohttp import ClientSession, ClientTimeout

from lab.lab import Lab
from lab.registry import RegistrySimulator
from lab.replay import ReplayState
from lab.wire import Json
from services._forge import BASE, changed_file, history, one, pull, pulls
from services._kubernetes import Answer, listed
from services.argocd import APPS, application, deployed, operation, part
from services.docker.engine import Engine, EngineSimulator
from services.kubernetes import DEPLOYMENTS, POD_USAGE, PODS, pod, usage, workload

NUMBER: Final = 47
REPOSITORY: Final = "https://git.example.org/rack/kitchen.git"
FILE: Final = "apps/sonarr/values.yaml"
NOTES: Final = """This PR contains the following updates:

| Package | Update | Change |
|---|---|---|
| [ghcr.io/linuxserver/sonarr](https://github.com/Sonarr/Sonarr) | patch | `OLD` -> `NEW` |

---

### Release Notes

<details>
<summary>Sonarr/Sonarr (ghcr.io/linuxserver/sonarr)</summary>

### [`vNEW`](https://github.com/Sonarr/Sonarr/releases/tag/vNEW)

#### Bug Fixes

- Fixed: A memory leak while feeds are read
- Fixed: Episodes without a title are imported again

</details>

---

### Configuration

📅 **Schedule**: Branch creation - At any time (no schedule defined), Automerge - At any time.
"""
SECRET: Final = "webhook-secret-of-the-lab"
NOTICED, SYNCED, HEALTHY = 0.5, 1.5, 2.5
"""Seconds after the merge."""

MEBIBYTES: Final = ("380Mi", "340Mi")
"""What Sonarr uses before and after the update."""

PAPERLESS: Final = "paperless"
IMAGE: Final = "lab/paperless"
OLD, NEW = "2.13.1", "2.13.2"
VOLUME: Final = "paperless_data"
DOCUMENTS: Final = b"412 documents"
DAMAGED: Final = b"0 documents"
PLATFORM: Final = "linux/arm64/v8"
FAILS_AFTER: Final = 8.0
RESTARTS_EVERY: Final = 0.4
"""Seconds that the new version of Paperless runs by itself, and between two of its restarts then."""


class LabUpdates:
    """`async with LabUpdates(lab) as updates:` changes a lab whose steward is not started yet.

    GitHub has no pull request, Argo CD deploys Sonarr to Kubernetes, and no container runs in Docker.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.registry = RegistrySimulator(lab.world, lab.faults)
        self.number = NUMBER
        self.delivers = True
        self.syncs = True
        self.fails_by_itself = True
        self._url = ""
        self._failing: asyncio.Task[None] | None = None
        self._images: dict[str, dict[str, str]] = {}
        self._is_noticed = False

    async def __aenter__(self) -> Self:
        self.registry.wants_token = False
        await self.registry.start()
        self._prepare_pull_requests()
        self._prepare_cluster()
        self._prepare_containers()
        self._unsubscribe = self.lab.world.changes.subscribe(self.deploy)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unsubscribe()
        self._end_failure()
        await self.registry.close()

    @property
    def engine(self) -> Engine:
        """The Docker Engine."""
        return cast("EngineSimulator", self.lab.served["docker"]).engine

    @property
    def row(self) -> dict[str, Any]:
        """The pull request."""
        return one(self._state("github"), self.number)

    @property
    def merges(self) -> int:
        """How often the pull request was merged."""
        return len(self.merged_with)

    @property
    def merged_with(self) -> list[Json]:
        """The commits that merges of the pull request asked for."""
        path = f"/repos/rack/kitchen/pulls/{self.number}/merge"
        return [effect.body.get("sha") for effect in self.lab.world.effects if effect.path == path]

    @property
    def head(self) -> str:
        """The newest commit of the pull request."""
        return f"50a44{self.number}".ljust(40, "0")

    @property
    def documents(self) -> bytes:
        """The content of Paperless' volume."""
        return self.engine.storage.content[VOLUME]

    @property
    def version(self) -> str:
        """The version of Paperless that runs, "" when none does."""
        found = self.engine.containers[PAPERLESS]
        tag: str = found["Config"]["Image"].rpartition(":")[2]
        return tag if found["State"]["Running"] else ""

    def connect(self, url: str) -> None:
        """Deliver GitHub's webhooks to this steward from now on."""
        self._url = url

    async def open_pull_request(self, number: int = NUMBER) -> None:
        """Let Renovate open a pull request: number 47 for Sonarr 4.0.2, 48 for 4.0.3, and so on.

        Raises aiohttp.ClientError when its webhook is refused.
        """
        self.number = number
        rows = pulls(self._state("github"))
        old, new = (f"4.0.{number - NUMBER + patch}" for patch in (1, 2))
        created = self._state("github").stamp()
        head: Json = {"ref": "renovate/sonarr-4.x", "sha": self.head, "repo": {"full_name": "rack/kitchen"}}
        title = f"chore(deps): update ghcr.io/linuxserver/sonarr docker tag to v{new}"
        body = NOTES.replace("OLD", old).replace("NEW", new)
        rows[:] = [pull(number, title, body=body, created_at=created, head=head)]
        files = f"GET /repos/rack/kitchen/pulls/{number}/files"
        self._state("github").answers[files] = [changed_file(FILE)]
        self._is_noticed = False
        self.lab.world.changes.notify()
        if self.delivers:
            await self._deliver({"action": "opened", "number": number})

    def deploy(self) -> None:
        """Let Argo CD deploy the pull request once it is merged, unless ``syncs`` is off."""
        if self._is_noticed or not self.syncs or not pulls(self._state("github")) or not self.row["merged"]:
            return
        self._is_noticed = True
        argo, commit = self._state("argocd"), history(self._state("github"))[-1]
        status = self._application()["status"]

        def synced() -> None:
            status["sync"] = {"status": "Synced", "revision": commit}
            status["health"] = {"status": "Progressing"}
            status["operationState"] = operation(at=argo.stamp())
            status["history"].append(deployed(len(status["history"]) + 1, commit))

        def healthy() -> None:
            status["health"] = {"status": "Healthy"}
            self._use_memory(MEBIBYTES[1])

        argo.later(NOTICED, lambda: status["sync"].update(status="OutOfSync"))
        argo.later(SYNCED, synced)
        argo.later(HEALTHY, healthy)

    def run_paperless(self) -> None:
        """Let Docker run Paperless, of which its registry has a newer version that damages the data."""
        engine = self.engine
        self._end_failure()
        reference = f"{self.registry.host}/{IMAGE}:{OLD}"
        engine.containers.pop(PAPERLESS, None)
        found = engine.add(PAPERLESS, RestartPolicy={"Name": "always"})
        found["Image"] = self._images[OLD][PLATFORM]
        found["Config"]["Image"] = reference
        found["HostConfig"] |= {"Binds": [f"{VOLUME}:/data"], "NetworkMode": "bridge"}
        found["Mounts"] = [{"Type": "volume", "Name": VOLUME, "Destination": "/data", "RW": True}]
        found["NetworkSettings"] = {"Networks": {"bridge": {}}}
        engine.storage.content[VOLUME] = DOCUMENTS
        engine.started = self._start

    def fail(self) -> None:
        """Let the new version of Paperless end again and again from now on."""
        self._end_failure()
        self._failing = asyncio.get_running_loop().create_task(self._restart_forever(0.0))

    def _start(self, found: dict[str, Any]) -> None:
        if found["Image"] != self._images[NEW][PLATFORM]:
            return
        self.engine.storage.content[VOLUME] = DAMAGED
        self._end_failure()
        if self.fails_by_itself:
            self._failing = asyncio.get_running_loop().create_task(self._restart_forever(FAILS_AFTER))

    async def _restart_forever(self, after: float) -> None:
        await asyncio.sleep(after)
        while (found := self.engine.containers.get(PAPERLESS)) and found["Config"]["Image"].endswith(NEW):
            if not found["State"]["Running"]:
                return  # somebody stopped it
            found["RestartCount"] += 1
            await asyncio.sleep(RESTARTS_EVERY)

    def _end_failure(self) -> None:
        if self._failing is not None:
            self._failing.cancel()
            self._failing = None

    def _prepare_pull_requests(self) -> None:
        self._state("github").values["pulls"] = []

    def _prepare_cluster(self) -> None:
        app = application("sonarr", {"automated": {}})
        app["spec"]["source"] = {"repoURL": REPOSITORY, "path": "apps/sonarr", "targetRevision": "main"}
        app["status"]["sync"]["revision"] = BASE
        app["status"]["resources"] = [part("Deployment", "sonarr")]
        self._state("argocd").replace({APPS: listed(app)})
        cluster, container = self._state("kubernetes"), pod("radarr-6d5f-x2x7k", "media", "radarr")
        running = _renamed([workload("radarr", "media", 1, revision="2"), container])
        running[0]["metadata"]["labels"] = {"argocd.argoproj.io/instance": "sonarr"}
        cluster.replace({DEPLOYMENTS: listed(running[0]), PODS: listed(running[1])})
        for route in ("GET /apis/apps/v1/statefulsets", "GET /apis/apps/v1/daemonsets"):
            cluster.replace({route: listed()})
        self._use_memory(MEBIBYTES[0])

    def _prepare_containers(self) -> None:
        engine = self.engine
        engine.containers.clear()
        engine.storage.images.clear()
        engine.storage.add_volume(VOLUME)
        for number, tag in enumerate((OLD, NEW)):
            self._images[tag] = digests = self.registry.push(IMAGE, tag, layer=str(number))
            reference = f"{self.registry.host}/{IMAGE}"
            engine.storage.images[digests[PLATFORM]] = [f"{reference}:{tag}"]
            engine.storage.pulled[digests[PLATFORM]] = f"{reference}@{digests['']}"

    def _use_memory(self, amount: str) -> None:
        name = self._state("kubernetes").object(PODS)["items"][0]["metadata"]["name"]  # type: ignore[index, call-overload]
        self._state("kubernetes").replace({POD_USAGE: listed(usage(str(name), "media", "sonarr", amount))})

    def _application(self) -> Answer:
        items: Any = self._state("argocd").object(APPS)["items"]
        return cast("Answer", items[0])

    def _state(self, key: str) -> ReplayState:
        return self.lab.replay(key).state

    async def _deliver(self, event: dict[str, Any]) -> None:
        body = json.dumps(event).encode()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "pull_request",
            "X-Hub-Signature-256": f"sha256={hmac.new(SECRET.encode(), body, 'sha256').hexdigest()}",
        }
        async with (
            ClientSession(timeout=ClientTimeout(total=15)) as session,
            session.post(f"{self._url}/api/webhooks/github", data=body, headers=headers) as response,
        ):
            response.raise_for_status()


def _renamed(objects: list[Answer]) -> list[Answer]:
    """Return objects of Radarr as those of Sonarr."""
    text = json.dumps(objects).replace("radarr:6", "ghcr.io/linuxserver/sonarr:4.0.1")
    return cast("list[Answer]", json.loads(text.replace("radarr", "sonarr")))
