"""What an owner, a child, and a guest ask, where a small language model is asked what no rule understands."""

import json
from pathlib import Path
from typing import Final

from e2e.test_roles import PRIVATE, SET
from lab.wire import Json
from questions.asking import Asker
from questions.judging import figures
from questions.lab_steward import asked_steward
from questions.rows import Speaks, read_rows
from real.model import DEPLOYMENT, NAME, RealModel

OPEN: Final = SET.with_name("roles_open.jsonl")
"""Questions that only a model can answer; what is known is said when it is too slow."""


async def test_a_small_model_claims_nothing_false_to_anybody(tmp_path: Path, model: RealModel) -> None:
    deployment: Json = {
        "id": DEPLOYMENT,
        "tier": "local",
        "kind": "openai",
        "url": f"{model.url}/v1",
        "model": NAME,
        "supports_tools": False,
    }
    async with asked_steward(tmp_path, [deployment]) as client:
        asker = Asker(client)
        judged = [await asker.ask(row) for row in (*read_rows(SET), *read_rows(OPEN))]
    found = figures(judged)
    print(f"\n{json.dumps(found)}")  # noqa: T201 - shown with -s
    wrong = [one for one in judged if one.is_false_claim or one.is_dropped_condition]
    assert not [(one.row.text, one.answer.text, one.mistakes) for one in wrong]
    others = [one for one in judged if one.row.speaker is not Speaks.OWNER]
    assert not [one.row.text for one in others if one.answer.steps]
    told = [(one.row.text, word) for one in others for word in PRIVATE if word in one.answer.text]
    assert not [(text, word) for text, word in told if word not in text]
