"""The commands of the language models: checks them, and exports what was sent outside."""

import csv
import io

import aiohttp

from ..clock import SystemClock
from ..errors import StewardError
from ..llm.egress import PrivacyContext
from ..llm.errors import ModelError
from ..llm.ledger import every_entry
from ..llm.model_abilities import ModelCheck
from ..llm.model_check import ModelChecks, check_line, check_model
from ..settings.model import Settings
from ..store.database import Database
from .model_stack import ModelStack

COLUMNS = ("id", "at", "deployment", "tier", "task", "bytes", "privacy", "masked", "digest")


class NoModels(StewardError):
    """No chat model is configured."""


async def check_models(settings: Settings) -> list[str]:
    """Check each chat model, store the results and return a line for each.

    The app uses the results within a minute. Raises StewardError: no model, or no database yet.
    """
    chat = [one for one in settings.models if one.model]
    if not chat:
        raise NoModels("no chat model is configured")
    clock = SystemClock()
    context = PrivacyContext(names=frozenset, clean=str)
    lines: list[str] = []
    results: dict[str, ModelCheck] = {}
    database = Database(settings.database_url)
    try:
        async with aiohttp.ClientSession() as session:
            models = ModelStack(settings.models, session, database, context, clock, _nothing)
            try:
                for one in chat:
                    try:
                        results[one.id] = await check_model(models.gateway, one)
                        lines.append(check_line(one.id, results[one.id]))
                    except ModelError as err:
                        lines.append(f"{one.id}: {err}")
            finally:
                await models.close()
        await ModelChecks(database, clock).store(results)
    finally:
        await database.close()
    return lines


async def export_ledger(settings: Settings) -> str:
    """Return all requests to models outside as CSV, oldest first; the texts are not stored."""
    database = Database(settings.database_url)
    try:
        async with database.read() as connection:
            entries = await every_entry(connection)
    finally:
        await database.close()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(one, name)) for name in COLUMNS] for one in entries)
    return out.getvalue()


def _cell(value: object) -> object:
    """Return a value for a table; a text that a spreadsheet would compute is quoted."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" else value


async def _nothing() -> None:
    """Publish nothing."""
