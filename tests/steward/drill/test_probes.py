"""Every probe holds on the product, and fails on a product with the defect that it looks for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from steward.drill.catalogue import PROBES
from steward.drill.probe import Probe
from steward.drill.results import Result
from steward.drill.runner import run_probe
from steward.drill.scratch import Workshop, open_workshop
from steward.settings.model import Settings

from .mutations import MUTATIONS

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

ACCIDENTS = ("could not be carried out", "never got", "shows nothing")
"""Parts of the reasons of a probe that did not come as far as the rule."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workshop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    folder = tmp_path_factory.mktemp("drill")
    async with open_workshop(installed(folder), folder) as shop:
        yield shop


def installed(folder: Path) -> Settings:
    return Settings(data_dir=folder, database_url=f"sqlite+aiosqlite:///{folder / 'installed.db'}")


def apart(shop: Workshop, folder: Path) -> Workshop:
    """Return the workshop with a folder of its own, and the same template."""
    template = shop.folder / "template.db"
    (folder / template.name).hardlink_to(template)
    return replace(shop, folder=folder)


@pytest.mark.parametrize("probe", PROBES, ids=lambda one: one.id)
async def test_rule_holds(probe: Probe, workshop: Workshop, tmp_path: Path) -> None:
    result = await run_probe(apart(workshop, tmp_path), probe)
    assert (result.result, result.reason) == (Result.HELD, "")


@pytest.mark.parametrize("probe", PROBES, ids=lambda one: one.id)
async def test_defect_is_found(
    probe: Probe, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTATIONS[probe.id](monkeypatch)
    result = await run_probe(apart(workshop, tmp_path), probe)
    assert result.result is Result.FAILED, result
    assert not any(one in result.reason for one in ACCIDENTS), result.reason


async def test_each_probe_has_a_defect() -> None:
    assert {*MUTATIONS} == {one.id for one in PROBES}
    assert len(PROBES) == 30
