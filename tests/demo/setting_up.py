"""What a new user does in Home Assistant's front end, with Playwright in Home Assistant's environment."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from playwright.sync_api import Locator, Page, expect  # type: ignore[import-not-found]

DIALOG = "dialog-data-entry-flow"
CLOSED = "https://127.0.0.1:9"
"""An address where nothing listens."""
CERTIFICATE = "No certificate authority that the app trusts confirms"
UNKNOWN_HOST = "https://pve.invalid:8006"
OTHER_FINGERPRINT = ":".join(["AA"] * 32)
OTHER_SECRET = "00000000-0000-0000-0000-000000000000"

type Show = Callable[[str, Locator | None], None]
"""Takes a screenshot with this name, and with an element in view."""


class Service(TypedDict):
    """The right settings of the service that is added."""

    url: str
    token_id: str
    token_secret: str


class SettingUp:
    """The dialogs of one Home Assistant; ``show`` is called where the story has a picture."""

    def __init__(self, page: Page, url: str, show: Show) -> None:
        self.page = page
        self._url = url
        self.show = show
        self._dialog: Locator = page.locator(DIALOG)

    def log_in(self, username: str, password: str) -> None:
        """Log in to Home Assistant."""
        self.page.goto(self._url)
        self._fill(self.page.locator("body"), {"username": username, "password": password})
        self.page.keyboard.press("Enter")
        self.page.locator("ha-sidebar").wait_for()

    def add_integration(self, url: str, token: str) -> None:
        """Add the integration, after a wrong port, another server and a wrong token."""
        self.page.goto(f"{self._url}/config/integrations/dashboard/add?domain=homelab_steward")
        self.page.get_by_role("button", name="OK").click()
        self._submit({"url": CLOSED, "token": token}, "Cannot connect to the app.")
        self._submit({"url": self._url, "token": token}, "is not a Homelab Steward app")
        self._submit({"url": url, "token": "another-token"}, "does not accept this access token", "app")
        self._submit({"url": url, "token": token})
        self._finish()

    def add_person(self, name: str) -> None:
        """Add a user of Home Assistant as an owner."""
        self._open("Add person")
        self._choose(name)
        self.show("person", None)
        self._submit({})
        self._finish()

    def open_proxmox(self) -> None:
        """Open the form of a new Proxmox VE."""
        self._open("Add service")
        self._choose("Proxmox VE (Infrastructure)")
        self._dialog.get_by_role("button", name="Next").click()

    def refuse_unknown_host(self, right: Service) -> None:
        """Enter the address of a host that does not exist."""
        self._submit(_fields(right, url=UNKNOWN_HOST), "the host name is not known", "address")

    def refuse_others(self, right: Service) -> None:
        """Enter what is no address, a port where nothing listens, and wrong fingerprints."""
        self._submit(_fields(right, url="pve"), "must begin with http:// or https://")
        self._submit(_fields(right, url=CLOSED), "cannot connect", "port")
        self._submit(_fields(right, fingerprint="AA:BB"), "must be a SHA-256 fingerprint")
        self._submit(_fields(right, fingerprint=OTHER_FINGERPRINT), "has another fingerprint", "fingerprint")

    def add_proxmox(self, right: Service, grant: Callable[[], None]) -> None:
        """Confirm the certificate, enter a wrong secret, miss a right, get it, and add the service."""
        self._submit(_fields(right, proxmox_token_secret=OTHER_SECRET), CERTIFICATE, "certificate")
        self._submit({}, "The service does not accept these credentials.", "token")
        self._submit(_fields(right), CERTIFICATE)
        self._submit({}, "VM.PowerMgmt", "right")
        grant()
        self._dialog.get_by_text("Change the settings", exact=True).click()
        self._submit(_fields(right), CERTIFICATE)
        self._submit({})
        self._finish()

    def cancel(self) -> None:
        """Close the dialog without saving."""
        self._dialog.get_by_role("button", name="Close").first.click()
        self._wait_until_closed()

    def open_panel(self, path: str) -> None:
        """Open a page of the panel."""
        self.page.goto(f"{self._url}/homelab-steward/{path}")

    def decide(self, label: str) -> None:
        """Approve the request with this option in the panel, in two taps."""
        option = self.page.get_by_role("group", name=label)
        option.get_by_role("button", name="Approve").click()
        self.page.get_by_role("button", name="Confirm").click()
        self.page.get_by_text("was approved by").first.wait_for()

    def request(self, action: str, field: str, value: str) -> None:
        """Request an action of the service that is shown, with one argument, after its dry run."""
        self.page.locator("homelab-steward-action summary").filter(has_text=action).click()
        form = self.page.get_by_role("form", name=action, exact=True)
        form.get_by_label("Target").select_option("radarr")
        form.get_by_label(field).fill(value)
        form.get_by_role("button", name="What would change").click()
        form.get_by_role("status").get_by_text(value).first.wait_for()
        form.get_by_role("button", name="Request").click()
        self.page.wait_for_url("**/request/*")

    def _open(self, button: str) -> None:
        self.page.goto(f"{self._url}/config/integrations/integration/homelab_steward")
        self.page.get_by_role("button", name=button).click()
        self._dialog.locator("ha-form").first.wait_for()

    def _finish(self) -> None:
        self._dialog.get_by_role("button", name="finish").click()
        self._wait_until_closed()

    def _wait_until_closed(self) -> None:
        self._dialog.wait_for(state="hidden")
        # A dialog has an entry in the browser's history, and goes back from it after it was closed.
        # A page that is opened before that would be left again.
        self.page.wait_for_function("!history.state?.dialog")

    def _choose(self, option: str) -> None:
        self._dialog.locator("ha-select").first.click()
        self._dialog.get_by_text(option, exact=True).last.click()

    def _submit(self, fields: Mapping[str, str], answer: str = "", picture: str = "") -> None:
        """Fill in the form and submit it; ``answer`` is a text that is shown then, also in a picture."""
        self._fill(self._dialog, fields)
        self._dialog.get_by_role("button", name="Submit").click()
        if not answer:
            return
        shown = self._dialog.get_by_text(answer).filter(visible=True).first
        expect(shown).to_be_visible()
        if picture:
            self.show(picture, shown)

    def _fill(self, within: Locator, fields: Mapping[str, str]) -> None:
        for name, value in fields.items():
            within.locator(f'input[name="{name}"]').fill(value)


def _fields(right: Service, **changed: str) -> dict[str, str]:
    """Return the inputs of the form of Proxmox VE."""
    settings = {
        "url": right["url"],
        "proxmox_token_id": right["token_id"],
        "proxmox_token_secret": right["token_secret"],
        "fingerprint": "",
    }
    return settings | changed
