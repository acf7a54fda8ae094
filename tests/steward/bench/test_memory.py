"""The figures of language models are computed correctly."""

from pathlib import Path

import pytest
import yaml
from bench.memory import First, Start, first_figures, litellm, openai, start_figures
from bench.model import PacedModel

from steward.llm.messages import Tier
from steward.llm.settings import DeploymentKind
from steward.settings.reader import read_settings


async def test_one_model_is_configured_with_both_kinds_of_deployment(tmp_path: Path) -> None:
    async with PacedModel(("one",)) as model:
        file = tmp_path / "steward.yaml"
        file.write_text(yaml.safe_dump({"models": [openai(model), litellm(model)]}))
        file.chmod(0o600)
        first, second = read_settings({}, None, file).models
    assert [one.kind for one in (first, second)] == [DeploymentKind.OPENAI, DeploymentKind.LITELLM]
    assert {one.url for one in (first, second)} == {f"{model.url}/v1"}
    assert {one.tier for one in (first, second)} == {Tier.LOCAL}
    assert second.model == f"openai/{first.model}"


def test_the_figures_of_the_first_question() -> None:
    many = [
        First(before=150, after=155, first=0.03, second=0.01),
        First(before=160, after=163, first=0.02, second=0.02),
    ]

    found = {one.name: one for one in first_figures("direct", many)}

    assert found["direct, memory growth"].value == 4
    assert found["Memory, first question, direct"].most == 163
    assert found["Memory, first question, direct"].shown == "155 → 159 MiB"
    assert found["direct, first answer"].value == pytest.approx(25)
    assert all(one.goal is None for one in found.values())


@pytest.mark.parametrize(("seconds", "is_met"), [(2.1, True), (2.3, False)])
def test_the_ratio_of_starts_with_and_without_models(seconds: float, is_met: bool) -> None:  # noqa: FBT001
    ratio, with_models, without = start_figures([Start(without=2.0, with_models=seconds)])

    assert ratio.is_met is is_met
    assert (with_models.value, without.value) == (seconds, 2.0)
