"""Run the Homelab Steward app, show its tokens, check settings and data, or evaluate classifiers."""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .errors import LeadershipLost, StewardError
from .secret_file import read_secret
from .settings.model import Settings
from .settings.reader import keep_secrets, read_settings

SUPERVISOR_OPTIONS: Final = Path("/data/options.json")
SUCCESS: Final = 0
FAILURE: Final = 1
USAGE_ERROR: Final = 2


USE_OF_CHANGES: Final = (
    "Use: changes, or: changes ask|defer|reject|offer-again ID, or: changes templates, "
    "or: changes deploy|edit TEMPLATE"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 success, 1 failure or a problem found, 2 invalid settings or input."""
    options = _parser().parse_args(arguments)
    if options.command == "eval":
        return _evaluate(options)
    try:
        settings = read_settings(os.environ, _options(), options.settings)
    except StewardError as err:
        print(f"Invalid settings: {err}", file=sys.stderr)  # noqa: T201
        return USAGE_ERROR
    if options.command == "token":
        return _token(settings, for_monitors=options.monitor)
    return asyncio.run(_work(options, settings))


def _work(options: argparse.Namespace, settings: Settings) -> Coroutine[Any, Any, int]:
    """Return what a command does."""
    work: Mapping[str, Callable[[], Coroutine[Any, Any, int]]] = {
        "run": lambda: _run(settings),
        "check": lambda: _check(settings),
        "audit": lambda: _audit(settings),
        "backup": lambda: _backup("backup", settings, options.file),
        "restore": lambda: _backup("restore", settings, options.file),
        "models": lambda: _models(options.what, settings),
        "schedules": lambda: _schedules(settings, options.what, options.name),
        "changes": lambda: _changes(settings, options),
        "document": lambda: _document(settings, options.month),
        "drill": lambda: _drill(settings, as_json=options.json, targets=options.targets),
        "restore-drill": lambda: _restore_drill(settings, as_json=options.json),
    }
    return work[options.command]()


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--settings", type=Path, help="YAML file with the settings")
    parser = argparse.ArgumentParser(prog="steward", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", parents=[shared], help="run the app until SIGINT or SIGTERM")
    commands.add_parser("check", parents=[shared], help="check settings, services and runbooks")
    token = commands.add_parser("token", parents=[shared], help="print the access token for Home Assistant")
    token.add_argument("--monitor", action="store_true", help="print the token for monitors instead")
    _add_evaluation(commands.add_parser("eval", help="measure a classifier, the search, or autonomy"))
    audit = commands.add_parser("audit", parents=[shared], help="check the audit log")
    audit.add_argument("what", choices=["verify"], help="verify: check every hash of the chain")
    schedules = commands.add_parser("schedules", parents=[shared], help="list what runs when, or run it")
    schedules.add_argument(
        "what", choices=["list", "run"], nargs="?", default="list", help="run: needs the app"
    )
    schedules.add_argument("name", nargs="?", help="the id of the schedule to run")
    changes = commands.add_parser("changes", parents=[shared], help="list updates, or decide about one")
    changes.add_argument(
        "what",
        choices=["list", "ask", "defer", "reject", "offer-again", "templates", "deploy", "edit"],
        nargs="?",
        default="list",
        help="deploy: ask for a pull request with the files of a template; edit: for one that sets values",
    )
    changes.add_argument("id", nargs="?", help="the first characters of the id of the update; the template")
    changes.add_argument("--days", type=int, default=7, help="defer: for how many days")
    changes.add_argument("--instance", default="", help="deploy, edit: the forge, if there are several")
    changes.add_argument("--repository", default="", help="deploy, edit: owner/name, if there are several")
    changes.add_argument("--applications", default="", help="edit: names of folders, separated by commas")
    changes.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="deploy, edit: a value of the template",
    )
    changes.add_argument("--dry-run", action="store_true", help="deploy, edit: only show the difference")
    changes.add_argument("--all", action="store_true", help="list: also those that are over")
    drill = commands.add_parser(
        "drill", parents=[shared], help="try to get past the safety rules, in a scratch copy of the app"
    )
    drill.add_argument("--json", action="store_true", help="print one JSON object")
    drill.add_argument(
        "--targets",
        action="store_true",
        help="instead: try the actions of real targets with the mark for drills, and undo each",
    )
    document = commands.add_parser("document", parents=[shared], help="write the notebook now")
    document.add_argument("--month", help="print a post about a month, such as 2026-11, instead")
    restored = commands.add_parser(
        "restore-drill",
        parents=[shared],
        help="restore the newest backups in isolation, to prove that it works",
    )
    restored.add_argument("--json", action="store_true", help="print one JSON object")
    models = commands.add_parser("models", parents=[shared], help="check the language models, or export")
    models.add_argument("what", choices=["check", "ledger"], help="ledger: what was sent outside, as CSV")
    backup = commands.add_parser("backup", parents=[shared], help="write a backup; the app may run")
    backup.add_argument("file", type=Path, nargs="?", help="default: a new file in the folder of the backups")
    restore = commands.add_parser("restore", parents=[shared], help="restore a backup; stop the app first")
    which = restore.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", help="the backup")
    which.add_argument("--newest", action="store_true", help="the newest backup that is sound")
    return parser


def _add_evaluation(evaluate: argparse.ArgumentParser) -> None:
    what = evaluate.add_subparsers(dest="classifier", required=True, metavar="WHAT")
    for name in ("privacy", "routing", "runbooks", "changes", "pull_requests"):
        one = what.add_parser(name, help="measured on labelled rows")
        rows = "a folder of JSON files" if name == "pull_requests" else "JSON Lines file, one row per line"
        one.add_argument("file", type=Path, help=rows)
        one.add_argument("--json", action="store_true", help="print one JSON object (the only format)")
        if name == "runbooks":
            one.add_argument("--corpus", type=Path, help="runbooks to search; default: the built-in ones")
    autonomy = what.add_parser("autonomy", help="measured in simulated homelabs")
    autonomy.add_argument("--histories", type=_positive, default=20, help="simulated homelabs of each world")
    autonomy.add_argument("--seed", type=int, default=1, help="the same figures for the same number")
    autonomy.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _options() -> Path | None:
    return SUPERVISOR_OPTIONS if SUPERVISOR_OPTIONS.is_file() else None


def _evaluate(options: argparse.Namespace) -> int:
    """Print the figures; return 2 if a file cannot be evaluated."""
    if options.classifier == "autonomy":
        return _evaluate_autonomy(options.histories, options.seed, as_json=options.json)
    from .changes.evaluate import evaluate_changes, evaluate_pull_requests  # noqa: PLC0415
    from .llm.evaluate import evaluate_privacy, evaluate_routing  # noqa: PLC0415

    measured: Mapping[str, Callable[[Path], Mapping[str, object]]] = {
        "privacy": evaluate_privacy,
        "routing": evaluate_routing,
        "changes": evaluate_changes,
        "pull_requests": evaluate_pull_requests,
    }
    try:
        if options.classifier == "runbooks":
            figures: Mapping[str, object] = _evaluate_search(options.file, options.corpus)
        else:
            figures = measured[options.classifier](options.file)
    except (StewardError, OSError) as err:
        print(err, file=sys.stderr)  # noqa: T201
        return USAGE_ERROR
    print(json.dumps(figures))  # noqa: T201
    return SUCCESS


def _evaluate_autonomy(histories: int, seed: int, *, as_json: bool) -> int:
    """Print what earned autonomy saves and what harm it does in simulated homelabs."""
    from .autonomy.evaluate import as_text, evaluate_autonomy  # noqa: PLC0415

    if as_json:
        print(json.dumps(evaluate_autonomy(histories, seed)))  # noqa: T201
    else:
        for line in as_text(histories, seed):
            print(line, flush=True)  # noqa: T201
    return SUCCESS


def _evaluate_search(file: Path, corpus: Path | None) -> Mapping[str, object]:
    """Return the figures of the search. Raises StewardError."""
    from .runbooks.documents import runbook_document  # noqa: PLC0415
    from .runbooks.evaluate import evaluate_search, read_corpus  # noqa: PLC0415
    from .runbooks.library import built_in_folders, read_library  # noqa: PLC0415
    from .services.finder import find_services  # noqa: PLC0415

    if corpus is not None:
        return evaluate_search(file, read_corpus(corpus))
    library = read_library(built_in_folders(), find_services())
    return evaluate_search(file, map(runbook_document, library.values()))


def _token(settings: Settings, *, for_monitors: bool) -> int:
    """Print a token; return 1 when the app has not created it yet. Writes nothing."""
    token = settings.monitor_token if for_monitors else settings.api_token
    file = settings.data_dir / ("monitor_token" if for_monitors else "token")
    try:
        print(token or read_secret(file))  # noqa: T201
    except StewardError as err:
        print(f"{err}. The app creates the token when it starts.", file=sys.stderr)  # noqa: T201
        return FAILURE
    return SUCCESS


async def _run(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM, or until another replica takes over."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    app: App | None = None
    try:
        with _without_collection():
            from .app import App  # noqa: PLC0415 - a slow import that other commands do not need

            app = App(keep_secrets(settings))
        # A standby waits here for any time.
        if not await _ended_before(app.lead(), stop):
            return SUCCESS
        with _without_collection():
            await app.start()
        if await _ended_before(app.lost(), stop):
            print("Another process of the steward has taken over: this one stops.", file=sys.stderr)  # noqa: T201
            return FAILURE
    except StewardError as err:
        print(f"The steward cannot start: {err}", file=sys.stderr)  # noqa: T201
        return FAILURE
    finally:
        if app is not None:
            with suppress(LeadershipLost):
                await app.close()
    return SUCCESS


async def _ended_before(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Return whether ``work`` ended before ``stop`` was set; then it is cancelled. Raises what it raises."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        return False
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Collect no garbage in the block, and never visit what was made in it.

    Nearly everything that the start makes stays: looking through it takes a sixth of the start,
    and would block the event loop at each full collection.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


async def _check(settings: Settings) -> int:
    """Check without writing anything, not even the bytecode of own services."""
    sys.dont_write_bytecode = True
    from .api.listener import tls_context  # noqa: PLC0415
    from .wiring.conversation import read_sentences  # noqa: PLC0415
    from .wiring.services_and_runbooks import read_runbooks, read_services  # noqa: PLC0415

    try:
        tls_context(settings.listen)
        read_sentences(settings)
        services = read_services(settings)
        library = read_runbooks(settings, services)
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return FAILURE
    print(f"Valid: {len(services)} services, {len(library)} runbooks.")  # noqa: T201
    return SUCCESS


async def _audit(settings: Settings) -> int:
    from .store import audit  # noqa: PLC0415
    from .store.database import Database  # noqa: PLC0415

    database = Database(settings.database_url)
    try:
        report = await audit.verify_stored(database)
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return FAILURE
    finally:
        await database.close()
    if report is None:
        print(f"There is no audit log yet: the app has not run with {_place(settings)}.")  # noqa: T201
        return SUCCESS
    if report.broken_at is not None:
        print(  # noqa: T201
            f"Broken at entry {report.broken_at}: {report.reason}."
            f" {report.entries} entries before it are sound."
        )
        return FAILURE
    print(f"Sound: {report.entries} entries, head {report.head}")  # noqa: T201
    return SUCCESS


async def _backup(command: str, settings: Settings, file: Path | None) -> int:
    from .wiring.backup_commands import make_backup, restore_backup  # noqa: PLC0415

    try:
        is_backup = command == "backup"
        lines = [await make_backup(settings, file)] if is_backup else await restore_backup(settings, file)
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return FAILURE
    print("\n".join(lines))  # noqa: T201
    return SUCCESS


async def _schedules(settings: Settings, what: str, name: str | None) -> int:
    """List what runs when, or run one in the app that runs."""
    from .wiring.schedule_commands import list_schedules, run_schedule  # noqa: PLC0415

    if (what == "run") != (name is not None):
        print("Use: schedules, or: schedules run NAME", file=sys.stderr)  # noqa: T201
        return USAGE_ERROR
    try:
        lines = await (run_schedule(settings, name) if name else list_schedules(settings, datetime.now(UTC)))
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return FAILURE
    print("\n".join(lines))  # noqa: T201
    return SUCCESS


async def _changes(settings: Settings, options: argparse.Namespace) -> int:
    """List updates, or send a command about one to the app that runs."""
    from .wiring.change_commands import change, list_changes  # noqa: PLC0415
    from .wiring.deploy_command import PREFIXES, FromTemplate, from_template, list_templates  # noqa: PLC0415

    if (options.what in ("list", "templates")) != (options.id is None):
        print(USE_OF_CHANGES, file=sys.stderr)  # noqa: T201
        return USAGE_ERROR
    try:
        if options.what == "list":
            lines = await list_changes(settings, is_all=options.all)
        elif options.what == "templates":
            lines = await list_templates(settings)
        elif options.what in PREFIXES:
            wanted = FromTemplate(
                template=options.id,
                what=options.what,
                instance=options.instance,
                repository=options.repository,
                applications=options.applications,
                values=options.set,
                only_dry_run=options.dry_run,
            )
            lines = await from_template(settings, wanted)
        else:
            lines = await change(settings, options.what, options.id, options.days)
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return FAILURE
    print("\n".join(lines))  # noqa: T201
    return SUCCESS


async def _document(settings: Settings, month: str | None) -> int:
    """Write the notebook, or print the post about a month; return 1 when that fails."""
    from .wiring.notebook import document  # noqa: PLC0415

    try:
        print((await document(settings, month)).rstrip("\n"))  # noqa: T201
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return FAILURE
    return SUCCESS


async def _drill(settings: Settings, *, as_json: bool, targets: bool) -> int:
    """Return 1 when something did not hold, 2 when the drill could not be run."""
    if targets:
        from .drill.target_command import drill_targets  # noqa: PLC0415

        return await drill_targets(settings, as_json=as_json)
    from .drill.command import drill  # noqa: PLC0415

    return await drill(settings, as_json=as_json)


async def _restore_drill(settings: Settings, *, as_json: bool) -> int:
    """Return 1 when a backup has no proof that counts, 2 when no drill could be run."""
    from .wiring.restore_drill_command import restore_drill  # noqa: PLC0415

    try:
        is_good, lines = await restore_drill(settings, as_json=as_json)
    except StewardError as err:
        print(f"No restore drill could be run: {err}", file=sys.stderr)  # noqa: T201
        return USAGE_ERROR
    print("\n".join(lines))  # noqa: T201
    return SUCCESS if is_good else FAILURE


async def _models(what: str, settings: Settings) -> int:
    """Check the models or print the ledger; return 1 without models or without a database."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from .wiring.model_commands import check_models, export_ledger  # noqa: PLC0415

    try:
        text = "\n".join(await check_models(settings)) if what == "check" else await export_ledger(settings)
    except StewardError as err:
        print(err, file=sys.stderr)  # noqa: T201
        return FAILURE
    except SQLAlchemyError:
        print(f"The app has not run with {_place(settings)}.", file=sys.stderr)  # noqa: T201
        return FAILURE
    print(text.rstrip("\n"))  # noqa: T201
    return SUCCESS


def _place(settings: Settings) -> str:
    is_file = settings.database_url.startswith("sqlite")
    return f"the data folder {settings.data_dir}" if is_file else "this database"


if __name__ == "__main__":
    sys.exit(main())
