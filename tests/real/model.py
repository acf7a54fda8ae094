"""Runs llama.cpp's HTTP server with a small language model as a separate process."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from steward.llm.settings import Deployment

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("model_server.py")
PACKAGES = ROOT / ".tools" / "real" / "model-server"
WEIGHTS = "STEWARD_TEST_MODEL_FILE"
NAME = "qwen"
START_SECONDS = 300.0
STOP_SECONDS = 30.0
DEPLOYMENT = "local"


class ModelServerEndedError(Exception):
    """The server did not start; the text is the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealModel:
    """A running model. `description` names the server and the weights."""

    url: str
    description: str

    @property
    def deployment(self) -> Deployment:
        """The steward's settings for this model."""
        return Deployment(
            id=DEPLOYMENT,
            url=f"{self.url}/v1",
            model=NAME,
            embedding_model=NAME,
            supports_tools=False,
        )


def skip_reason() -> str | None:
    """Return why no model can be started, None if it can."""
    if not _weights().is_file():
        return "the weights of the model are missing, and they cannot be fetched"
    if not PACKAGES.is_dir():
        return "the server of the model is missing, and it cannot be fetched"
    return None


@contextmanager
def serving(folder: Path) -> Iterator[RealModel]:
    """Yield a running model. Raises ModelServerEndedError."""
    address, log = folder / "address", folder / "model-server.log"
    command = [sys.executable, str(PROGRAM), str(_weights()), NAME, str(address)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": str(PACKAGES)}, cwd=folder, stdout=output, stderr=output
        )
    try:
        yield RealModel(url=_address(process, address, log), description=_description())
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _weights() -> Path:
    return Path(os.environ.get(WEIGHTS, "not-named"))


def _address(process: subprocess.Popen[bytes], address: Path, log: Path) -> str:
    """Wait until the server has loaded the model, and return its URL."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if address.is_file() and (url := address.read_text()):
            return url
        time.sleep(0.1)
    raise ModelServerEndedError(log.read_text(errors="replace")[-2_000:])


def _description() -> str:
    weights = _weights()
    with weights.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    versions = {one.name: one.version for one in distributions(path=[str(PACKAGES)])}
    return (
        f"llama.cpp's server in xllamacpp {versions['xllamacpp']}, HTTP on loopback, "
        f"{weights.name}, sha256 {checksum[:12]}…"
    )
