"""Object storage: signatures, programs without metrics, answers that are something else."""

import pytest

from lab.faults import FaultKind
from lab.visit import visit
from steward.errors import ServiceMalformed
from steward.services.s3.client import buckets, metrics


async def test_a_program_without_metrics_is_read_as_far_as_it_goes() -> None:
    async with visit("s3", changed={"metrics_token": ""}) as here:
        found, checks = await here.snapshot(), await here.checks()
        assert (found.values["buckets"], found.values["disk_share"], found.version) == (2, None, None)
        assert {gap.part for gap in found.coverage.gaps} >= {"cluster", "usage"}
        assert {key for key, _ in checks.unknown} == {"drives_offline", "storage_nearly_full"}


async def test_a_health_check_that_fails_otherwise_is_not_known() -> None:
    async with visit("s3") as here:
        here.arm(FaultKind.STATUS, "GET", "/minio/health/cluster", status=500)
        assert ("storage_unhealthy", None) in (await here.checks()).unknown
        here.lab.faults.clear()
        here.arm(FaultKind.STATUS, "GET", "/minio/health/cluster", status=404)
        assert (await here.snapshot()).values["unhealthy"] is None


async def test_the_largest_bucket_is_first() -> None:
    async with visit("s3") as here:
        tool = here.tool("buckets")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines() == ["backup: 256.0 GiB, 262144 objects", "photos: 64.0 GiB, 65536 objects"]


async def test_a_signature_depends_on_the_whole_request() -> None:
    async with visit("s3") as here:
        url = here.client.access.address
        one = here.client.signature("GET", url, {}, b"")
        for other in (
            here.client.signature("PUT", url, {}, b""),
            here.client.signature("GET", url, {"versioning": ""}, b""),
            here.client.signature("GET", url, {}, b"x"),
        ):
            assert other["Authorization"] != one["Authorization"]
        assert here.client.access.text("secret_key") not in str(one)


@pytest.mark.parametrize("data", [b"", b"{}", b"<html></html>", b"<a><b></a>"])
def test_another_answer_is_no_list(data: bytes) -> None:
    with pytest.raises(ServiceMalformed):
        buckets(data)


def test_metrics_need_metrics() -> None:
    with pytest.raises(ServiceMalformed):
        metrics("<html>")
    assert metrics('up{a="b"} 1\nup 2\n') == {"up": "1", "buckets": []}
