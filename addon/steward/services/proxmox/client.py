"""Talks to Proxmox VE through proxmoxer, in a few threads that keep their connections."""

import asyncio
import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import orjson
import requests
import urllib3
from proxmoxer.backends.https import Backend
from proxmoxer.core import ProxmoxResource, ResourceException
from yarl import URL

from ...clock import Clock
from ...errors import EffectUnknown, InvalidSetting, PreconditionFailed, ServiceMalformed, ServiceUnreachable
from ...http import MAX_BODY, PATIENCE, TIMEOUT, Attempt, Tls, plain
from ...tasks import task_group
from .models import Cluster, GuestConfig, GuestRef, GuestStatus, NodeStatus, Task
from .parsing import (
    parse_cluster,
    parse_guest_config,
    parse_guest_status,
    parse_node_status,
    parse_task,
    parse_tasks,
    parse_upid,
)

THREADS: Final = 4
_NO_CONNECTION: Final = 595
"""What a node answers that could not connect to the node a call is about."""

_PIECE: Final = 64 * 1024
_LOOK_AGAIN: Final = 0.25


class ProxmoxClient:
    """One cluster, asked with an API token."""

    def __init__(self, address: URL, token_id: str, token_secret: str, tls: Tls, clock: Clock) -> None:
        """Remember the way; nothing is opened here.

        Raises:
            InvalidSetting: when the token id is none or the address is not https.
        """
        user, mark, name = token_id.partition("!")
        if not (user and mark and name and "@" in user):
            raise InvalidSetting("token_id", "must look like user@realm!name")
        if address.scheme != "https":
            raise InvalidSetting("url", "must begin with https://")
        self._address = address
        self._backend: Callable[[], Backend] = lambda: Backend(
            host=address.host,
            port=address.port,
            path_prefix=address.path.strip("/") or None,
            user=user,
            token_name=name,
            token_value=token_secret,
            verify_ssl=tls.ca_certificate or True if tls.verify else False,
            timeout=TIMEOUT,
        )
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="proxmox")
        self._local = threading.local()
        self._sessions: list[requests.Session] = []

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self._clock

    async def close(self) -> None:
        """Let go of connections and threads; calls that wait for a thread are cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for session in self._sessions:
            session.close()

    async def cluster(self) -> Cluster:
        """Return everything one poll shows."""
        async with task_group() as calls:
            version = calls.create_task(self._call("GET", "version"))
            resources = calls.create_task(self._call("GET", "cluster/resources"))
        return parse_cluster(version.result(), resources.result())

    async def guest_status(self, guest: GuestRef) -> GuestStatus:
        """Return how a guest is right now."""
        return parse_guest_status(await self._call("GET", f"nodes/{guest}/status/current"))

    async def guest_config(self, guest: GuestRef) -> GuestConfig:
        """Return how a container is configured."""
        return parse_guest_config(await self._call("GET", f"nodes/{guest}/config"))

    async def node_status(self, node: str) -> NodeStatus:
        """Return how a node is right now."""
        return parse_node_status(await self._call("GET", f"nodes/{node}/status"))

    async def tasks(self, guest: GuestRef, limit: int = 20) -> tuple[Task, ...]:
        """Return what was done with a guest on its node, running tasks included, newest first."""
        answer = await self._call(
            "GET", f"nodes/{guest.node}/tasks", vmid=guest.vmid, source="all", limit=limit
        )
        return parse_tasks(answer)

    async def set_memory(self, guest: GuestRef, memory_mib: int, digest: str) -> None:
        """Give a container another memory limit, unless its configuration is no longer ``digest``.

        Raises:
            PreconditionFailed: somebody changed the configuration meanwhile; nothing was done.
        """
        try:
            await self._call("PUT", f"nodes/{guest}/config", memory=memory_mib, digest=digest)
        except EffectUnknown as err:
            if "detected modified configuration" in str(err):
                raise PreconditionFailed("The configuration was changed by somebody else") from err
            raise

    async def power(self, guest: GuestRef, command: str, **parameters: int) -> str:
        """Start, shut down or reboot a guest; return the id of the task that does it."""
        answer = await self._call("POST", f"nodes/{guest}/status/{command}", **parameters)
        try:
            return parse_upid(answer)
        except ServiceMalformed as err:
            raise EffectUnknown(f"{command}: Proxmox's answer was not understood") from err

    async def wait_for_task(self, node: str, upid: str, seconds: float) -> Task:
        """Return the task once it has ended, or as it is when ``seconds`` are over.

        A read that fails is tried again until then.
        """
        deadline = self._clock.monotonic() + seconds
        while True:
            try:
                task = parse_task(await self._call("GET", f"nodes/{node}/tasks/{upid}/status"))
            except ServiceUnreachable:
                if self._clock.monotonic() >= deadline:
                    raise
            else:
                if not task.is_running or self._clock.monotonic() >= deadline:
                    return task
            await self._clock.sleep(_LOOK_AGAIN)

    async def _call(self, method: str, path: str, **parameters: str | int) -> object:
        attempt = Attempt.at(method, self._address.joinpath("api2/json", path))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                return await loop.run_in_executor(self._threads, self._ask, attempt, method, path, parameters)
        except TimeoutError as err:
            raise attempt.no_answer("no answer in time") from err

    def _ask(self, attempt: Attempt, method: str, path: str, parameters: dict[str, str | int]) -> object:
        """Call once, in a thread, and raise what it means when that fails."""
        verb = method.lower()
        try:
            return getattr(self._resource()(path), verb)(**parameters)
        except ResourceException as err:
            raise _refusal(attempt, err) from err
        except requests.TooManyRedirects as err:
            raise attempt.malformed("redirects elsewhere: is the address right?") from err
        except (requests.RequestException, urllib3.exceptions.HTTPError) as err:
            raise _lost(attempt, err) from err
        except OSError as err:
            raise InvalidSetting("ca_certificate", "is no readable PEM file") from err

    def _resource(self) -> ProxmoxResource:
        """Return this thread's own session, kept alive: requests' sessions are not thread-safe."""
        if not hasattr(self._local, "resource"):
            backend = self._backend()
            session = backend.get_session()
            session.trust_env = False
            session.max_redirects = 0
            session.hooks["response"].append(_read_within_bounds)
            self._sessions.append(session)
            self._local.resource = ProxmoxResource(
                base_url=backend.get_base_url(), session=session, serializer=_Serializer()
            )
        resource: ProxmoxResource = self._local.resource
        return resource


class _Serializer:
    """Decodes what proxmoxer's own would pass on undecoded: web pages and broken JSON."""

    def loads(self, response: requests.Response) -> object:
        attempt = _attempt_of(response)
        answer = attempt.understand(response.status_code, response.content)
        if not isinstance(answer, dict) or "data" not in answer:
            raise attempt.malformed("the answer holds no data")
        return answer["data"]

    def loads_errors(self, response: requests.Response) -> object:
        try:
            answer = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            return None
        return answer.get("errors") if isinstance(answer, dict) else None


def _attempt_of(response: requests.Response) -> Attempt:
    return Attempt.at(response.request.method or "GET", URL(response.request.url or ""))


def _read_within_bounds(response: requests.Response, *_: Any, **__: Any) -> None:
    """Read the body before requests does, and give up where it is too long."""
    data = bytearray()
    while piece := response.raw.read(_PIECE, decode_content=True):
        data += piece
        if len(data) > MAX_BODY:
            response.close()
            raise _attempt_of(response).malformed(f"the answer is longer than {MAX_BODY // 1024**2} MiB")
    response.raw = io.BytesIO(data)


def _refusal(attempt: Attempt, err: ResourceException) -> Exception:
    words = plain(str(err.content or ""))
    if isinstance(err.errors, dict):
        words = plain("; ".join([words, *(f"{key}: {text}" for key, text in err.errors.items())]))
    if err.status_code == _NO_CONNECTION:
        return attempt.not_sent(words or "the node is not reachable")
    return attempt.refusal(err.status_code, words)


def _lost(attempt: Attempt, err: Exception) -> Exception:
    reason = "no answer in time" if isinstance(err, requests.Timeout) else "the connection broke"
    if isinstance(err, requests.exceptions.SSLError):
        reason = "no trusted TLS connection"
    if _was_opened(err):
        return attempt.no_answer(reason)
    return attempt.not_sent("cannot connect" if reason == "the connection broke" else reason)


def _was_opened(err: Exception) -> bool:
    """Whether the request may have left: anything but a connection that failed to open."""
    if isinstance(err, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return False
    cause = getattr(err.args[0] if err.args else None, "reason", None)
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return False
    return "CERTIFICATE_VERIFY_FAILED" not in str(err)
