"""Addresses and headers of a collector are checked when the settings are read."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from steward.errors import InvalidSetting
from steward.settings.model import Settings
from steward.settings.reader import read_settings


def read(folder: Path, **traces: Any) -> Settings:
    file = folder / "steward.yaml"
    file.write_text(yaml.safe_dump({"observability": {"traces": traces}}))
    return read_settings({}, None, file)


def test_nothing_is_traced_by_default(tmp_path: Path) -> None:
    assert read(tmp_path).observability.traces.endpoint is None


def test_headers_are_read_from_a_secret_file(tmp_path: Path) -> None:
    (tmp_path / "headers").write_text("Authorization: Basic cGs6c2s=\n\nx-langfuse-ingestion-version: 4\n")
    settings = read(
        tmp_path,
        endpoint="https://langfuse.example.org/api/public/otel/v1/traces",
        headers_file="headers",
        sample_rate=0.25,
    )
    traces = settings.observability.traces
    assert traces.header_values == {
        "Authorization": "Basic cGs6c2s=",
        "x-langfuse-ingestion-version": "4",
    }
    assert traces.sample_rate == 0.25
    assert "Basic cGs6c2s=" in settings.secrets()
    assert "cGs6c2s=" not in repr(settings)


@pytest.mark.parametrize("endpoint", ["", "tempo:4318", "ftp://a.example.org", "https://", "http://a:0/", 5])
def test_an_endpoint(tmp_path: Path, endpoint: object) -> None:
    with pytest.raises(InvalidSetting, match="must be a URL such as"):
        read(tmp_path, endpoint=endpoint)


def test_an_endpoint_has_no_password(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="use headers_file") as caught:
        read(tmp_path, endpoint="https://me:secret@a.example.org/v1/traces")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("headers", ["Authorization", "Bad name: x", "A: b\nC", "A: ü"])
def test_a_header(tmp_path: Path, headers: str) -> None:
    with pytest.raises(InvalidSetting, match="must have a header on each line") as caught:
        read(tmp_path, endpoint="http://a.example.org/", headers=headers)
    assert "Bad" not in str(caught.value)


@pytest.mark.parametrize("rate", [-0.1, 1.1, "half", True])
def test_a_sample_rate(tmp_path: Path, rate: object) -> None:
    with pytest.raises(InvalidSetting, match="must be a number from 0 to 1"):
        read(tmp_path, endpoint="http://a.example.org/", sample_rate=rate)
