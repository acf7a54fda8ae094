"""The interface to the Home Assistant that is connected to the app."""

from collections.abc import AsyncIterator, Mapping
from typing import Final, Protocol

from homelab_steward.contract.home import HomeAction, HomeFact, HomePart, HomeReport, HomeResult

from ..texts import english

RECENT_BACKUP: Final = "recent_backup"
PROVEN_BACKUP: Final = "proven_backup"
"""The names of the backups that a recipe needs, in its list of unknown facts."""

FACT_NAMES: Final[Mapping[str, str]] = {
    HomeFact.SOMEBODY_HOME: english("somebody is home"),
    HomeFact.SOMEBODY_ASLEEP: english("somebody is asleep"),
    HomeFact.EVERYBODY_ASLEEP: english("everybody is asleep"),
    HomeFact.STREAMING: english("somebody is streaming"),
    HomeFact.GUESTS: english("guests are there"),
    HomeFact.ON_BATTERY: english("the power is out"),
    HomeFact.ALARM_ARMED: english("the alarm is armed"),
    RECENT_BACKUP: english("there is a recent backup"),
    PROVEN_BACKUP: english("a backup was restored in a drill"),
}
"""The facts as parts of a sentence."""


class HomeAssistantPort(Protocol):
    """Reads and calls Home Assistant through the integration."""

    async def report(self, *parts: HomePart) -> HomeReport:
        """Return a new report with these parts; a part that lacks items has a gap.

        Raises ServiceUnreachable, ServiceForbidden (a person turned it off), ServiceMalformed.
        """

    async def check_restart(self) -> str | None:
        """Return why a restart would be refused, None when it would not.

        Raises ServiceUnreachable, ServiceForbidden, ServiceMalformed.
        """

    async def app_log(self, app: str) -> str:
        """Return the last lines that an app of Home Assistant OS wrote.

        Raises ServiceUnreachable, ServiceForbidden, ServiceMalformed.
        """

    async def release_notes(self, update: str) -> str:
        """Return the release notes of an update entity as Markdown, "" when there are none.

        Raises ServiceUnreachable, ServiceForbidden, ServiceMalformed.
        """

    async def call(
        self, action: HomeAction, target: str | None = None, version: str | None = None
    ) -> HomeResult:
        """Request one action and return its result; a job that it started may still run.

        ``version`` is the one to install.

        Raises ServiceUnreachable, ServiceForbidden and ServiceRefused when nothing was changed,
        EffectUnknown when that is not known.
        """

    async def unbind(self) -> None:
        """Forget the bound Home Assistant: the next request binds to one that is connected."""

    def pushed(self) -> AsyncIterator[HomeReport]:
        """Yield the reports that the integration pushes; a newer one replaces one not yet taken."""
