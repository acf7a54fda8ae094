"""A pytest plugin that keeps a sample of the tests: ``-p rig.sample --share 3 --seed 11`` keeps a third."""

from hashlib import sha256

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    parser.addoption("--share", type=int, default=1, help="keep one of this many tests")
    parser.addoption("--seed", type=int, default=0, help="which ones")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that are not in the sample, the same in each worker."""
    share, seed = config.getoption("--share"), config.getoption("--seed")
    left_out = [item for item in items if not is_in_sample(item.nodeid, share, seed)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if is_in_sample(item.nodeid, share, seed)]


def is_in_sample(name: str, share: int, seed: int) -> bool:
    """Return whether a test is among one of ``share``, with each seed among different ones."""
    digest = sha256(f"{seed} {name}".encode()).digest()
    return int.from_bytes(digest[:8]) % share == 0
