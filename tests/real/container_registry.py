"""A real container registry on loopback, and images that are pushed to it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import ClientSession

from demo.waiting import becomes
from lab.ports import free_port
from real.docker_engine import IMAGE, DockerEngine
from real.programs import TOOLS, running

DEADLINE = 60.0
CONFIG = """
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdir: %s}}
http: {addr: "127.0.0.1:%s"}
"""


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[str]:
    """Run a registry until the end of the block; yield its host with its port."""
    port = free_port()
    config = folder / "registry.yml"
    config.write_text(CONFIG % (folder / "data", port))
    arguments = ("usr/bin/docker-registry", "serve", config)
    async with running(folder, *arguments, fetched=TOOLS / "registry"), ClientSession() as session:

        async def answers() -> bool:
            try:
                async with session.get(f"http://127.0.0.1:{port}/v2/") as response:
                    return response.status == 200
            except OSError:
                return False

        await becomes(answers, DEADLINE, "the registry answers")
        yield f"127.0.0.1:{port}"


def push(engine: DockerEngine, repository: str, tag: str, changes: Sequence[str]) -> None:
    """Make an image of its own content with instructions of a Dockerfile, and push it."""
    maker = f"maker-{repository.rpartition('/')[2]}-{tag}"
    engine.request("POST", f"/containers/create?name={maker}", {"Image": IMAGE, "Cmd": ["sh"]})
    query = {
        "container": maker,
        "repo": repository,
        "tag": tag,
        "changes": "\n".join(changes),
        "comment": tag,
    }
    engine.request("POST", f"/commit?{urlencode(query)}", {})
    engine.remove(maker)
    answer = str(engine.request("POST", f"/images/{repository}/push?{urlencode({'tag': tag})}"))
    assert "errorDetail" not in answer, answer
