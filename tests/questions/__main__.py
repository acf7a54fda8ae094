"""Runs a question set in the lab and prints the figures: script/steward eval conversation FILE --json."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from demo.processes import ChildEndedError
from demo.waiting import Expected
from lab.model import ScriptedModel
from lab.model_script import Obedient
from lab.wire import Json
from questions.asking import Asker
from questions.judging import Judgement, figures
from questions.lab_steward import asked_steward
from questions.rows import Row, WrongRows, read_rows
from steward.errors import StewardError
from steward.settings.reader import read_settings

USAGE_ERROR = 2
NONE = "none"
SCRIPTED = "scripted"


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 with figures, 2 for invalid input."""
    options = command_parser().parse_args(arguments)
    try:
        rows = read_rows(options.file)
        judged = asyncio.run(_judged(rows, options))
    except (WrongRows, Expected, ChildEndedError, StewardError) as err:
        sys.stderr.write(f"{err}\n")
        return USAGE_ERROR
    sys.stdout.write(json.dumps(figures(judged)) + "\n")
    return 0


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="steward eval conversation", description=__doc__)
    parser.add_argument("file", type=Path, help="JSON Lines file with one question per line")
    parser.add_argument("--json", action="store_true", help="print one JSON object (the only format)")
    parser.add_argument(
        "--model",
        default=NONE,
        help="none; scripted: a model that obeys every text; or the id of a deployment of --settings",
    )
    parser.add_argument("--settings", type=Path, help="YAML file with the settings of the deployment")
    parser.add_argument("--show", choices=["wrong", "all"], help="also print answers, to standard error")
    return parser


async def _judged(rows: Sequence[Row], options: argparse.Namespace) -> list[Judgement]:
    """Return the judged rows, and print each as soon as it is judged: a real model takes its time.

    Raises WrongRows, Expected, ChildEndedError and StewardError.
    """
    found: list[Judgement] = []
    with tempfile.TemporaryDirectory(prefix="steward-questions-") as folder:
        async with ScriptedModel(Obedient()) as scripted:
            models = _models(options.model, options.settings, scripted.url)
            async with asked_steward(Path(folder), models) as client:
                asker = Asker(client)
                for row in rows:
                    judged = await asker.ask(row)
                    found.append(judged)
                    if options.show == "all" or (options.show and judged.mistakes):
                        sys.stderr.write(_line(judged))
    return found


def _models(model: str, settings: Path | None, scripted_url: str) -> list[Json]:
    """Return the settings of the model. Raises WrongRows for a deployment that there is not."""
    if model == NONE:
        return []
    if model == SCRIPTED:
        return [{"id": SCRIPTED, "tier": "local", "url": f"{scripted_url}/v1", "model": SCRIPTED}]
    found = read_settings({}, None, settings).models if settings else ()
    chosen = next((one for one in found if one.id == model), None)
    if chosen is None:
        raise WrongRows(f"The settings have no deployment {model!r}; name them with --settings")
    named: dict[str, Json] = {
        "id": chosen.id,
        "tier": chosen.tier.value,
        "kind": chosen.kind.value,
        "url": chosen.url,
        "model": chosen.model,
        "api_key": chosen.api_key,
        "context_tokens": chosen.context_tokens,
        "supports_tools": chosen.supports_tools,
    }
    return [named]


def _line(one: Judgement) -> str:
    mistakes = "; ".join(one.mistakes) or "right"
    return f"{1000 * one.answer.seconds:.0f} ms {one.row.text!r} ({mistakes}): {one.answer.text}\n"


if __name__ == "__main__":
    sys.exit(main())
