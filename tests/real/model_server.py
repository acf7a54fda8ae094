"""Runs llama.cpp's HTTP server: `python model_server.py WEIGHTS NAME FILE_FOR_THE_URL`.

Needs the folder of the package xllamacpp in PYTHONPATH. Ends with SIGTERM.
"""

import signal
import sys
from pathlib import Path

import xllamacpp  # type: ignore[import-not-found]  # see requirements/real-model-server.txt


def main(weights: str, name: str, address: Path) -> None:
    """Serve chat and embeddings of one model on loopback until SIGTERM or SIGINT."""
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = 8192
    params.n_parallel = 1
    params.embedding = True
    params.endpoint_metrics = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(params)
    address.write_text(server.listening_address)
    signal.sigwait(signals)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
