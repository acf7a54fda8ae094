"""GitHub: pull requests and the runs of workflows."""

from typing import Final

from ...sdk.answers import Item
from ...sdk.client import bearer
from ...sdk.description import Access, Gaps, Versions
from ...sdk.fields import secret_field, url_field
from .._forge import BAD, RUNNING, ForgeClient, forge

API: Final = "2022-11-28"
TOKEN: Final = secret_field(
    "token",
    "Access token",
    "A fine-grained token with read access to metadata, pull requests, actions, and checks",
)


class CheckRun(Item, rename=None):
    """One check of a commit."""

    status: str | None = None
    conclusion: str | None = None


class GithubClient(ForgeClient):
    """GitHub, or a GitHub Enterprise Server."""

    runs = "actions/runs"
    page_size = "per_page"

    def __init__(self, access: Access) -> None:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": API}
        super().__init__(access, auth=bearer(TOKEN), base="", headers=headers)

    async def version(self) -> str:
        """Return the version of the API: GitHub has none of its own. Reads the limit of requests."""
        await self.one(int, "rate_limit", below="resources.core.remaining")
        return API

    async def checks(self, path: str, sha: str) -> str:
        """Return how many checks of a commit failed or run."""
        gaps = Gaps()
        page = await self.page(
            CheckRun,
            f"repos/{path}/commits/{sha}/check-runs",
            gaps,
            below="check_runs",
            total="total_count",
            per_page=100,
        )
        results = [one.conclusion or one.status for one in page.items]
        failed, running = (sum(one in kind for one in results) for kind in (BAD, RUNNING))
        missing = page.total - len(results)
        counts = ((failed, "failed"), (running, "running"), (missing + results.count(None), "not known"))
        words = [f"{number} {what}" for number, what in counts if number]
        return ", ".join(words) or ("passed" if results else "there are none")


SERVICE: Final = forge(
    key="github",
    name="GitHub",
    icon="mdi:github",
    settings=(url_field("https://api.github.com"), TOKEN),
    connect=GithubClient,
    understood=Versions(note=f"API {API}"),
)
