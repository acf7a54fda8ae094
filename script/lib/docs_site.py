"""Builds the website of the documentation from README, docs/, and the pages of the repository.

The arguments are the folder to build in and the program `zensical`. The order of the pages is that of the
README's table. Links to files that are no pages lead to the repository. Each service has a page of its own,
made of docs/services.md.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urldefrag

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = ROOT / "docs" / "services.md"
REPOSITORY: Final = "https://github.com/homelab-steward/homelab-steward"
OTHER_PAGES: Final = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
LINK: Final = re.compile(r"(?<=\]\()([^)#\s]*)((?:#[^)\s]*)?)(?=\))")
ROW: Final = re.compile(r"^\| *([^|]*?) *\| *(\[.*\)) *\|$", re.MULTILINE)
NAMED: Final = re.compile(r"\[([^\]]+)\]\(([^)]+\.md)\)")
SETTINGS: Final = """\
[project]
site_name = "Homelab Steward"
site_description = "Watches a homelab, asks before it repairs, and undoes what made things worse."
repo_url = "{repository}"
repo_name = "Repository"
docs_dir = "pages"
site_dir = "site"
nav = [
{nav}
]

[project.theme]
features = ["navigation.sections", "navigation.top", "search.highlight", "content.code.copy", "toc.follow"]

[[project.theme.palette]]
media = "(prefers-color-scheme: light)"
scheme = "default"
toggle.icon = "lucide/sun"
toggle.name = "Use dark colors"

[[project.theme.palette]]
media = "(prefers-color-scheme: dark)"
scheme = "slate"
toggle.icon = "lucide/moon"
toggle.name = "Use light colors"

[project.markdown_extensions.toc]
permalink = true
slugify = {{ object = "pymdownx.slugs.slugify", kwds = {{ case = "lower" }} }}

[project.markdown_extensions.tables]
[project.markdown_extensions.md_in_html]
[project.markdown_extensions.pymdownx.superfences]
[project.markdown_extensions.pymdownx.highlight]
"""


def main(folder: Path, program: str) -> None:
    """Build the site and check its links. Exits with the problems that were found."""
    pages = folder / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", pages)
    sources = {pages / path.relative_to(ROOT / "docs"): path for path in (ROOT / "docs").rglob("*.md")}
    sources |= {pages / name: ROOT / name for name in OTHER_PAGES}
    sources |= {pages / "index.md": ROOT / "README.md"}
    places = {source: page for page, source in sources.items()}
    services = {_anchor(title): text for title, text in _parts(SERVICES.read_text())}
    for page, source in sources.items():
        page.write_text(_linked(source.read_text(), source, page, places, pages, services))
    _write_services(pages, places, services)
    (folder / "zensical.toml").write_text(SETTINGS.format(repository=REPOSITORY, nav=_nav(places, pages)))
    build = [program, "build", "--clean", "--strict"]
    subprocess.run(build, cwd=folder, check=True)  # noqa: S603 - the program of script/docs-site
    problems = list(dead_links(folder / "site"))
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(sources) + len(services)} pages: {folder / 'site' / 'index.html'}")


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the title and the text of each part of a page, a part being what begins with `## `."""
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n")
        yield title, f"# {title}\n{rest}"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _write_services(pages: Path, places: dict[Path, Path], services: dict[str, str]) -> None:
    """Write a page for each service, and leave only the list of them in the page of all."""
    (pages / "services").mkdir()
    for anchor, text in services.items():
        page = pages / "services" / f"{anchor}.md"
        page.write_text(_linked(text, SERVICES, page, places, pages, services))
    page = pages / "services.md"
    page.write_text(page.read_text().partition("\n## ")[0])


def _linked(
    text: str, source: Path, page: Path, places: dict[Path, Path], pages: Path, services: dict[str, str]
) -> str:
    """Return a text of the file `source` with links that are right in `page`."""

    def link(found: re.Match[str]) -> str:
        target, anchor = found.groups()
        if ":" in target:
            return found.group()
        path = (source.parent / unquote(target)).resolve() if target else source
        if path == SERVICES and anchor[1:] in services:
            return str((pages / "services" / f"{anchor[1:]}.md").relative_to(page.parent, walk_up=True))
        if not target:
            return found.group()
        if path in places:
            new = places[path]
        elif path.is_relative_to(ROOT / "docs") and path.is_file():
            new = pages / path.relative_to(ROOT / "docs")
        else:
            kind = "tree" if path.is_dir() else "blob"
            return f"{REPOSITORY}/{kind}/main/{path.relative_to(ROOT)}{anchor}"
        return f"{new.relative_to(page.parent, walk_up=True)}{anchor}"

    return LINK.sub(link, text)


def _nav(places: dict[Path, Path], pages: Path) -> str:
    """Return the navigation: the topics and pages of the README's table, then the decisions."""
    topics: dict[str, list[str]] = {}
    topic = ""
    for name, cell in ROW.findall((ROOT / "README.md").read_text()):
        topic = name or topic
        for title, target in NAMED.findall(cell):
            page = places[(ROOT / target).resolve()].relative_to(pages)
            topics.setdefault(topic, []).append(f'{{ "{title[0].upper()}{title[1:]}" = "{page}" }}')
    found = (f'{{ "{title}" = "services/{_anchor(title)}.md" }}' for title, _ in _parts(SERVICES.read_text()))
    topics["Services"] = ['"services.md"', *found]
    decisions = [f'"decisions/{one.name}"' for one in sorted((ROOT / "docs/decisions").glob("*.md"))]
    topics["Decisions"] = decisions
    rows = ['  { "Homelab Steward" = "index.md" },']
    rows += [f'  {{ "{name}" = [{", ".join(found)}] }},' for name, found in topics.items()]
    return "\n".join(rows)


class _Page(HTMLParser):
    """Collects the links and the anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        for name, value in attributes:
            if name in {"href", "src"} and value:
                self.links.append(value)
            elif name in {"id", "name"} and value:
                self.anchors.add(value)


def dead_links(site: Path) -> Iterator[str]:
    """Yield the links inside a site that lead nowhere, each as a sentence."""
    pages: dict[Path, _Page] = {}
    for path in site.rglob("*.html"):
        pages[path] = _Page()
        pages[path].feed(path.read_text())
    for path, page in sorted(pages.items()):
        if path.name == "404.html":  # is shown for any address, so its links are not relative
            continue
        for link in sorted({*page.links}):
            target, anchor = urldefrag(link)
            if ":" in target or target.startswith("/"):
                continue
            found = (path.parent / unquote(target)).resolve() if target else path
            found = found / "index.html" if found.is_dir() else found
            if not found.exists():
                yield f"{path.relative_to(site)}: there is no {link}"
            elif anchor and found in pages and unquote(anchor) not in pages[found].anchors:
                yield f"{path.relative_to(site)}: there is no part {link}"


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), sys.argv[2])
