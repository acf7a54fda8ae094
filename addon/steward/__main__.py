"""The command line: run the app, or look after its data."""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .errors import StewardError
from .settings.model import Settings, read_settings

SUPERVISOR_OPTIONS: Final = Path("/data/options.json")
GOOD: Final = 0
BAD: Final = 1
WRONG_USE: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 good, 1 it failed or found something wrong, 2 wrong settings."""
    given = _parser().parse_args(arguments)
    if given.command == "eval":
        return _evaluate(given.what, given.file)
    try:
        settings = read_settings(os.environ, _options(), given.settings)
    except StewardError as err:
        print(f"Wrong settings: {err}", file=sys.stderr)  # noqa: T201
        return WRONG_USE
    work = {"run": _run, "audit": _audit, "check": _check}[given.command]
    return asyncio.run(work(settings))


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--settings", type=Path, help="a YAML file with the settings")
    parser = argparse.ArgumentParser(prog="steward", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", parents=[shared], help="run the app until it is told to stop")
    commands.add_parser("check", parents=[shared], help="check settings and runbooks, change nothing")
    evaluate = commands.add_parser("eval", help="measure a classifier on labelled rows (JSON lines)")
    evaluate.add_argument("what", choices=["privacy", "routing"])
    evaluate.add_argument("file", type=Path)
    evaluate.add_argument("--json", action="store_true", help="one JSON object (the only format)")
    audit = commands.add_parser("audit", parents=[shared], help="look at the audit log")
    audit.add_argument("what", choices=["verify"], help="verify: read the whole chain of hashes")
    return parser


def _options() -> Path | None:
    return SUPERVISOR_OPTIONS if SUPERVISOR_OPTIONS.is_file() else None


def _evaluate(what: str, file: Path) -> int:
    """Print one JSON object with the figures; 2 when nothing could be measured."""
    from .llm.evaluate import evaluate_privacy, evaluate_routing  # noqa: PLC0415

    measure = {"privacy": evaluate_privacy, "routing": evaluate_routing}[what]
    try:
        figures = measure(file)
    except (StewardError, OSError) as err:
        print(err, file=sys.stderr)  # noqa: T201
        return WRONG_USE
    print(json.dumps(figures))  # noqa: T201
    return GOOD


async def _run(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM."""
    from .app import App  # noqa: PLC0415 - the other commands need not wait for it

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    app = App(settings)
    try:
        await app.start()
        await stop.wait()
    except StewardError as err:
        print(f"The steward cannot start: {err}", file=sys.stderr)  # noqa: T201
        return BAD
    finally:
        await app.close()
    return GOOD


async def _check(settings: Settings) -> int:
    from .app import read_runbooks  # noqa: PLC0415
    from .services.finder import find_services  # noqa: PLC0415

    try:
        services = find_services()
        library = read_runbooks(settings, services)
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return BAD
    print(f"Good: {len(services)} services, {len(library)} runbooks.")  # noqa: T201
    return GOOD


async def _audit(settings: Settings) -> int:
    from .store import audit  # noqa: PLC0415
    from .store.database import Database  # noqa: PLC0415

    database = Database(settings.database_url)
    try:
        await database.check()
        async with database.read() as connection:
            report = await audit.verify(connection)
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return BAD
    finally:
        await database.close()
    if report.broken_at is not None:
        print(  # noqa: T201
            f"Broken at entry {report.broken_at}: {report.reason}."
            f" {report.entries} entries before it are sound."
        )
        return BAD
    print(f"Sound: {report.entries} entries, head {report.head}")  # noqa: T201
    return GOOD


if __name__ == "__main__":
    sys.exit(main())
