"""Gitea and Forgejo: pull requests, their checks and merges, and the runs of workflows."""

from typing import Final

from ...sdk.description import Versions
from ...sdk.fields import url_field
from .._forge import forge, hook
from .client import TOKEN, GiteaClient

SERVICE: Final = forge(
    key="gitea",
    name="Gitea and Forgejo",
    icon="mdi:source-repository",
    settings=(url_field("http://gitea.example.org:3000"), TOKEN),
    connect=GiteaClient,
    hook=hook("X-Gitea-Signature", "X-Gitea-Event"),
    understood=Versions("1.22", "1.26", others=("Forgejo 10 and later",)),
)
