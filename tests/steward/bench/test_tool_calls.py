"""Rounds of tool calls are counted, checked and compared correctly. Their speed is not tested."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from bench import mcp, mcp_gateways, pipe_server
from bench.figures import Figure
from bench.load import Address, WrongAnswerError
from bench.programs import NotAvailableError
from bench.tool_calls import Pair, RefusedError, Round, Server, call, details, pairs

ANSWER = b'{"text": "running"}'


def one_round(seconds: float, *times: float) -> Round:
    return Round(times=times, seconds=seconds, cpu=0.5)


def by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    return {one.name: one for one in figures}


def found() -> dict[int, list[Pair]]:
    """Return pairs in which the steward makes 10 calls per second, and its peer 20."""
    pair = Pair(one_round(0.4, 0.1, 0.1, 0.1, 0.3), one_round(0.2, 0.05, 0.05, 0.05, 0.1))
    return {1: [pair], 16: [pair, pair]}


@asynccontextmanager
async def served(answer: bytes, statuses: list[int], seen: list[bytes], name: str) -> AsyncIterator[Server]:
    """Serve these statuses in order, then 200; ``seen`` gets the heads of all requests."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(65536):
            seen.append(name.encode() + head)
            status = statuses.pop(0) if statuses else 200
            writer.write(f"HTTP/1.1 {status} Word\r\ncontent-length: {len(answer)}\r\n\r\n".encode() + answer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/tool"
        address = Address(url, {"X-Key": "one"}, b"running")
        yield Server(name=name, pid=os.getpid(), address=address, body=lambda number: b"%d" % number)


def test_a_round_has_its_rate_its_times_and_its_processor_time_per_call() -> None:
    measured = one_round(2.0, 0.1, 0.2, 0.3, 0.4)
    assert (measured.rate, measured.cpu_ms) == (2.0, 125.0)
    assert (measured.ms(0.5), measured.ms(0.95)) == (200.0, 400.0)
    assert [one.value for one in details("steward", 1, [measured])] == [2.0, 200.0, 400.0, 125.0]


def test_calls_beside_mcpo_are_a_share_that_should_be_large() -> None:
    figures = by_name(mcp_gateways.figures(found()))
    ratio = figures["OpenAPI calls of a tool, 16 clients"]
    assert (ratio.value, ratio.is_met, ratio.is_headline) == (0.5, False, True)
    assert figures["mcpo, 1 client, calls per second"].value == 20
    assert figures["steward, 16 clients, calls per second"].value == 10


def test_calls_beside_fastmcp_are_a_ratio_that_should_be_small() -> None:
    figures = by_name(mcp.figures(found()))
    ratio = figures["MCP calls per second, 1 client"]
    assert (ratio.value, ratio.is_met, ratio.is_headline) == (2.0, False, True)
    assert figures["MCP call, p50"].value == 2.0
    assert figures["MCP call, p95"].value == pytest.approx(3.0)
    assert figures["FastMCP, 16 clients, p95"].value == 100


async def test_pairs_are_called_in_alternating_order_after_a_warm_up() -> None:
    seen: list[bytes] = []
    async with served(ANSWER, [], seen, "a") as one, served(ANSWER, [], seen, "b") as two:
        measured = await pairs(one, two, rounds=2, calls={1: 2})
    assert b"".join(head[:1] for head in seen) == b"aabbaabbbbaa"
    assert all(b"\r\nX-Key: one\r\n" in head for head in seen)
    assert [len(pair.steward.times) for pair in measured[1]] == [2, 2]


async def test_a_refused_call_is_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.load.PAUSE", 0)
    async with served(ANSWER, [503], [], "a") as server:
        with pytest.raises(RefusedError, match="1"):
            await call(server, 1, 2)


async def test_a_wrong_answer_is_an_error() -> None:
    async with served(b"it failed", [], [], "a") as server:
        with pytest.RaisesGroup(WrongAnswerError):
            await call(server, 1, 1)


async def test_the_server_over_pipes_answers_what_gateways_ask() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        mcp_gateways.PIPE_SERVER,
        "running",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    requests = (
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
        {"id": 3, "method": "tools/call", "params": {"name": pipe_server.TOOL, "arguments": {}}},
        {"id": 4, "method": "other"},
    )
    output, _ = await process.communicate(b"".join(orjson.dumps(one) + b"\n" for one in requests))
    first, listed, called, unknown = map(orjson.loads, output.splitlines())
    assert first["result"]["protocolVersion"] == "2025-06-18"
    assert [one["name"] for one in listed["result"]["tools"]] == [pipe_server.TOOL]
    assert called["result"]["content"] == [{"type": "text", "text": "running"}]
    assert (unknown["id"], unknown["error"]["code"]) == (4, pipe_server.UNKNOWN_METHOD)


async def test_without_mcpo_there_is_a_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mcp_gateways, "PACKAGES", tmp_path / "nothing")
    with pytest.raises(NotAvailableError, match="mcpo is missing"):
        await mcp_gateways.measure()
