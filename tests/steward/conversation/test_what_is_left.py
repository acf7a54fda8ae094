"""What is free is compared, and not what is used: "which has more room, tank or fast"."""

import pytest

from rig.question_instances import Made, resource
from rig.question_lab import QuestionLab

from .test_reading_answers import answer


def lab() -> QuestionLab:
    """A large pool that is rather full, a small one that is rather empty, and two nodes."""
    found = QuestionLab()
    found.add("nas", resource("pool", "large", "large", disk_share=60.0, used=6_000.0))
    found.add("nas", resource("pool", "small", "small", disk_share=50.0, used=1_000.0))
    found.add("nas", resource("pool", "odd", "odd", disk_share=50.0))
    for name, share, used, limit in (("n1", 40.0, 6_400.0, 16_000.0), ("n2", 50.0, 32_000.0, 64_000.0)):
        found.add(
            "proxmox",
            resource("node", name, name, memory_share=share, memory_used=used, memory_limit=limit),
        )
    return found


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "which one has more room, large or small",
            "large. Free: large 4,000 GiB and small 1,000 GiB.",
        ),
        ("en", "does small have more space left than large?", "No. Free: small 1,000 GiB and large"),
        ("en", "which has the most free space, small or large", "large. Free: small"),
        ("en", "which of them has less free space, small or large", "small. Free: small"),
        ("en", "Which node has more memory free, n1 or n2?", "n2. Free: n1 9,600 MiB and n2 32,000 MiB."),
        ("de", "Wer hat mehr Platz, large oder small?", "large. Frei: large 4.000 GiB"),
        ("fr", "Lequel a plus de place, large ou small ?", "large. Libre : large"),
        ("es", "¿Qué nodo tiene más memoria libre, n1 o n2?", "n2. Libre: n1 9.600 MiB"),
        ("nl", "Wat heeft meer ruimte, large of small?", "large. Vrij: large 4.000 GiB"),
        # What is used is still compared as such.
        ("en", "which one uses more space, large or small", "large. Space usage: large 60 %"),
        ("en", "which one is emptier, large or small", "small. Space usage: large 60 %"),
        ("en", "Which node uses more memory, n1 or n2?", "n2. Memory usage: n1 40 % and n2 50 %."),
        # Of shares alone it is not known who has more left.
        ("en", "which one has more room, odd or large", "Space usage: odd 50 % and large 60 %."),
    ],
)
async def test_what_is_free_is_compared(language: str, text: str, expected: str) -> None:
    assert (await answer(text, lab(), language=language)).startswith(expected)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("which pool has the most free space", "small"),
        ("which pool has the most room", "small"),
        ("which pool has the least free space", "local-zfs"),
        ("which pool has the least room left", "local-zfs"),
        ("which pool is the fullest", "local-zfs"),
    ],
)
async def test_the_most_space_left_is_the_least_used(text: str, first: str) -> None:
    pools = QuestionLab()
    pools.add("nas", resource("pool", "small", "small", disk_share=10.0, used=1_000.0))
    found = await answer(text, pools)
    assert found.startswith(f"Space usage: {first} with"), found


async def test_what_says_how_much_is_left_is_least_where_most_is_used() -> None:
    found = QuestionLab()
    found.add_instance(Made("lidarr", "Lidarr", {"free_disk": 20.0}))
    assert (await answer("which uses more disk space, radarr or lidarr", found)).startswith("Lidarr. ")
    assert (await answer("which has more disk space free, radarr or lidarr", found)).startswith("Radarr. ")
