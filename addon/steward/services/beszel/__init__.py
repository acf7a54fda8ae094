"""Beszel: the load of systems with an agent, alerts about them, and pausing them."""

from typing import Final

from homelab_steward.contract.devices import Aspect, Method

from ...sdk.alarms import Alarm
from ...sdk.answers import Item, known, parse
from ...sdk.client import Credentials, LoginCall, Session
from ...sdk.description import Access, Call, Gaps, Right, Versions
from ...sdk.display import Text, brief, celsius, cpu_usage, diagnostic, duration, memory_share, percentage
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.monitors.pausing import ACTIVE, PausingClient, pausing
from ...sdk.monitors.service import monitor_service, watched_kind
from ...sdk.monitors.testifying import watched_testifies
from ...sdk.monitors.watched import Watched
from .models import BeszelState, System, now_of

WRITE: Final = Right(key="write", name="Role user or admin", needed_for="pause and resume systems")
LOGIN: Final = (text_field("username", "Email address"), secret_field("password", "Password"))


class User(Item, rename=None):
    """Who logged in: a user, an admin, or readonly."""

    role: str | None = None


class Login(Item, rename=None):
    """The answer to a login."""

    token: str
    record: User = User()


class Hub(Item, rename=None):
    """The hub itself."""

    v: str | None = None


class BeszelClient(PausingClient[BeszelState]):
    """One hub. A user sees the systems that were shared with it, and its own alerts."""

    base = "api"
    monitor, alert = "Beszel", "SystemDown"
    state = BeszelState

    def __init__(self, access: Access) -> None:
        super().__init__(access, Session(self._log_in, LOGIN))
        self._role: str | None = None

    async def _log_in(self, access: Access, call: LoginCall) -> Credentials:
        body = {"identity": access.text("username"), "password": access.text("password")}
        path = "collections/users/auth-with-password"
        login = parse(Login, (await call("POST", path, body=body)).body, path)
        self._role = login.record.role
        return Credentials(headers={"Authorization": login.token})

    async def poll(self, gaps: Gaps) -> BeszelState:
        """Return all systems. Raises ServiceError."""
        # With a token that has expired lists are empty, and only this is refused.
        hub = await self.one(Hub, "beszel/getkey")
        state = await super().poll(gaps)
        state.role, state.version = self._role, hub.v
        return state

    def alarms(self, state: BeszelState) -> list[Alarm]:
        """Return that systems are down, and that limits are exceeded."""
        systems = state.overview.by_key()
        rules = [one for one in state.read_or(BeszelState.rules, ()) if one.name != "Status"]
        found = [one.alarm(systems[one.system]) for one in rules if one.system in systems]
        return [*super().alarms(state), *found]

    def missing(self, state: BeszelState) -> Text | None:
        """Return why an alert may not be listed."""
        return super().missing(state) or state.gaps.of("rules")

    async def pause(self, call: Call) -> None:
        """Stop watching the target."""
        await self.send("PATCH", f"collections/systems/records/{call.target.id}", {"status": "paused"})

    async def resume(self, call: Call) -> None:
        """Watch the target again."""
        await self.send("PATCH", f"collections/systems/records/{call.target.id}", {"status": "pending"})


def _line(one: Watched[System]) -> str:
    info = one.item.info
    shares = (("CPU", info.cpu), ("memory", info.memory), ("disk", info.disk))
    return brief(f"{one}; {', '.join(f'{name} {share:g} %' for name, share in shares if share is not None)}")


SYSTEM: Final = watched_kind(
    "system",
    "System",
    cpu_usage(now_of(lambda info: info.cpu)),
    memory_share(now_of(lambda info: info.memory)),
    percentage("disk_share", "Disk usage", now_of(lambda info: info.disk), "mdi:harddisk"),
    celsius("temperature", "Temperature", now_of(lambda info: info.temperature), enabled=False),
    duration("uptime", "Uptime", now_of(lambda info: info.uptime), diagnostic=True, enabled=False),
    ACTIVE,
    diagnostic("agent", "Agent version", lambda one: known(one.item.info.agent), enabled=False),
    is_device=True,
    # The hub reads each system from its agent: then the system can be reached.
    testifies=watched_testifies(
        aspect=lambda _: Aspect.REACH, part=lambda _: "", method=lambda _: Method.AGENT
    ),
)
SERVICE: Final = monitor_service(
    key="beszel",
    name="Beszel",
    what=("systems", "Systems"),
    icon="mdi:server",
    settings=(url_field("http://beszel.example.org:8090"), *LOGIN, *TLS_SETTINGS),
    connect=BeszelClient,
    line=_line,
    version=lambda state: state.version,
    resources=(SYSTEM,),
    rights=(WRITE,),
    granted=lambda state: frozenset({WRITE.key} if known(state.role) != "readonly" else ()),
    understood=Versions("0.12", "0.20"),
).extended(**pausing("system", BeszelClient, needs=(WRITE.key,)))
