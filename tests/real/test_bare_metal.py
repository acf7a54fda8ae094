"""The steps of docs/bare-metal.md in a folder, and the unit with systemd's own checks."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientError, ClientSession

from demo.processes import Child
from demo.waiting import becomes
from lab.ports import free_port
from real.programs import DEADLINE, TOOLS
from steward.store.archive import backups_in

ROOT: Final = Path(__file__).parents[2]
UNIT: Final = ROOT / "addon/deploy/systemd/homelab-steward.service"
PAGE: Final = (ROOT / "docs/bare-metal.md").read_text()
MOST_EXPOSED: Final = 1.5


def steps(part: str, folder: Path) -> str:
    """Return the one block of the page with this part, below ``folder`` and without root."""
    found = [one for one in re.findall(r"```shell\n(.*?)```", PAGE, re.DOTALL) if part in one]
    assert len(found) == 1, part
    text = re.sub(r"/(opt|var/lib)/homelab-steward", rf"{folder}/\1/homelab-steward", found[0])
    return text.replace("runuser --user homelab-steward -- ", "").replace("systemctl", "true")


async def shell(commands: str) -> str:
    """Return what commands print. The Python of the tests is used: uv downloads none."""
    programs = [str(one.parent) for one in (TOOLS / "uv/bin/uv",) if one.is_file()]
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("STEWARD_")},
        "PATH": os.pathsep.join([*programs, os.environ["PATH"]]),
        "UV_PYTHON": str(ROOT / ".venv/bin/python"),
    }
    # The version that the page asks for is that of the tests.
    text = commands.replace("--python 3.14 ", "")
    done = await asyncio.to_thread(
        subprocess.run, ["bash", "-euc", text], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_install_update_and_way_back(tmp_path: Path, session: ClientSession) -> None:
    app, data = tmp_path / "opt/homelab-steward", tmp_path / "var/lib/homelab-steward"
    data.mkdir(parents=True)
    await shell(steps("uv build --wheel", tmp_path))
    assert (app / "current").readlink() == Path("0.1.0")
    await serves(tmp_path, data, session)
    before = backups_in(data / "backups")
    await shell(steps("bin/steward backup", tmp_path))
    assert len(backups_in(data / "backups")) == len(before) + 1
    # A newer version that changed the database.
    (app / "0.2.0").symlink_to("0.1.0")
    await shell(f"ln -sfn 0.2.0 {app}/current")
    (data / "steward.db").write_bytes(b"of a newer version")
    printed = await shell(steps("bin/steward restore --newest", tmp_path))
    assert f"Restored {backups_in(data / 'backups')[0]}" in printed
    assert (app / "current").readlink() == Path("0.1.0")
    await serves(tmp_path, data, session)


async def serves(folder: Path, data: Path, session: ClientSession) -> None:
    """Start the installed app, wait until it is ready, and stop it."""
    port = free_port()
    child = Child("steward", folder / "steward.log")
    env = {"PATH": os.environ["PATH"], "STEWARD_DATA_DIR": str(data), "STEWARD_LISTEN__PORT": str(port)}
    await child.start([folder / "opt/homelab-steward/current/bin/steward", "run"], env, folder)
    try:

        async def ready() -> bool | None:
            try:
                async with session.get(f"http://127.0.0.1:{port}/ready") as answer:
                    return answer.status == 200 or None
            except ClientError:
                return None

        await becomes(ready, 4 * DEADLINE, "the installed app is ready")
    finally:
        await child.stop()


def systemd(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE))
    done = systemd("verify", "--man=no", unit)
    assert (done.returncode, UNIT.name in done.stderr) == (0, False), done.stderr
    unit.write_text(f"{unit.read_text()}\n[Service]\nProtectSistem=yes\n")
    assert "ProtectSistem" in systemd("verify", "--man=no", unit).stderr, "a typing error is found"


def test_the_unit_exposes_little() -> None:
    done = systemd("security", "--offline=true", "--no-pager", UNIT)
    (level,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(level) <= MOST_EXPOSED
    assert f"{MOST_EXPOSED} of 10" in PAGE
