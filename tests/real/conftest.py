"""Fixtures of real programs, started once. Each records its version in the report."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from aiohttp import ClientSession

from lab.lab import Lab
from real import model as models
from real import postgresql as servers
from real.model import RealModel
from real.postgresql import PostgresqlServer

LONGEST = 1_800.0
"""Seconds until a test times out, long enough for a busy machine."""

type Record = Callable[[str, object], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Set the timeout of the tests in this folder."""
    for item in items:
        if item.path.is_relative_to(servers.ROOT / "tests" / "real"):
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(scope="session")
def postgresql(record_testsuite_property: Record) -> Iterator[PostgresqlServer]:
    programs = servers.find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL is installed, and it cannot be fetched")
    with servers.running(programs) as server:
        record_testsuite_property("PostgreSQL", f"{server.version()}, TCP on loopback")
        yield server


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, record_testsuite_property: Record) -> Iterator[RealModel]:
    reason = models.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with models.serving(tmp_path_factory.mktemp("model")) as model:
        record_testsuite_property("Language model", model.description)
        yield model


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with Lab() as lab:
        yield lab


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session
