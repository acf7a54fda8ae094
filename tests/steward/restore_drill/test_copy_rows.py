"""The rows of a dump are counted by its text, however it is cut into pieces."""

import pytest

from steward.restore_drill.copy_rows import LONGEST, CopyRows

TEXT = b'''SET client_encoding = 'UTF8';
COPY public.users (id, name) FROM stdin;
1\tAnna
2\tCOPY public.other (id) FROM stdin;
3\t\\\\.
\\.

COPY public."My ""Photos""" FROM stdin;
\\.
COPY public.one (id); DROP TABLE x; -- FROM stdin;
SELECT pg_catalog.setval('public.users_id_seq', 3, true);
COPY shop.orders (id) FROM stdin;
1
\\.
'''


@pytest.mark.parametrize("size", [1, 7, 64, len(TEXT)])
def test_each_line_of_data_is_a_row(size: int) -> None:
    rows = CopyRows()
    for start in range(0, len(TEXT), size):
        rows.feed(TEXT[start : start + size])
    assert rows.rows == {"public.users": 3, 'public."My ""Photos"""': 0, "shop.orders": 1}
    assert rows.size == len(TEXT)


def test_a_row_that_is_longer_than_what_is_kept_is_one_row() -> None:
    rows = CopyRows()
    rows.feed(b"COPY public.blobs (data) FROM stdin;\n")
    for _ in range(40):
        rows.feed(b"x" * (LONGEST // 10))
    rows.feed(b"\\.\n\\.\n")
    assert rows.rows == {"public.blobs": 1}


@pytest.mark.parametrize(
    "line",
    [
        b"COPY public.a; DROP TABLE b; FROM stdin;",
        b"COPY public.pg_sleep(10) FROM stdin;",
        b"COPY (SELECT 1) FROM stdin;",
        b'COPY public."a"b" FROM stdin;',
    ],
)
def test_what_is_no_name_is_no_table(line: bytes) -> None:
    rows = CopyRows()
    rows.feed(line + b"\n1\n\\.\n")
    assert rows.rows == {}
