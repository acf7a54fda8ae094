"""Gitea and Forgejo: pull requests and the runs of workflows."""

from typing import Final

from ...sdk.client import bearer
from ...sdk.description import Access, Versions
from ...sdk.fields import secret_field, url_field
from .._forge import ForgeClient, forge

TOKEN: Final = secret_field(
    "token", "Access token", "In Settings, Applications. It needs read access to repositories only."
)


class GiteaClient(ForgeClient):
    """One Gitea or Forgejo."""

    runs = "actions/tasks"
    page_size = "limit"

    def __init__(self, access: Access) -> None:
        super().__init__(access, auth=bearer(TOKEN), base="api/v1", headers={})

    async def version(self) -> str:
        """Return the version of the server."""
        return await self.one(str, "version", below="version")

    async def checks(self, path: str, sha: str) -> str:
        """Return the combined state of a commit."""
        return await self.one(str, f"repos/{path}/commits/{sha}/status", below="state") or "there are none"


SERVICE: Final = forge(
    key="gitea",
    name="Gitea and Forgejo",
    icon="mdi:source-repository",
    settings=(url_field("http://gitea.example.org:3000"), TOKEN),
    connect=GiteaClient,
    understood=Versions("1.22", "1.26", others=("Forgejo 10 and later",)),
)
