"""The guided setup: asks on a terminal, tries each answer at once, and writes settings and secret files."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

import aiohttp
import yaml

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind

from ..clock import SystemClock
from ..doctor.telegram_reader import BotApi, TelegramRefused, TelegramUnreachable
from ..errors import CertificateNotTrusted, InvalidSetting, ServiceError, ServiceUnauthorized, StewardError
from ..inventory.forms import fill_in
from ..inventory.trial import try_service
from ..observability.redaction import Redactor
from ..sdk import http
from ..sdk.description import AnyService
from ..sdk.tls import fetch_fingerprint, spelled
from ..settings.model import Telegram
from ..settings.reader import keep_secrets, read_settings
from ..settings.sources import read_yaml
from ..telegram.settings import OFFICIAL_API
from ..whole_file import write_whole
from .services_and_runbooks import read_services, unknown_service

SECRETS: Final = "secrets"
"""The folder of the secret files, beside the settings file."""

OLD: Final = ".before-setup"
"""The ending of the copy of a settings file that setup did not write."""

HEADER: Final = "# Written by steward setup. Run it again to add services, or edit this file.\n"


class Terminal(Protocol):
    """What the setup talks to. Each question may raise EOFError and KeyboardInterrupt."""

    def say(self, text: str) -> None:
        """Print a line."""

    def ask(self, question: str, default: str = "") -> str:
        """Return an answer, the default for an empty one."""

    def secret(self, question: str) -> str:
        """Return an answer that is not shown while it is entered."""


class Setup:
    """One run of the setup. What was answered is written at once, so it can be left and run again."""

    def __init__(self, file: Path, terminal: Terminal, api_base: str = OFFICIAL_API) -> None:
        """``file`` is the settings file, which may exist; ``api_base`` is the server of the Bot API.

        Raises InvalidSetting when the file cannot be read.
        """
        self._file = file
        self._terminal = terminal
        self._plain: dict[str, Any] = dict(read_yaml(file)) if file.exists() else {}
        self._redactor = Redactor()
        self._bot = Telegram(token="", api_base=api_base)

    async def run(self) -> None:
        """Ask for everything. Raises StewardError when a file cannot be written."""
        self._data_folder()
        async with http.session() as session:
            await self._services(session)
            await self._telegram(session)
        self._token()

    def _data_folder(self) -> None:
        known = str(self._plain.get("data_dir", "data"))
        self._plain["data_dir"] = self._terminal.ask("Folder for the data", known)
        self._save()

    async def _services(self, session: aiohttp.ClientSession) -> None:
        known = read_services(read_settings({}, None, self._file), lambda _: None)
        configured = self._plain.setdefault("instances", [])
        for one in configured:
            self._terminal.say(f"Set up already: {one['name']} ({one['service']})")
        while key := self._terminal.ask("Service to add, such as radarr (empty: go on)").strip().casefold():
            service = known.get(key)
            if service is None:
                self._terminal.say(unknown_service(key, known))
                continue
            instance = await self._service(session, service, {one["id"] for one in configured})
            if instance is not None:
                configured.append(instance)
                self._save()
                self._terminal.say(f"{instance['name']} is set up.")
        if not configured:
            del self._plain["instances"]
        self._save()

    async def _service(
        self, session: aiohttp.ClientSession, service: AnyService, used: set[str]
    ) -> dict[str, Any] | None:
        """Return a new instance that answered, None when the person gave it up."""
        number = next(one for one in range(1, len(used) + 2) if _id(service, one) not in used)
        name = self._terminal.ask("Name", service.name)
        given = self._fields([one for one in service.settings if _is_asked(one)])
        while (problem := await self._problem(session, service, given)) is not None:
            if isinstance(problem, CertificateNotTrusted):
                if not await self._confirm(problem, given):
                    return None
                continue
            self._terminal.say(self._redactor.clean(str(problem)))
            if self._terminal.ask("Try again with other answers? (yes, no)", "yes") != "yes":
                return None
            is_login = isinstance(problem, ServiceUnauthorized)
            again = [one for one in service.settings if _is_asked(one)]
            given |= self._fields([one for one in again if not is_login or one.kind is SettingKind.SECRET])
        identifier = _id(service, number)
        return {
            "id": identifier,
            "service": service.key,
            "name": name,
            "settings": self._kept(service, identifier, given),
        }

    def _fields(self, fields: list[Field]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for one in fields:
            optional = "" if one.required else " (optional)"
            if one.kind is SettingKind.SECRET:
                answer = self._terminal.secret(f"{one.name}{optional}")
                self._redactor.register(answer)
            else:
                answer = self._terminal.ask(f"{one.name}{optional}")
            if answer:
                found[one.key] = answer
        return found

    async def _problem(
        self, session: aiohttp.ClientSession, service: AnyService, given: Mapping[str, Value]
    ) -> ServiceError | InvalidSetting | None:
        """Return why the service cannot be read with these settings, None when it answers."""
        try:
            form = fill_in(service.settings, given, {})
            found = await try_service(
                service, service.key, form.all(), session, SystemClock(), self._redactor.clean
            )
        except (ServiceError, InvalidSetting) as err:
            return err
        for right in found.missing_rights:
            self._terminal.say(f"These credentials lack the right {right}")
        return None

    async def _confirm(self, problem: CertificateNotTrusted, given: dict[str, Value]) -> bool:
        """Return whether the person trusts the certificate; then its fingerprint is in the settings."""
        fingerprint = await fetch_fingerprint(problem.host, problem.port)
        self._terminal.say(f"The certificate of {problem.host} is not trusted. Its SHA-256 fingerprint is:")
        self._terminal.say(spelled(fingerprint))
        is_trusted = self._terminal.ask("Does the service show the same? (yes, no)", "no") == "yes"
        if is_trusted:
            given["fingerprint"] = fingerprint
        return is_trusted

    def _kept(self, service: AnyService, identifier: str, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return the settings as they are written: each secret is in a file of its own."""
        secret = {one.key for one in service.settings if one.kind is SettingKind.SECRET}
        return {
            (f"{key}_file" if key in secret else key): (
                self._secret_file(f"{identifier}-{key}", str(value)) if key in secret else value
            )
            for key, value in given.items()
        }

    async def _telegram(self, session: aiohttp.ClientSession) -> None:
        if "telegram" in self._plain:
            self._terminal.say("Telegram is set up already.")
            return
        while token := self._terminal.secret("Token of a Telegram bot from @BotFather (empty: none)"):
            try:
                bot = await BotApi(session, replace(self._bot, token=token)).call("getMe")
            except TelegramRefused:
                self._terminal.say("Telegram rejects the bot token.")
                continue
            except TelegramUnreachable as err:
                self._terminal.say(str(err))
                continue
            self._plain["telegram"] = {"token_file": self._secret_file("telegram-token", token)}
            self._save()
            self._terminal.say(f"@{bot.get('username')} answers. Start the app, then add the bot to a group.")
            return

    def _token(self) -> None:
        settings = keep_secrets(read_settings({}, None, self._file))
        host, port = settings.listen.host, settings.listen.port
        self._terminal.say(f"The settings are in {self._file}. Check them: steward doctor")
        self._terminal.say(f"Start the app: steward run. Its address is http://{host}:{port}.")
        self._terminal.say("Add the integration in Home Assistant with the token that steward token prints.")

    def _secret_file(self, name: str, secret: str) -> str:
        """Write a secret file, and return its path relative to the settings file."""
        folder = self._file.parent / SECRETS
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            # The draft of a whole file is readable by its owner only, and so is the file.
            write_whole(folder / name, secret)
        except OSError as err:
            raise CannotWrite(f"{folder / name} cannot be written: {err.strerror}") from err
        return f"{SECRETS}/{name}"

    def _save(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if self._file.exists() and not self._file.read_text("utf-8").startswith(HEADER):
                # Its comments are lost below.
                write_whole(self._file.with_name(self._file.name + OLD), self._file.read_text("utf-8"))
            text = yaml.safe_dump(self._plain, sort_keys=False, allow_unicode=True)
            write_whole(self._file, HEADER + text)
        except OSError as err:
            raise CannotWrite(f"{self._file} cannot be written: {err.strerror}") from err


class CannotWrite(StewardError):
    """A file cannot be written; the text names it."""


def _is_asked(field: Field) -> bool:
    """Return whether a field is asked for: what is needed, and every login."""
    return (field.required and field.default is None) or field.kind is SettingKind.SECRET


def _id(service: AnyService, number: int) -> str:
    return service.key if number == 1 else f"{service.key}-{number}"
