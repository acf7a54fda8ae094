"""What a registry has in place of what runs: newer tags, other contents, and nothing that is the same."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest

from homelab_steward.contract.changes import ChangeSource, Distance, WayBack
from lab.faults import Fault, FaultKind, Faults
from lab.registry import RegistrySimulator
from lab.world import World
from rig.inventory import ToyInventory
from rig.toy import Toy
from steward.changes import images
from steward.changes.found import Offers
from steward.changes.images import AGAIN, EVERY, ImageSource, releases
from steward.changes.registry import RegistryClient
from steward.clock import ManualClock
from steward.sdk.description import Installs, RunningImage, Updates
from steward.sdk.item_versions import ItemVersion

PATH = "media/sonarr"
PLATFORM = "linux/amd64"
VERSION, SOURCE = images.VERSION, images.SOURCE
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
UPDATES = Updates[object](
    action="update", arguments={"version": Installs.VERSION, "digest": Installs.REVISION}
)


@pytest.fixture
async def served() -> AsyncIterator[RegistrySimulator]:
    served = RegistrySimulator(World(), Faults())
    await served.start()
    yield served
    await served.close()


class Lab:
    """Boxes that run images of a registry, and the source that looks for newer ones."""

    def __init__(self, served: RegistrySimulator, session: aiohttp.ClientSession) -> None:
        self.served = served
        self.clock = ManualClock(NOW)
        self.inventory = ToyInventory(Toy())
        kinds = [
            replace(one, updates=UPDATES) if one.key == "box" else one
            for one in self.inventory.service_row.resources
        ]
        self.inventory.service_row = replace(self.inventory.service_row, resources=tuple(kinds))
        self.source = ImageSource(self.inventory, RegistryClient(session, self.clock), self.clock)

    def run(
        self,
        tag: str,
        digests: Mapping[str, str],
        box: str = "radarr",
        *,
        labels: Mapping[str, str] | None = None,
        reference: str = "",
    ) -> None:
        """Let a box run an image."""
        image = RunningImage(
            reference=reference or f"{self.served.host}/{PATH}:{tag}",
            digest=digests.get(""),
            image_id=digests.get(PLATFORM, ""),
            platform=PLATFORM,
            labels=labels or {},
            way_back=WayBack.DATA,
            way_back_text=t"Can be taken back",
        )
        one = ItemVersion(kind="box", id=f"box/{box}", image=image)
        kept = tuple(old for old in self.inventory.item_versions if old.id != one.id)
        self.inventory.item_versions = (*kept, one)

    def served_digest(self, tag: str) -> str:
        """Return the digest of the manifest of the platform, which the index of a tag names."""
        _, data = self.served.content[self.served.tags[PATH][tag]]
        return str(json.loads(data)["manifests"][0]["digest"])

    async def find(self, after: float = 0.0) -> Offers:
        self.clock.move(after)
        return await self.source.find()


@pytest.fixture
async def lab(served: RegistrySimulator) -> AsyncIterator[Lab]:
    async with aiohttp.ClientSession() as session:
        yield Lab(served, session)


def asked(served: RegistrySimulator) -> int:
    return len([one for one in served.requests if one.path.startswith("/v2/")])


async def test_a_newer_tag_is_offered_with_all_that_is_known_of_it(lab: Lab) -> None:
    old = lab.served.push(PATH, "4.0.1", layer="1")
    labels = {VERSION: "4.0.2", SOURCE: "https://github.com/Sonarr/Sonarr.git"}
    new = lab.served.push(PATH, "4.0.2", labels, layer="2")
    lab.served.push(PATH, "latest", layer="2")
    lab.run("4.0.1", old)
    (one,) = (await lab.find()).found
    assert (one.source, one.id) == (ChangeSource.IMAGE, "toy1/box/box/radarr")
    assert one.title == f"{lab.served.host}/{PATH} 4.0.1 → 4.0.2"
    assert one.label == "sonarr 4.0.1 → 4.0.2 (radarr)"
    assert one.revision == new[""]
    (package,) = one.packages
    assert (package.old, package.new, package.distance) == ("4.0.1", "4.0.2", Distance.PATCH)
    assert one.published_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert one.repository == "https://github.com/Sonarr/Sonarr.git"
    assert one.url == "https://github.com/Sonarr/Sonarr/releases"
    (step,) = one.steps
    assert (step.target.id, getattr(step, "action", "")) == ("box/radarr", "update")
    assert getattr(step, "arguments", {}) == {"version": "4.0.2", "digest": new[""]}
    assert (one.way_back, one.way_back_text) == (WayBack.DATA, "Can be taken back")


async def test_a_container_named_like_its_image_is_not_named_twice(lab: Lab) -> None:
    old = lab.served.push(PATH, "4.0.1", layer="1")
    lab.served.push(PATH, "4.0.2", layer="2")
    lab.run("4.0.1", old, box="sonarr")
    assert [one.label for one in (await lab.find()).found] == ["sonarr 4.0.1 → 4.0.2"]


async def test_the_next_major_version_is_offered_besides(lab: Lab) -> None:
    old = lab.served.push(PATH, "4.0.1", layer="1")
    for tag in ("4.2.0", "5.0.0", "5.1.0", "6.0.0"):
        lab.served.push(PATH, tag, layer=tag)
    lab.run("4.0.1", old)
    found = {one.id: one for one in (await lab.find()).found}
    assert {key: (one.packages[0].new, one.packages[0].distance) for key, one in found.items()} == {
        "toy1/box/box/radarr": ("4.2.0", Distance.MINOR),
        "toy1/box/box/radarr/major": ("5.1.0", Distance.MAJOR),
    }


async def test_a_registry_that_limits_for_hours_is_asked_seldom_and_ends_nothing(lab: Lab) -> None:
    old = lab.served.push(PATH, "4.0.1", layer="1")
    lab.served.push(PATH, "4.0.2", layer="2")
    for box in ("radarr", "sonarr"):
        lab.run("4.0.1", old, box)
    assert len((await lab.find()).found) == 2
    lab.served.limited = {}
    before = asked(lab.served)
    minutes = 48 * 60
    offers = [await lab.find(60) for _ in range(minutes)]
    kept = {one.id for one in offers[-1].found} | offers[-1].unknown
    assert {"toy1/box/box/radarr", "toy1/box/box/sonarr"} <= kept, "they stay as they are"
    assert asked(lab.served) - before <= 40, "less than once an hour"
    lab.served.limited = None
    offers = [await lab.find(3_600) for _ in range(24)]
    assert len(offers[-1].found) == 2


async def test_what_is_newest_and_what_has_the_same_content_is_not_offered(lab: Lab) -> None:
    old = lab.served.push(PATH, "latest")
    lab.run("latest", old)
    assert await lab.find() == Offers(found=())
    lab.served.reindex(PATH, "latest")
    assert (await lab.find(EVERY)).found == (), "the index is another one, and the image is the same"
    new = lab.served.push(PATH, "latest", layer="2")
    (one,) = (await lab.find(EVERY)).found
    assert one.revision == new[""]


@pytest.mark.parametrize(
    ("tag", "before", "after", "expected"),
    [
        ("4.0.1", {}, {}, ("4.0.1", "4.0.1", Distance.DIGEST)),
        ("latest", {}, {}, ("latest", "latest", Distance.UNKNOWN)),
        ("latest", {VERSION: "4.0.1"}, {VERSION: "5.0.0"}, ("4.0.1", "5.0.0", Distance.MAJOR)),
        ("4", {VERSION: "4.0.1"}, {VERSION: "4.1.0"}, ("4.0.1", "4.1.0", Distance.MINOR)),
        ("latest", {VERSION: "24.04"}, {VERSION: "24.04"}, ("24.04", "24.04", Distance.UNKNOWN)),
        (
            "stable",
            {VERSION: "4.0.1", SOURCE: "https://a.example/b"},
            {VERSION: "4.0.1", SOURCE: "https://a.example/b"},
            ("4.0.1", "4.0.1", Distance.DIGEST),
        ),
        (
            "stable",
            {VERSION: "4.0.1", images.REVISION: "1a"},
            {VERSION: "4.0.1", images.REVISION: "1a"},
            ("4.0.1", "4.0.1", Distance.DIGEST),
        ),
    ],
)
async def test_another_content_of_a_tag_is_a_rebuild_or_any_version(
    lab: Lab,
    tag: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    expected: tuple[str, str, Distance],
) -> None:
    old = lab.served.push(PATH, tag, before, layer="1")
    lab.served.push(PATH, tag, after, layer="2")
    lab.run(tag, old, labels=before)
    (one,) = (await lab.find()).found
    (package,) = one.packages
    assert (package.old, package.new, package.distance) == expected
    assert old[""].removeprefix("sha256:")[:7] in one.title or package.old != package.new


async def test_an_engine_that_knows_the_manifest_of_its_platform_runs_the_same(lab: Lab) -> None:
    lab.served.push(PATH, "latest")
    digest = lab.served_digest("latest")
    lab.run("latest", {"": digest})
    assert await lab.find() == Offers(found=())


async def test_a_pinned_tag_is_followed_and_a_bare_digest_is_not(lab: Lab) -> None:
    old = lab.served.push(PATH, "4.0.1", layer="1")
    lab.served.push(PATH, "4.0.2", layer="2")
    lab.run("", old, reference=f"{lab.served.host}/{PATH}:4.0.1@{old['']}")
    lab.run("", old, "sonarr", reference=f"{lab.served.host}/{PATH}@{old['']}")
    assert [one.target.name for one in (await lab.find()).found] == ["radarr"]


async def test_what_was_built_here_is_left_out(lab: Lab) -> None:
    lab.run("latest", {})
    assert await lab.find() == Offers(found=())
    assert asked(lab.served) == 0


async def test_one_image_is_asked_about_once_whatever_runs_it(lab: Lab) -> None:
    old = lab.served.push(PATH, "latest", layer="1")
    lab.served.push(PATH, "latest", layer="2")
    lab.run("latest", old)
    await lab.find()
    once, pulls = asked(lab.served), lab.served.pulls
    lab.run("latest", old, "sonarr")
    found = (await lab.find()).found
    assert [one.target.name for one in found] == ["radarr", "sonarr"]
    assert asked(lab.served) == once
    await lab.find(EVERY * 0.7)
    assert asked(lab.served) == once
    await lab.find(EVERY * 0.3)
    assert asked(lab.served) > once
    assert lab.served.pulls == pulls, "the image itself is known"


async def test_what_a_registry_does_not_say_is_unknown_until_it_does(lab: Lab) -> None:
    old = lab.served.push(PATH, "4.0.1", layer="1")
    lab.run("4.0.1", old)
    lab.served.faults.arm(Fault(kind=FaultKind.STATUS, service="registry"))
    ids = frozenset({"toy1/box/box/radarr", "toy1/box/box/radarr/major"})
    assert await lab.find() == Offers(found=(), unknown=ids)
    lab.served.faults.clear()
    assert (await lab.find()).unknown == ids, "it is not asked again at once"
    lab.served.push(PATH, "4.0.2", layer="2")
    found = await lab.find(AGAIN)
    assert (len(found.found), found.unknown) == (1, frozenset())
    lab.served.faults.arm(Fault(kind=FaultKind.STATUS, service="registry"))
    assert await lab.find(EVERY) == found, "what was offered before stays"


async def test_an_item_that_cannot_be_read_is_unknown(lab: Lab) -> None:
    lab.inventory.item_versions = (ItemVersion(kind="box", id="box/radarr", unknown="no answer"),)
    assert (await lab.find()).unknown >= {"toy1/box/box/radarr"}


async def test_a_tag_that_is_gone_is_no_rebuild(lab: Lab) -> None:
    old = lab.served.push(PATH, "4.0.1", layer="1")
    lab.served.push(PATH, "3.0.0", layer="2")
    del lab.served.tags[PATH]["4.0.1"]
    lab.run("4.0.1", old)
    assert await lab.find() == Offers(found=())


async def test_a_start_does_not_ask_for_everything_at_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "AT_ONCE", 1)
    for number, box in enumerate(("radarr", "sonarr")):
        old = lab.served.push(PATH, str(number), layer="1")
        lab.served.push(PATH, str(number), layer="2")
        lab.run(str(number), old, box)
    first, second = await lab.find(), await lab.find()
    assert (len(first.found), len(first.unknown)) == (1, 2)
    assert (len(second.found), len(second.unknown)) == (2, 0)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/releases"),
        ("https://github.com/a/b/tree/main/x", "https://github.com/a/b/releases"),
        ("https://github.com/a", "https://github.com/a"),
        ("https://git.example/a/b", "https://git.example/a/b"),
        ("http://github.com/a/b", None),
        ("https://a.example/ b", None),
        ("javascript:alert(1)", None),
        (f"https://{'a' * 600}", None),
        ("", None),
    ],
)
def test_only_addresses_are_taken_from_labels(source: str, expected: str | None) -> None:
    assert releases({SOURCE: source}) == expected
