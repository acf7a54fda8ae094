"""The guided setup: on a pseudo terminal as people use it, and with scripted answers."""

import os
import pty
import select
import stat
import subprocess
import sys
from collections import deque
from pathlib import Path

import yaml

from lab.faults import Faults
from lab.radarr import RadarrSimulator
from lab.telegram.simulator import TelegramSimulator
from lab.world import World
from rig.clocks import HANGING
from steward.settings.reader import read_settings
from steward.wiring.setup import Setup


class Answers:
    """A terminal that gives prepared answers, and keeps what it was shown."""

    def __init__(self, *answers: str) -> None:
        self.answers = deque(answers)
        self.shown: list[str] = []

    def say(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, question: str, default: str = "") -> str:
        self.shown.append(question)
        if not self.answers:
            raise EOFError
        return self.answers.popleft() or default

    def secret(self, question: str) -> str:
        return self.ask(question)

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_service_is_tried_and_its_secret_is_in_a_file_of_its_own(tmp_path: Path) -> None:
    radarr = RadarrSimulator(World(), Faults())
    telegram = TelegramSimulator(World(), Faults())
    await radarr.start()
    await telegram.start()
    file = tmp_path / "steward.yaml"
    wrong = "0123456789abcdef0123456789abcdef"
    films = ("radar", "radarr", "Films", radarr.url, wrong, "yes", radarr.api_key)
    terminal = Answers("", *films, "", "1:wrong", telegram.token)
    try:
        await Setup(file, terminal, telegram.url).run()
    finally:
        await radarr.close()
        await telegram.close()
    assert not terminal.answers
    assert "did you mean radarr" in terminal.text
    assert "Telegram rejects the bot token." in terminal.text
    assert "@homelab_steward_bot answers" in terminal.text
    for secret in (wrong, radarr.api_key, telegram.token):
        assert secret not in terminal.text
        assert secret not in file.read_text()
    settings = read_settings({}, None, file)
    (instance,) = settings.instances
    assert (instance.id, instance.name) == ("radarr", "Films")
    assert instance.settings["api_key"] == radarr.api_key
    assert settings.telegram is not None
    assert settings.telegram.token == telegram.token
    assert mode(file) == 0o600
    assert {mode(one) for one in (tmp_path / "secrets").iterdir()} == {0o600}
    assert mode(tmp_path / "data" / "token") == 0o600


async def test_it_can_be_left_and_run_again(tmp_path: Path) -> None:
    radarr = RadarrSimulator(World(), Faults())
    await radarr.start()
    file = tmp_path / "steward.yaml"
    file.write_text("# mine\ntime_zone: Europe/Vienna\n")
    try:
        left = Answers("here", "radarr", "", radarr.url, radarr.api_key)
        try:
            await Setup(file, left).run()
        except EOFError:
            left.say("left")
        assert left.shown[-1] == "left"
        again = Answers("", "radarr", "Second", radarr.url, radarr.api_key, "", "")
        await Setup(file, again).run()
    finally:
        await radarr.close()
    plain = yaml.safe_load(file.read_text())
    assert [one["id"] for one in plain["instances"]] == ["radarr", "radarr-2"]
    assert plain["data_dir"] == "here"
    assert plain["time_zone"] == "Europe/Vienna"
    assert (tmp_path / "steward.yaml.before-setup").read_text().startswith("# mine")
    assert "Set up already: Radarr (radarr)" in again.shown


async def test_a_service_that_is_dead_can_be_given_up(tmp_path: Path) -> None:
    file = tmp_path / "steward.yaml"
    terminal = Answers("", "radarr", "", "http://127.0.0.1:9", "a" * 32, "no", "", "")
    await Setup(file, terminal).run()
    assert "cannot connect" in terminal.text
    assert not read_settings({}, None, file).instances


def test_without_a_terminal_it_refuses_in_words(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "steward", "setup", "--settings", str(tmp_path / "steward.yaml")]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert not list(tmp_path.iterdir())


class OnTerminal:
    """The command on a pseudo terminal."""

    def __init__(self, file: Path) -> None:
        own, its = pty.openpty()
        words = [sys.executable, "-m", "steward", "setup", "--settings", str(file)]
        # In a session of its own, getpass uses this terminal and not that of the tests.
        self.process = subprocess.Popen(words, stdin=its, stdout=its, stderr=its, start_new_session=True)
        os.close(its)
        self.own, self.shown, self.seen = own, b"", 0

    def answer(self, question: bytes, text: bytes) -> None:
        while question not in self.shown[self.seen :]:
            assert self.read(), self.shown
        self.seen = len(self.shown)
        os.write(self.own, text)

    def read(self) -> bool:
        """Read more; False at the end, or when nothing comes."""
        if not select.select([self.own], [], [], HANGING)[0]:
            return False
        try:
            chunk = os.read(self.own, 4096)
        except OSError:
            return False  # the other end is closed
        self.shown += chunk
        return bool(chunk)

    def end(self) -> int:
        while self.read():
            pass
        os.close(self.own)
        return self.process.wait(HANGING)


def test_on_a_terminal_secrets_are_not_echoed(tmp_path: Path) -> None:
    file = tmp_path / "steward.yaml"
    terminal = OnTerminal(file)
    terminal.answer(b"Folder for the data [data]:", b"\n")
    terminal.answer(b"Service to add", b"radarr\n")
    terminal.answer(b"Name [Radarr]:", b"\n")
    terminal.answer(b"Address:", b"http://127.0.0.1:9\n")
    terminal.answer(b"API key (not shown):", b"a-secret-that-is-not-shown\n")
    terminal.answer(b"Try again", b"no\n")
    terminal.answer(b"Service to add", b"\x04")
    assert terminal.end() == 1
    assert b"a-secret-that-is-not-shown" not in terminal.shown
    assert b"cannot connect" in terminal.shown
    assert b"run setup again" in terminal.shown
    assert yaml.safe_load(file.read_text())["data_dir"] == "data"


class SecureRadarr(RadarrSimulator):
    """Radarr with a certificate that nobody trusts."""

    tls_name = "radarr"


async def test_a_certificate_is_trusted_only_after_its_fingerprint_was_confirmed(tmp_path: Path) -> None:
    radarr = SecureRadarr(World(), Faults())
    await radarr.start()
    file = tmp_path / "steward.yaml"
    address = radarr.url.replace("http://", "https://")
    try:
        terminal = Answers("", "radarr", "", address, radarr.api_key, "no", "", "")
        await Setup(file, terminal).run()
        assert not read_settings({}, None, file).instances
        assert not (tmp_path / "secrets").exists()
        terminal = Answers("", "radarr", "", address, radarr.api_key, "yes", "", "")
        await Setup(file, terminal).run()
    finally:
        await radarr.close()
    (instance,) = read_settings({}, None, file).instances
    assert len(str(instance.settings["fingerprint"])) == 64
    assert any(one.count(":") == 31 for one in terminal.shown)
