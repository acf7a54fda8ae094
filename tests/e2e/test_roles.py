"""What an owner, a child, and a guest ask in two languages, spoken and written, without a model."""

from collections import Counter
from pathlib import Path
from typing import Final

from questions.asking import Asker
from questions.judging import figures
from questions.lab_steward import asked_steward
from questions.rows import Speaks, read_rows

SET: Final = Path(__file__).parents[1] / "questions" / "sets" / "roles.jsonl"
FEWEST: Final = 40
PRIVATE: Final = ("Marta", "Lindqvist", "Quiet Harbour", "Alex", "192.0.2.", "198.51.100.")
"""Names of people, what they watch, and addresses that the services of the lab report."""


async def test_each_gets_what_the_role_may_have(tmp_path: Path) -> None:
    rows = read_rows(SET)
    kinds = Counter((row.speaker, row.language, row.spoken) for row in rows)
    assert len(kinds) == len(Speaks) * 4, "each role speaks and writes both languages"
    async with asked_steward(tmp_path, []) as client:
        asker = Asker(client)
        judged = [await asker.ask(row) for row in rows]
    wrong = [f"{one.row.text!r}: {one.mistakes}: {one.answer.text}" for one in judged if one.mistakes]
    assert not wrong, "\n".join(wrong)
    found = figures(judged)
    assert found["n"] >= FEWEST
    assert (found["false_claims"], found["dropped_conditions"]) == (0, 0)
    others = [one for one in judged if one.row.speaker is not Speaks.OWNER]
    assert not [one.row.text for one in others if one.answer.steps], "only owners request here"
    told = [(one.row.text, word) for one in others for word in PRIVATE if word in one.answer.text]
    assert not [(text, word) for text, word in told if word not in text]
