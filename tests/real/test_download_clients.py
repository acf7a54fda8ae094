"""The services `sabnzbd` and `qbittorrent` read and change the real programs."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from demo.waiting import becomes
from homelab_steward.contract.base import Value
from homelab_steward.contract.state import CoverageStatus, Snapshot, TargetRef
from real import download_clients as programs
from real.conftest import Record
from real.download_clients import API_KEY, PASSWORD
from real.programs import DEADLINE
from steward.clock import SystemClock
from steward.errors import EffectUnknown, ServiceUnauthorized
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Action, AnyService, Call, Effect
from steward.sdk.snapshot import snapshot
from steward.services.qbittorrent import SERVICE as QBITTORRENT
from steward.services.sabnzbd import SERVICE as SABNZBD

MAGNET = "magnet:?xt=urn:btih:{0}&dn=Disc+{0:.2}"


class Real:
    """One real program with its service and client."""

    def __init__(self, service: AnyService, session: ClientSession, **settings: Value) -> None:
        self.service = service
        self.client: Any = service.connect(Access(settings=settings, session=session, clock=SystemClock()))

    async def read(self) -> Snapshot:
        gaps = Gaps()
        state = await self.service.poll(self.client, gaps)
        return snapshot(self.service, "i", state, gaps, datetime.now(UTC))

    async def until(self, is_reached: Callable[[Snapshot], bool]) -> Snapshot:
        async def reached() -> Snapshot | None:
            return found if is_reached(found := await self.read()) else None

        found = await becomes(reached, DEADLINE, f"what {self.service.name} was to reach")
        assert found
        return found

    def action(self, key: str) -> Action[Any]:
        return next(one for one in self.service.actions if one.key == key)

    def call(self, **arguments: Value) -> Call:
        target = TargetRef(instance_id="i", kind="instance", id="i", name=self.service.name)
        return Call(target=target, arguments=arguments)

    async def done_and_undone(self, key: str, **arguments: Value) -> None:
        """Do an action, see that it is done, and undo it."""
        action, call = self.action(key), self.call(**arguments)
        before = await action.dry_run(self.client, call)
        await action.precheck(self.client, call, before.baseline)
        assert await action.probe(self.client, call, before.baseline) is Effect.NOT_SEEN
        await action.execute(self.client, call, before.baseline)
        assert (await action.verify(self.client, call, before.baseline)).ok is True
        assert await action.probe(self.client, call, before.baseline) is Effect.DONE
        if action.undo is not None:
            assert await action.undo.dry_run(self.client, call, before.baseline)
            await action.undo.execute(self.client, call, before.baseline)
            undo = action.undo

            async def is_undone() -> bool:
                return not await undo.dry_run(self.client, call, before.baseline)

            await becomes(is_undone, DEADLINE, f"the undo of {key}")


@pytest.fixture(scope="module")
def sabnzbd_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    reason = programs.skip_reason(programs.SABNZBD)
    if reason is not None:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("sabnzbd")
    with programs.sabnzbd(folder) as url:
        yield url, folder


@pytest.fixture(scope="module")
def qbittorrent_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    reason = programs.skip_reason(programs.QBITTORRENT)
    if reason is not None:
        pytest.skip(reason)
    with programs.qbittorrent(tmp_path_factory.mktemp("qbittorrent")) as url:
        yield url


@pytest.fixture
async def sabnzbd(
    sabnzbd_url: tuple[str, Path], session: ClientSession, record_testsuite_property: Record
) -> Real:
    real = Real(SABNZBD, session, url=sabnzbd_url[0], api_key=API_KEY)
    record_testsuite_property("SABnzbd", f"{(await real.read()).version}, HTTP on loopback")
    return real


@pytest.fixture
async def qbittorrent(
    qbittorrent_url: str, session: ClientSession, record_testsuite_property: Record
) -> Real:
    real = Real(QBITTORRENT, session, url=qbittorrent_url, username="admin", password=PASSWORD)
    record_testsuite_property("qBittorrent", f"{(await real.read()).version}, HTTP on loopback")
    return real


async def test_sabnzbd_is_read_and_changed(sabnzbd: Real) -> None:
    found = await sabnzbd.read()
    assert found.coverage.status is CoverageStatus.COMPLETE
    assert (found.values["active"], found.values["queue_size"]) == (True, 0)
    assert found.unknown == {}
    await sabnzbd.done_and_undone("pause")
    await sabnzbd.done_and_undone("set_speed_limit", limit=400)


async def test_sabnzbd_tries_failed_downloads_again(sabnzbd: Real, sabnzbd_url: tuple[str, Path]) -> None:
    nzb = str(sabnzbd_url[1] / "disc.nzb")
    await sabnzbd.client.command("addlocalfile", name=nzb)
    # The news server has no article: the download fails each time.
    await sabnzbd.until(_has_failed)
    await _until_it_can_be_tried_again(sabnzbd)
    failed = next(one for one in SABNZBD.tools if one.key == "failed")
    assert (await failed.read(sabnzbd.client, sabnzbd.call())).text.startswith("disc: ")
    await sabnzbd.client.command("pause")
    await sabnzbd.done_and_undone("retry_failed")
    found = await sabnzbd.read()
    assert found.values["queue_size"] == 1
    await sabnzbd.client.command("resume")
    await sabnzbd.until(_has_failed)
    await sabnzbd.done_and_undone("clear_failed")


async def _until_it_can_be_tried_again(sabnzbd: Real) -> None:
    await becomes(
        lambda: sabnzbd.client.retryable(sabnzbd.call()), DEADLINE, "the end of the post-processing"
    )


def _has_failed(found: Snapshot) -> bool:
    return found.values["failed_downloads"] == 1


async def test_qbittorrent_is_read_and_changed(qbittorrent: Real) -> None:
    found = await qbittorrent.read()
    assert found.coverage.status is CoverageStatus.COMPLETE
    assert found.values["torrents"] == 0
    for number in "ab":
        magnet = MAGNET.format(number * 40)
        with suppress(EffectUnknown):  # the answer is text
            await qbittorrent.client.send("POST", "torrents/add", form={"urls": magnet})
    found = await qbittorrent.until(lambda found: found.values["stalled"] == 2)
    assert found.values["queue_size"] == 2
    await qbittorrent.done_and_undone("pause")
    await qbittorrent.done_and_undone("set_speed_limit", limit=400)
    pause, call = qbittorrent.action("pause"), qbittorrent.call()
    await pause.execute(qbittorrent.client, call, (await pause.dry_run(qbittorrent.client, call)).baseline)
    await qbittorrent.until(lambda found: found.values["paused"] == 2)
    await qbittorrent.done_and_undone("resume")


async def test_wrong_credentials_are_refused(
    sabnzbd_url: tuple[str, Path], qbittorrent_url: str, session: ClientSession
) -> None:
    wrong = (
        Real(SABNZBD, session, url=sabnzbd_url[0], api_key="0" * 32),
        Real(QBITTORRENT, session, url=qbittorrent_url, username="admin", password="Wrong-horse-8"),
    )
    for one in wrong:
        with pytest.raises(ServiceUnauthorized):
            await one.read()
