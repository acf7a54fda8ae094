"""What registries say is read and checked, their limits are obeyed, and credentials go nowhere else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from lab.faults import Fault, FaultKind, Faults
from lab.registry import RegistrySimulator
from lab.world import World
from steward.changes import registry as registries
from steward.changes.registry import Login, RegistryClient
from steward.changes.registry_limits import FIRST_PAUSE, LONGEST_PAUSE, Limits
from steward.clock import ManualClock
from steward.errors import (
    ServiceError,
    ServiceMalformed,
    ServiceNotFound,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.sdk.image_names import ImageName, Repository, built_at, parse_image

PATH = "media/sonarr"
AMD, ARM = "linux/amd64", "linux/arm64/v8"
PASSWORD = "pass-of-the-registry"
DIGEST = f"sha256:{'a' * 64}"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
async def served() -> AsyncIterator[RegistrySimulator]:
    served = RegistrySimulator(World(), Faults())
    await served.start()
    yield served
    await served.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(session: aiohttp.ClientSession, clock: ManualClock) -> RegistryClient:
    return RegistryClient(session, clock)


@pytest.fixture
def here(served: RegistrySimulator) -> Repository:
    return Repository(served.host, PATH)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("nginx", ("docker.io", "library/nginx", "latest", "")),
        ("nginx:1.27", ("docker.io", "library/nginx", "1.27", "")),
        ("docker.io/grafana/grafana:11", ("docker.io", "grafana/grafana", "11", "")),
        ("index.docker.io/library/redis", ("docker.io", "library/redis", "latest", "")),
        ("lscr.io/linuxserver/sonarr:4.0.1", ("lscr.io", "linuxserver/sonarr", "4.0.1", "")),
        ("registry:5000/a/b/c@" + DIGEST, ("registry:5000", "a/b/c", "", DIGEST)),
        ("localhost/app:1@" + DIGEST, ("localhost", "app", "1", DIGEST)),
        ("quay.io/a__b/c-d.e", ("quay.io", "a__b/c-d.e", "latest", "")),
        ("nginx:", None),
        ("Nginx", None),
        ("sha256:" + "a" * 64, None),
        ("nginx@sha256:abc", None),
        ("../../etc/passwd", None),
        ("evil.example/../admin:1", None),
        ("a b", None),
        ("https://ghcr.io/a/b", None),
        ("", None),
        ("a/" * 400, None),
    ],
)
def test_references_are_read_as_engines_do(reference: str, expected: tuple[str, ...] | None) -> None:
    found = parse_image(reference)
    registry, path, tag, digest = expected or ("", "", "", "")
    assert found == (ImageName(Repository(registry, path), tag, digest) if expected else None)


def test_the_name_is_the_one_people_write() -> None:
    assert Repository("docker.io", "library/nginx").name == "nginx"
    assert Repository("docker.io", "library/nginx").host == "registry-1.docker.io"
    assert Repository("ghcr.io", "a/b").name == "ghcr.io/a/b"


async def test_tags_of_all_pages_are_read_with_one_token(
    served: RegistrySimulator, client: RegistryClient, here: Repository
) -> None:
    for number in range(5):
        served.push(PATH, f"4.0.{number}")
    served.page = 2
    assert await client.tags(here) == tuple(f"4.0.{number}" for number in range(5))
    assert [path for path, _ in served.authorizations].count("/token") == 1


async def test_more_tags_than_are_read_have_no_newest(
    served: RegistrySimulator,
    client: RegistryClient,
    here: Repository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registries, "MOST_PAGES", 2)
    for number in range(5):
        served.push(PATH, f"4.0.{number}")
    served.page = 2
    with pytest.raises(ServiceMalformed, match="more than"):
        await client.tags(here)


async def test_the_image_of_the_platform_is_read_once(
    served: RegistrySimulator, client: RegistryClient, here: Repository
) -> None:
    labels = {"org.opencontainers.image.version": "4.0.2"}
    pushed = served.push(PATH, "4.0.2", labels)
    served.redirects_blobs = True
    digest = await client.digest(here, "4.0.2")
    assert (digest, served.pulls) == (pushed[""], 0), "asking for the digest is not a pull"
    found = await client.image(here, digest, ARM)
    assert (found.digest, found.config, found.labels) == (digest, pushed[ARM], labels)
    assert found.created_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert await client.image(here, digest, ARM) is found
    assert served.pulls == 2
    assert await client.image(here, digest, "linux/arm64") != await client.image(here, digest, AMD)
    with pytest.raises(ServiceNotFound, match="no image for linux/riscv64"):
        await client.image(here, digest, "linux/riscv64")


async def test_an_image_without_an_index_is_read(
    served: RegistrySimulator, client: RegistryClient, here: Repository
) -> None:
    pushed = served.push(PATH, "1", platforms=(AMD,))
    single = next(digest for digest, (_, data) in served.content.items() if pushed[AMD].encode() in data)
    served.tags[PATH]["1"] = single
    served.shows_digest = False
    digest = await client.digest(here, "1")
    assert digest == single, "without the header the digest is computed"
    assert (await client.image(here, digest, AMD)).config == pushed[AMD]


async def test_what_has_another_digest_is_not_believed(
    served: RegistrySimulator, client: RegistryClient, here: Repository
) -> None:
    pushed = served.push(PATH, "1")
    for lie in (pushed[AMD], pushed[""]):
        served.lies = {lie}
        with pytest.raises(ServiceMalformed, match="another digest"):
            await client.image(here, pushed[""], AMD)
    served.lies = set()
    await client.image(here, pushed[""], AMD)


async def test_a_registry_that_refuses_its_own_token_is_asked_twice(
    served: RegistrySimulator, client: RegistryClient, here: Repository
) -> None:
    served.push(PATH, "1")
    served.accepts_tokens = False
    with pytest.raises(ServiceUnauthorized):
        await client.tags(here)
    asked = f"/v2/{PATH}/tags/list"
    assert [path for path, _ in served.authorizations] == [asked, "/token", asked]


async def test_a_token_that_ended_is_renewed(
    served: RegistrySimulator, client: RegistryClient, here: Repository, clock: ManualClock
) -> None:
    served.push(PATH, "1")
    await client.tags(here)
    await client.digest(here, "1")
    clock.move(200)
    await client.digest(here, "1")
    assert [path for path, _ in served.authorizations].count("/token") == 2


async def test_credentials_go_to_the_token_server_of_their_registry_only(
    served: RegistrySimulator, session: aiohttp.ClientSession, clock: ManualClock, here: Repository
) -> None:
    pushed = served.push(PATH, "1")
    served.login, served.redirects_blobs = ("reader", PASSWORD), True
    login = Login(host=served.host, username="reader", password=PASSWORD)
    assert PASSWORD not in repr(login)
    await RegistryClient(session, clock, (login,)).image(here, pushed[""], AMD)
    basic = [path for path, sent in served.authorizations if sent.startswith("Basic")]
    assert basic == ["/token"]
    other = Login(host="ghcr.io", username="reader", password=PASSWORD)
    for logins in ((), (other,), (Login(host=served.host, username="reader", password="wrong"),)):
        with pytest.raises(ServiceUnauthorized) as caught:
            await RegistryClient(session, clock, logins).tags(here)
        assert PASSWORD not in str(caught.value)
    assert all(PASSWORD not in sent for _, sent in served.authorizations)


@pytest.mark.parametrize(
    "kind", [FaultKind.HTML, FaultKind.GARBAGE, FaultKind.STATUS, FaultKind.RESET, FaultKind.REFUSED]
)
async def test_an_odd_answer_is_an_error_with_a_reason(
    served: RegistrySimulator, client: RegistryClient, here: Repository, kind: FaultKind
) -> None:
    served.push(PATH, "1")
    served.faults.arm(Fault(kind=kind, service="registry"))
    with pytest.raises(ServiceError):
        await client.tags(here)
    served.faults.clear()


async def test_a_slow_registry_ends(
    served: RegistrySimulator, client: RegistryClient, here: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registries, "SECONDS", 0.05)
    served.faults.arm(Fault(kind=FaultKind.HANG, service="registry"))
    with pytest.raises(ServiceUnreachable, match="no answer in time"):
        await client.tags(here)
    served.faults.clear()


async def test_a_tag_that_is_gone_is_named(client: RegistryClient, here: Repository) -> None:
    for asked in (client.digest(here, "9"), client.tags(here)):
        with pytest.raises(ServiceNotFound):
            await asked


async def test_a_registry_that_limits_is_left_alone_and_no_other(
    served: RegistrySimulator, client: RegistryClient, here: Repository, clock: ManualClock
) -> None:
    served.push(PATH, "1")
    served.limited = {"Retry-After": "600"}
    with pytest.raises(ServiceError):
        await client.tags(here)
    served.limited = None
    asked = len(served.authorizations)
    for _ in range(3):
        with pytest.raises(ServiceUnreachable, match="asked again in 10 min"):
            await client.tags(here)
    assert len(served.authorizations) == asked
    localhost = Repository(here.registry.replace("127.0.0.1", "localhost"), PATH)
    assert await client.tags(localhost) == ("1",)
    clock.move(601)
    assert await client.tags(here) == ("1",)


def test_limits_are_read_as_they_are_written() -> None:
    clock = ManualClock(NOW)

    def pause(status: int, limits: Limits | None = None, **headers: str) -> float:
        limits = limits or Limits()
        limits.read(status, {name.replace("_", "-"): text for name, text in headers.items()}, clock)
        return limits.until

    assert pause(429, retry_after=format_datetime(NOW + timedelta(seconds=90))) == 90
    assert pause(429, retry_after="999999999999") == LONGEST_PAUSE
    assert pause(503, retry_after="30") == 30
    assert pause(503) == pause(200) == pause(404) == 0
    assert pause(200, ratelimit_limit="100;w=21600", ratelimit_remaining="76;w=21600") == 0
    assert pause(200, ratelimit_limit="100;w=21600", ratelimit_remaining="9;w=21600") == 5_400
    assert pause(200, ratelimit_limit="none", ratelimit_remaining="-1;x", retry_after="never") == 0
    again = Limits()
    assert [pause(429, again), pause(429, again), pause(429, again)] == [60, 120, 240]
    pause(200, again)
    assert again.pause == FIRST_PAUSE


def test_reproducible_builds_have_no_age() -> None:
    assert built_at("1970-01-01T00:00:00Z") is built_at("") is built_at("2026-11-01T10:00:00") is None
    assert built_at("2026-11-01T10:00:00.123456789Z") is not None
