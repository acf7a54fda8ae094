"""Checks settings like the command check of the app, in processes that need not import the app again."""

import contextlib
import io
import multiprocessing
import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

PRELOADED: Final = ("steward.command_line.check", "steward.wiring.settings_check")
SECONDS: Final = 120.0


def check_settings(folder: Path, name: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Return exit status and output of `steward check --settings name`, run in a folder.

    Each call has a new process: services of one folder are unknown to the others. Raises TimeoutError.
    """
    context = multiprocessing.get_context("forkserver")
    # The first call starts a server with these modules; every process is a copy of it.
    context.set_forkserver_preload(list(PRELOADED))
    with ProcessPoolExecutor(1, context) as processes:
        try:
            return processes.submit(_check, folder, name, dict(environment)).result(SECONDS)
        except TimeoutError:
            processes.kill_workers()
            raise


def _check(folder: Path, name: str, environment: Mapping[str, str]) -> tuple[int, str]:
    from steward.command_line.main import main  # noqa: PLC0415 - the parent process does not need it

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = main(["check", "--settings", name])
    return status, output.getvalue()
