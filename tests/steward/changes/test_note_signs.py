"""Migrations, no way back, deprecations and advisories in release notes, in several languages."""

import pytest

from steward.changes.note_signs import MOST, signs, worst
from steward.changes.release_notes import items


@pytest.mark.parametrize(
    "text",
    [
        "The library cannot be downgraded afterwards.",
        "It is not possible to go back to 4.x.",
        "Older versions refuse the new file.",
        "Downgrade ist nicht möglich.",
        "Un retour en arrière est impossible.",
        "No se puede volver a la versión anterior.",
        "Er is geen weg terug.",
        "升级后无法降级。",
    ],
)
def test_no_way_back(text: str) -> None:
    assert signs(items(text)).one_way


@pytest.mark.parametrize(
    "text",
    [
        "The database is migrated at the first start.",
        "- Convert the schema of users",
        "Die Datenbank wird umgestellt.",
        "La base est convertie au démarrage.",
        "La base de datos se actualiza sola.",
        "De database wordt omgezet.",
        "数据库会自动迁移。",
    ],
)
def test_migrations(text: str) -> None:
    found = signs(items(text))
    assert found.migrations
    assert not found.one_way


@pytest.mark.parametrize(
    "text",
    [
        "- Fix a crash when the database is migrated",
        "## Internal\n\n- Rebuild the test data",
        "- The map can be moved back",
        "- Older versions of the browser show a hint",
    ],
)
def test_neither(text: str) -> None:
    found = signs(items(text))
    assert (found.one_way, found.migrations) == ((), ())


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("- The option `sun` is deprecated.", True),
        ("## Deprecated\n\n- `sun`", True),
        ("- In a future version `sun` will be removed.", True),
        ("- Die Option `sonne` ist veraltet.", True),
        ("- The long deprecated option `sun` was removed.", False),
        ("## Internal\n\n- Deprecated helper", False),
        ("- A sun", False),
    ],
)
def test_deprecations(text: str, *, is_one: bool) -> None:
    assert bool(signs(items(text)).deprecated) is is_one


def test_advisories_with_their_severity_the_worst_first() -> None:
    found = signs(
        items("- cve-2031-1234\n- CVE-2031-2222 (low)\n- CVE-2031-1234: Medium\n- ghsa-AAAA-bbbb-cccc")
    )
    assert found.advisories == (
        ("CVE-2031-1234", "moderate"),
        ("CVE-2031-2222", "low"),
        ("GHSA-aaaa-bbbb-cccc", ""),
    )
    assert worst(found.advisories) == "moderate"
    assert worst(()) == ""


def test_few_lines_are_kept() -> None:
    found = signs(items("\n".join(f"- `x{number}` is deprecated" for number in range(9))))
    assert len(found.deprecated) == MOST
