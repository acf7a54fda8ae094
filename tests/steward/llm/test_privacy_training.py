"""The privacy model is trained from files of this repository, and the same files give the same weights."""

import random
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from steward.llm.likely_private import IN_PRIVATE, MENTIONED, SECRET_MENTIONED, margin
from steward.llm.privacy_model import UNIT, dump, load

LIB = Path(__file__).parents[3] / "script" / "lib"


@pytest.fixture(scope="module")
def rows() -> Iterator[ModuleType]:
    """Return the module with the rows, which is not in a package."""
    sys.path.insert(0, str(LIB))
    try:
        yield import_module("privacy_rows")
    finally:
        sys.path.remove(str(LIB))


@pytest.fixture(scope="module")
def training(rows: ModuleType) -> ModuleType:
    """Return the module that trains."""
    assert LIB.parents[1] == rows.ROOT
    return import_module("train_privacy")


def test_the_weights_are_from_the_files_of_this_repository(rows: ModuleType, training: ModuleType) -> None:
    assert load().inputs == training.digest_of_inputs(rows.labelled()), "run script/train-privacy"


def test_the_digest_depends_on_each_file(
    rows: ModuleType, training: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = rows.labelled()[: training.SAMPLE]
    other = tmp_path / "frames.txt"
    other.write_bytes(training.FRAMES.read_bytes() + b"\n")
    before = training.digest_of_inputs(listed)
    monkeypatch.setattr(training, "FRAMES", other)
    assert training.digest_of_inputs(listed) != before


def test_a_training_is_repeated_exactly(
    rows: ModuleType, training: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "frames", lambda fillers: [rows.Row(fillers.password())])
    monkeypatch.setattr(training, "sentences", lambda *_: [])
    listed = rows.labelled()[:12]
    first, second = (
        dump(training.model_of(training.learn(listed, []), {"secret": 1.5}, "inputs")) for _ in range(2)
    )
    assert first == second
    fewer = dump(training.model_of(training.learn(listed[:6], []), {"secret": 1.5}, "inputs"))
    assert fewer != first


def test_least_scores_are_chosen_with_sets_that_were_not_learned(
    rows: ModuleType, training: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[set[str]] = []

    class Scores:
        def highest(self, label: str, text: str) -> float:
            assert text not in learned[-1], "a row that was learned does not choose a score"
            return len(text) + (label == "secret")

    def learn(found: list[object], _: object) -> Scores:
        learned.append({one.text for one in found if isinstance(one, rows.Row)})
        return Scores()

    monkeypatch.setattr(training, "learn", learn)
    listed = [rows.Row("x" * (number + 1), group=f"set {number % 9}") for number in range(90)]
    private = [rows.Row(f"{'y' * 200}{number}", is_topic=True, group=f"set {number}") for number in range(9)]
    least = training.calibrate([*listed, *private], [])
    assert len(learned) == training.PARTS
    assert least["private"] == 90 - round(90 * training.SHARES["private"])
    assert least["secret"] == 91 - round(90 * training.SHARES["secret"]) + training.ADDED["secret"]
    assert least[IN_PRIVATE] == 202
    assert least[MENTIONED] == 90 - round(90 * training.SHARES[MENTIONED])
    assert least[SECRET_MENTIONED] == 91 - round(90 * training.SHARES[SECRET_MENTIONED])


def test_sentences_have_one_of_each_list(rows: ModuleType) -> None:
    chance = random.Random(3)  # noqa: S311 - the same sentences each time
    found = list(rows.sentences(rows.Fillers(chance), chance))
    assert not [one.text for one in found if "<be>" in one.text or "<thing>" in one.text]
    texts = [one.text for one in found if one.spans]
    assert len(set(texts)) > len(texts) * 0.9
    assert any("\n" in one for one in texts)


def test_a_longer_text_needs_a_higher_score() -> None:
    assert (margin(0), margin(32), margin(64)) == (0, 0, UNIT // 2)
