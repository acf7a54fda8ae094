"""Databases and programs with rules of their own for versions."""

import pytest

from homelab_steward.contract.changes import PackageChange
from steward.changes.data_stores import data_problem
from steward.texts import translate


def problem(name: str, old: str | None, new: str) -> str | None:
    found = data_problem(PackageChange(name=name, old=old, new=new))
    return None if found is None else translate(found)


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("library/postgres", "16.4-alpine", "17.0-alpine", "PostgreSQL 16 → 17: it does not read"),
        ("ghcr.io/lab/postgres", "14-vector0.3", "16-vector0.4", "dump and restore"),
        ("docker.io/timescale/timescaledb", "16.1", "17.1", "PostgreSQL"),
        ("mariadb", "10.11.8", "11.4.3", "MariaDB 10.11 → 11.4: it converts"),
        ("lscr.io/linuxserver/mariadb", "10.6", "10.11", "the old version refuses"),
        ("mysql", "8.0.36", "8.4.0", "MySQL 8.0 → 8.4"),
        ("mongo", "6.0.1", "7.0.0", "MongoDB 6 → 7: no version may be skipped"),
        ("influxdb", "1.8", "2.7", "InfluxDB 1 → 2"),
        ("nextcloud", "29.0.1-apache", "31.0.0-apache", "Nextcloud 29 → 31"),
        ("ghcr.io/goauthentik/authentik-server", "2025.2.1", "2025.4.0", "authentik 2025.2 → 2025.4"),
    ],
)
def test_versions_that_concern_the_data(name: str, old: str, new: str, reason: str) -> None:
    assert reason in (problem(name, old, new) or "")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("postgres", "16.3", "16.4"),
        ("postgres", "16", "16.4"),
        ("postgres", None, "17"),
        ("postgres", "latest", "17"),
        ("postgres", "20260101", "20270101"),
        ("prodrigestivill/postgres-backup-local", "16", "17"),
        ("prometheuscommunity/postgres-exporter", "0.15", "1.0"),
        ("lab/mongo-express", "1.0", "2.0"),
        ("mariadb", "11.4.2", "11.4.3"),
        ("mysql", "8", "8.0.40"),
        ("lab/sun", "1.0", "2.0"),
    ],
)
def test_versions_that_do_not(name: str, old: str | None, new: str) -> None:
    assert problem(name, old, new) is None
