"""The client: what is read again before and after an action."""

from typing import Final

from ...errors import EffectUnknown, PreconditionFailed, ServiceNotFound, ServiceRefused
from ...sdk.answers import at, known
from ...sdk.client import Basic, Parameter, Rest
from ...sdk.description import Access, Call, Gaps
from ...sdk.fields import secret_field, text_field
from ...sdk.kits import Job
from ...sdk.targets import target
from .models import (
    ACTIVITY,
    KEA_LEASES,
    OLD_KEA_LEASES,
    Clock,
    Daemon,
    Firmware,
    OpnsenseState,
    Process,
)

KEY: Final = (
    text_field(
        "api_key",
        "API key",
        "Of a user under System, Access, with the privileges for the pages of gateways, services, activity, "
        "firmware, certificates and DHCP. Without one, its part is missing.",
    ),
    secret_field("api_secret", "API secret", "From the same file as the key"),
)
PROGRAMS: Final = {
    "kea-dhcpv4": "kea-dhcp4",
    "kea-dhcpv6": "kea-dhcp6",
    "kea": "kea-dhcp4",
    "webgui": "lighttpd",
    "openssh": "sshd",
}
"""Programs that are not called like their service."""


class OpnsenseClient(Rest):
    """One firewall."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="api", auth=Basic(KEY, "api_key", "api_secret"))
        self._kea_leases = KEA_LEASES

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return an answer; an older version has the leases of Kea under another path."""
        if path != KEA_LEASES:
            return await super().get(path, **query)
        try:
            return await super().get(self._kea_leases, **query)
        except ServiceNotFound:
            self._kea_leases = OLD_KEA_LEASES if self._kea_leases == KEA_LEASES else KEA_LEASES
            return await super().get(self._kea_leases, **query)

    async def poll(self, gaps: Gaps) -> OpnsenseState:
        """Return the state. Raises ServiceError."""
        return await OpnsenseState.poll(self, gaps)

    async def daemon(self, call: Call) -> Daemon:
        """Return the target. Raises PreconditionFailed when it is not configured any more."""
        found = await self.whole(Daemon, "core/service/search", below="rows")
        return target(found, call, lambda one: one.id, "is not configured to run any more")

    async def runs(self, call: Call) -> bool:
        """Return whether a service runs. Raises NotKnown."""
        return known((await self.daemon(call)).running)

    async def processes(self, call: Call) -> str:
        """Return the numbers of a service's processes. Raises PreconditionFailed when there are none."""
        name, _, instance = call.target.id.partition("/")
        program = PROGRAMS.get(name, name)
        rows = await self.whole(Process, ACTIVITY, below="details")
        found = {row.pid for row in rows if program in row.command and instance in row.command}
        if not found:
            raise PreconditionFailed(t"No process of {call.target.name} is known by its name")
        return ", ".join(sorted(found, key=len))

    async def control(self, call: Call, verb: str) -> None:
        """Start or restart a service. Raises ServiceRefused, EffectUnknown."""
        await self._expect("result", f"core/service/{verb}/{call.target.id}")

    async def started(self, _: Call) -> str:
        """Return when the firewall started."""
        clock = await self.one(Clock, "diagnostics/system/system_time")
        return self.start_times.of("firewall", clock.seconds)

    async def reboot(self, _: Call) -> None:
        """Restart the firewall."""
        await self._expect("status", "core/system/reboot")

    async def check_updates(self, _: Call) -> None:
        """Begin a check for updates."""
        await self._expect("status", "core/firmware/check")

    async def last_check(self, _: Call) -> Job | None:
        """Return the last check for updates, None when there was none."""
        found = await self.one(Firmware, "core/firmware/status")
        if not found.last_check:
            return None
        text = found.status_msg or found.status
        return Job(handle=found.last_check, is_running=False, ok=found.status != "error", text=text)

    async def _expect(self, key: str, path: str) -> None:
        answer = at(await self.send("POST", path), key)
        if answer == "failed":
            raise ServiceRefused(t"{path}: OPNsense refused it")
        if answer != "ok":
            raise EffectUnknown(t"{path}: the answer is not understood")
