"""Pictures of Home Assistant and the lab, taken in Chromium while the story is played."""

import asyncio
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from demo.household import ROOT, Household
from demo.processes import plain_environment
from lab.wire import Json, JsonObject, dumps

PYTHON = ROOT / ".venv-ha" / "bin" / "python"
NAMES = ("chromium", "chromium-browser", "google-chrome")


class NoPictureError(Exception):
    """A picture could not be taken; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture; `ready` is a text that is on the page when it is drawn."""

    url: str
    file: str
    ready: str
    width: int = 1280
    height: int = 900


class Screens:
    """Writes PNG files into one folder."""

    def __init__(self, household: Household, folder: Path) -> None:
        self._household = household
        self._folder = folder.resolve()

    async def in_the_middle(self) -> str:
        """The lab while both faces ask."""
        return await self._take(None, [self._lab("lab-asking")])

    async def at_the_end(self) -> str:
        """The lab after the decision, and Home Assistant's pages."""
        home_assistant = self._household.home_assistant
        owner = self._household.owner
        login: JsonObject = {
            "url": home_assistant.url,
            "username": owner.username,
            "password": owner.password,
        }
        return await self._take(login, [self._lab("lab-solved"), *await self._pages()])

    def _lab(self, name: str) -> Shot:
        return Shot(url=self._household.page.url, file=name, ready="Arr Suite", width=1440, height=1000)

    async def _pages(self) -> list[Shot]:
        url = self._household.home_assistant.url
        devices = await self._household.integration.devices()
        integration = f"{url}/config/integrations/integration/homelab_steward"
        shots = [Shot(url=integration, file="integration", ready="Homelab Steward")]
        for name in ("Homelab Steward", "Radarr", "Proxmox"):
            file = f"device-{name.lower().replace(' ', '-')}"
            shots.append(Shot(url=f"{url}/config/devices/device/{devices[name]}", file=file, ready=name))
        return shots

    async def _take(self, login: JsonObject | None, shots: list[Shot]) -> str:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        rows: list[Json] = [{**asdict(one), "file": str(self._folder / f"{one.file}.png")} for one in shots]
        order: JsonObject = {"program": _find_browser(), "login": login, "shots": rows}
        process = await asyncio.create_subprocess_exec(
            str(PYTHON),
            "-m",
            "demo.browser",
            env=plain_environment(PYTHONPATH=str(ROOT / "tests")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(dumps(order).encode())
        if process.returncode:
            raise NoPictureError(output.decode(errors="replace")[-1500:])
        return ", ".join(f"{one.file}.png" for one in shots)


def _find_browser() -> str:
    for name in NAMES:
        if (found := shutil.which(name)) is not None:
            return found
    raise NoPictureError(f"none of {', '.join(NAMES)} is installed")
