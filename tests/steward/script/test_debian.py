"""The mirror for Debian packages is found with a fake apt-get."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def mirror_among(targets: str, release: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the shell library's function with a fake list of apt targets."""
    apt = folder / "apt-get"
    apt.write_text(f"#!/bin/sh\ncat <<'LIST'\n{targets}\nLIST\n")
    apt.chmod(0o755)
    lines = [
        "set -euo pipefail",
        f'source "{ROOT}/script/lib/project.sh"',
        f'source "{ROOT}/script/lib/debian.sh"',
        f'PATH="{folder}:$PATH"',
        "debian_family() { echo debian; }",
        f"own_suite() {{ echo {release}; }}",
        "_mirror",
    ]
    return subprocess.run(["bash", "-c", "\n".join(lines)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("targets", "mirror"),
    [
        ("trixie main http://mirror.example/debian/", "http://mirror.example/debian/"),
        (
            "trixie main http://mirror.example/debian-security/\ntrixie main http://mirror.example/debian/",
            "http://mirror.example/debian/",
        ),
        (
            "trixie stable http://other.example/linux/debian/\ntrixie main http://mirror.example/debian/",
            "http://mirror.example/debian/",
        ),
        (
            "trixie-updates main http://late.example/debian/\ntrixie main http://mirror.example/debian/",
            "http://mirror.example/debian/",
        ),
        ("testing main http://mirror.example/debian/", "http://mirror.example/debian/"),
        ("trixie main mirror+file:/etc/apt/mirrors/debian.list", "mirror+file:/etc/apt/mirrors/debian.list"),
    ],
    ids=["plain", "not-security", "not-a-vendor", "own-release-first", "by-suite-name", "mirror-list"],
)
def test_the_mirror_is_that_of_the_machine(targets: str, mirror: str, tmp_path: Path) -> None:
    found = mirror_among(targets, "trixie", tmp_path)

    assert found.stdout.strip() == mirror, found.stderr


def test_without_debians_archive_there_is_no_mirror(tmp_path: Path) -> None:
    found = mirror_among("trixie stable http://other.example/linux/debian/", "trixie", tmp_path)

    assert found.returncode != 0
    assert found.stdout == ""
