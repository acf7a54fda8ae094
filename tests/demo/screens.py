"""Screenshots of Home Assistant and the lab, taken in Chromium while the story is played."""

import asyncio
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from demo.asking import TOPIC, Asking
from demo.browsers import PYTHON, find_browser
from demo.installation import ROOT, Installation
from demo.processes import plain_environment
from demo.repair import Repair
from demo.steps import Steps
from demo.story import press_telegram
from demo.updates import Paperless, PullRequest
from lab.updates import PAPERLESS
from lab.wire import Json, JsonObject, dumps

DEVICES = (
    "Homelab Steward",
    "Radarr",
    "Proxmox",
    "TrueNAS",
    "UniFi Network",
    "Jellyfin",
    "Network UPS Tools",
)
"""The devices whose pages are shown."""

PANEL = {
    "incidents": "Memory of radarr",
    "services": "Proxmox",
    "runbooks": "Used until now",
    "people": "May decide about every risk",
    "models": "Local",
    "audit": "approval.decided",
    "settings": "Report every step",
}
"""The pages of the panel that are shown, with a text to wait for."""

QUESTIONS = (
    "Is everything OK?",
    "Which container uses the most memory?",
    "Restart Radarr tonight at 3",
)
"""What is asked in Assist."""

UPDATES = "Infrastructure"
"""The topic of updates."""


async def play_for_screenshots(installation: Installation, steps: Steps, folder: Path) -> None:
    """Play the story once and take all screenshots. Raises StepFailedError."""
    screens = Screens(installation, folder)
    asking = Asking(installation, history="never tried before")
    await asking.play(steps)
    await steps.play("screenshots of the request", screens.of_request())
    repair = Repair(asking, person=installation.owner.name, via="Telegram")
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await repair.play(steps)
    await steps.play("screenshots of the result", screens.of_result())
    pull_request, paperless = PullRequest(installation), Paperless(installation)
    await pull_request.open(steps)
    await paperless.find(steps)
    await steps.play("screenshots of two updates that wait", screens.of_updates("asked", ready="Careful"))
    await pull_request.approve(steps)
    await paperless.approve(steps)
    await pull_request.end(steps)
    await paperless.end(steps)
    await steps.play(
        "screenshots of their results", screens.of_updates("ended", ready="Blocked: it failed here")
    )
    await steps.play("screenshot of a conversation", screens.of_conversation())


class ScreenshotError(Exception):
    """A screenshot could not be taken; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One screenshot.

    `ready` is a text to wait for, `click` one to click on, and `show` one to scroll to; `ask` are questions
    in Assist. `scheme` is `light` or `dark`.

    """

    url: str
    file: str
    ready: str
    click: str = ""
    show: str = ""
    ask: tuple[str, ...] = ()
    width: int = 1280
    height: int = 900
    scheme: str = "light"

    def on_phone(self) -> Shot:
        """Return the same screenshot on a phone, in the dark scheme."""
        return replace(self, file=f"{self.file}-phone", width=390, height=844, scheme="dark")


class Screens:
    """Takes screenshots as PNG files in one folder."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self._installation = installation
        self._folder = folder.resolve()

    async def of_request(self) -> str:
        """Take screenshots of the lab and of the panel while the request is pending."""
        inbox = self._panel("inbox", ready="Increase memory")
        asking = self._lab("lab-asking", show="Details")
        return await self._take(self._login(), [asking, inbox, inbox.on_phone()])

    async def of_result(self) -> str:
        """Take screenshots of the lab after the decision, and of Home Assistant's pages."""
        panel = [self._panel(name, ready=ready) for name, ready in PANEL.items()]
        shots = [self._lab("lab-solved", show="via Telegram at"), *await self._pages()]
        return await self._take(self._login(), [*shots, *panel, *(one.on_phone() for one in panel)])

    async def of_updates(self, state: str, *, ready: str) -> str:
        """Take screenshots of the lab, the panel's page of updates, and an update entity."""
        page = self._panel("changes", ready=ready)
        home = self._installation.home_assistant.url
        entity = f"{home}/config/entities?more-info-entity-id={await self._update_entity()}"
        shots = [
            replace(self._lab(f"lab-update-{state}", show="4.0.1"), ready=UPDATES, click=UPDATES),
            replace(page, file=f"panel-changes-{state}"),
            Shot(url=entity, file=f"update-entity-{state}", ready="Paperless"),
        ]
        return await self._take(self._login(), [one for shot in shots for one in (shot, shot.on_phone())])

    async def of_conversation(self) -> str:
        """Take a screenshot of questions and answers in Assist."""
        url = self._installation.home_assistant.url
        return await self._take(
            self._login(), [Shot(url=url, file="assist", ready="Overview", ask=QUESTIONS)]
        )

    async def _update_entity(self) -> str:
        entities = await self._installation.integration.entities()
        found = (one.entity_id for one in entities if one.entity_id.startswith("update."))
        return next(one for one in found if PAPERLESS in one)

    def _login(self) -> JsonObject:
        owner = self._installation.owner
        url = self._installation.home_assistant.url
        return {"url": url, "username": owner.username, "password": owner.password}

    def _panel(self, name: str, *, ready: str) -> Shot:
        url = f"{self._installation.home_assistant.url}/homelab-steward/{name}"
        return Shot(url=url, file=f"panel-{name}", ready=ready)

    def _lab(self, name: str, *, show: str) -> Shot:
        return Shot(url=self._installation.page.url, file=name, ready=TOPIC, click=TOPIC, show=show)

    async def _pages(self) -> list[Shot]:
        url = self._installation.home_assistant.url
        devices = await self._installation.integration.devices()
        integration = f"{url}/config/integrations/integration/homelab_steward"
        shots = [Shot(url=integration, file="integration", ready="Homelab Steward")]
        for name in DEVICES:
            file = f"device-{name.lower().replace(' ', '-')}"
            shots.append(Shot(url=f"{url}/config/devices/device/{devices[name]}", file=file, ready=name))
        return [one for shot in shots for one in (shot, shot.on_phone())]

    async def _take(self, login: JsonObject | None, shots: list[Shot]) -> str:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        rows: list[Json] = [{**asdict(one), "file": str(self._folder / f"{one.file}.png")} for one in shots]
        job: JsonObject = {"program": find_browser(), "login": login, "shots": rows}
        process = await asyncio.create_subprocess_exec(
            str(PYTHON),
            "-m",
            "demo.browser",
            env=plain_environment(PYTHONPATH=str(ROOT / "tests")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(dumps(job).encode())
        if process.returncode:
            raise ScreenshotError(output.decode(errors="replace")[-1500:])
        return ", ".join(f"{one.file}.png" for one in shots)
