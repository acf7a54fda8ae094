"""Bookshelf: what differs from its relatives."""

from lab.visit import visit


async def test_missing_books_are_listed_with_their_author() -> None:
    async with visit("bookshelf") as here:
        missing = here.tool("missing")
        text = (await missing.read(here.client, await here.call_of(missing))).text
        assert text.splitlines()[0] == "51: Jane Cluster Parity and Prejudice"
