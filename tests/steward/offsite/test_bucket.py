"""The client of object storage: signed requests, pages, and what is refused."""

import aiohttp
import pytest

from rig.bucket_server import KEY, PREFIX, serving
from rig.inventory import NOW
from steward.clock import ManualClock
from steward.offsite.bucket import Bucket, OffsiteFailed


async def test_objects_are_written_listed_read_and_deleted() -> None:
    async with serving() as (server, bucket):
        names = [f"copy {number}+ä.age" for number in range(5)]
        for name in names:
            await bucket.write(name, name.encode())
        server.objects["elsewhere/x"] = b"of somebody else"
        assert await bucket.sizes() == {name: len(name.encode()) for name in names}, "all pages"
        assert f"{PREFIX}{names[0]}" in server.objects
        assert await bucket.read(names[1]) == names[1].encode()
        await bucket.delete(names[1])
        await bucket.delete(names[1])
        assert len(await bucket.sizes()) == 4


async def test_what_is_refused_has_the_code_and_no_secret() -> None:
    async with serving() as (server, bucket):
        server.refuse = {"PUT"}
        with pytest.raises(OffsiteFailed, match=r"refused PUT: 403 AccessDenied") as refused:
            await bucket.write("a", b"")
        assert KEY.secret_key not in str(refused.value)
        with pytest.raises(OffsiteFailed, match=r"refused GET: 404 NoSuchKey"):
            await bucket.read("a")
        server.body = b"<html>a page of a proxy</html>"
        with pytest.raises(OffsiteFailed, match="not a list of objects"):
            await bucket.sizes()
        server.body = b"no XML"
        with pytest.raises(OffsiteFailed, match="not a list of objects"):
            await bucket.sizes()


async def test_a_server_that_is_away() -> None:
    async with aiohttp.ClientSession() as session:
        bucket = Bucket(
            session=session, clock=ManualClock(NOW), key=KEY, url="http://127.0.0.1:9", name="b", prefix=""
        )
        with pytest.raises(OffsiteFailed, match=r"127\.0\.0\.1 does not answer: .*connect"):
            await bucket.sizes()
