"""Which databases an environment names, and that nothing secret of it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.sdk.database_links import DatabaseLinks, Link, database_links, is_name, names_database

PG = "PostgreSQL"


@pytest.mark.parametrize(
    ("environment", "links"),
    [
        ({"A": "postgres://u:p@DB:5433/films?x=1"}, [Link("db", 5433, PG, ("films",), is_database=True)]),
        ({"A": "postgresql+psycopg://db/films"}, [Link("db", None, PG, ("films",), is_database=True)]),
        ({"A": "jdbc:mariadb://db:3306/x"}, [Link("db", 3306, "MariaDB", ("x",), is_database=True)]),
        ({"A": "postgres://u:p@[fd00::1]:5432/x"}, [Link("fd00::1", 5432, PG, ("x",), is_database=True)]),
        (
            {"A": "mongodb://a,b:27018/x"},
            [
                Link("a", None, "MongoDB", ("x",), is_database=True),
                Link("b", 27018, "MongoDB", ("x",), is_database=True),
            ],
        ),
        ({"A": "redis://:p@cache:6379/1"}, [Link("cache", 6379, "Redis", (), is_database=True)]),
        (
            {"A": "root:p@tcp(db:3306)/x?parseTime=true"},
            [Link("db", 3306, "MySQL", ("x",), is_database=True)],
        ),
        ({"A": "host=db port=5432 dbname=x password=y"}, [Link("db", None, "", ("x",), is_database=True)]),
        ({"A": "Server=db;Database=x;Password=y"}, [Link("db", None, "", ("x",), is_database=True)]),
        ({"PGHOST": "db", "PGDATABASE": "x"}, [Link("db", None, "", ("x",), is_database=True)]),
        ({"APP_DBHOST": "db:5432", "APP_DBNAME": "x"}, [Link("db", 5432, "", ("x",), is_database=True)]),
        (
            {"a__database__host": "db", "a__database__name": "x"},
            [Link("db", None, "", ("x",), is_database=True)],
        ),
        ({"MAIL_HOST": "mail", "MAIL_NAME": "x y"}, [Link("mail")]),
        ({"URL": "http://search:9200/x"}, [Link("search", 9200)]),
        ({"DB_HOST": "/var/run/postgresql"}, []),
        ({"DB_HOST": "", "A": "sqlite:////data/x.db", "B": "postgres://[", "C": "postgres:///x"}, []),
        ({"DB_PASSWORD": "hunter2", "TOKEN": "a.b.c"}, []),
    ],
)
def test_the_hosts_of_databases_are_found(environment: dict[str, str], links: list[Link]) -> None:
    assert list(database_links(environment).hosts) == links


def test_the_name_of_a_database_is_found_without_a_host() -> None:
    found = database_links(
        {"POSTGRES_DB": "films", "POSTGRES_USER": "anna", "USERNAME": "eve", "X_DB": "a b"}
    )
    assert found == DatabaseLinks(names=frozenset({"films"}))


@pytest.mark.parametrize("text", ["", "a'b", 'a"b', "a b", "a,b", "a;b", "-x", "a" * 64, "a$b", "a`b", "ä"])
def test_a_name_that_needs_quotes_is_none(text: str) -> None:
    assert not is_name(text)


@given(st.dictionaries(st.sampled_from(["DB_HOST", "DB_NAME", "URL", "X"]), st.text(max_size=60)))
def test_no_environment_is_too_odd(environment: dict[str, str]) -> None:
    for link in database_links(environment).hosts:
        assert all(is_name(one) for one in link.names)
        assert link.host


@pytest.mark.parametrize(
    ("name", "says_it"),
    [("DATABASE_URL", True), ("PGHOST", True), ("DB_DSN", True), ("DB_PASSWORD", False), ("API_URL", False)],
)
def test_a_variable_says_by_its_name_that_it_is_about_a_database(name: str, *, says_it: bool) -> None:
    assert names_database(name) is says_it
