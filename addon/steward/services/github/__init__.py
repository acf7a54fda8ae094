"""GitHub: pull requests, their checks and merges, and the runs of workflows."""

from typing import Final

from ...sdk.description import Versions
from ...sdk.fields import url_field
from .._forge import forge, hook
from .client import API, TOKEN, GithubClient

SERVICE: Final = forge(
    key="github",
    name="GitHub",
    icon="mdi:github",
    settings=(url_field("https://api.github.com"), TOKEN),
    connect=GithubClient,
    hook=hook("X-Hub-Signature-256", "X-GitHub-Event", prefix="sha256="),
    understood=Versions(note=f"API {API}"),
)
