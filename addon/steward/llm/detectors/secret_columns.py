"""Secrets in tables: the cells below a heading such as ``password``, in CSV and Markdown."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from .detector import Span
from .secret_values import is_no_secret

_NAME: Final = re.compile(
    r"[ \"']*(?:\w{1,30}[ _-])?(?:password|passwort|kennwort|wachtwoord|contraseña|clave|mot de passe|mdp"
    r"|ww|pw|passwd|pwd|pass"
    r"|passphrase|passcode|pin|secret|token|api[ _-]?key|psk|pincode|digicode|geheimzahl|codeword"
    r"|(?:access|entry|door|gate|alarm|unlock|safe|lock|recovery|backup)[ _-]?codes?"
    r"|(?:wi-?fi|wlan)[ _-]?(?:key|code)"
    r"|(?:zugangs|zutritts|tür|tor|alarm|safe|toegangs|deur)code|schlüsselwort"
    r"|wifi(?:sleutel|code)|(?:codes?|clés?)[ ](?:d['\u2019]accès|d['\u2019]entrée|de l['\u2019]alarme|wifi)"
    r"|códigos?[ ]de[ ](?:acceso|entrada|la[ ]alarma)|clave[ ]del?[ ]\w{2,12})[ \"']*",
    re.IGNORECASE,
)
_SEPARATORS: Final = ",;\t|"
_LONGEST_HEADING: Final = 400
_MOST_ROWS: Final = 200
_RULE: Final = re.compile(r"[ |:-]+")


def find_secret_columns(text: str) -> Iterator[Span]:
    """Yield the cells of columns with a secret. Takes linear time."""
    lines = (
        list(re.finditer(r"[^\n]+", text)) if any(one in text for one in _SEPARATORS) and "\n" in text else []
    )
    number = 0
    while number < len(lines) - 1:
        heading = lines[number].group()
        separator = next((one for one in _SEPARATORS if one in heading), None)
        number += 1
        if separator is None or len(heading) > _LONGEST_HEADING:
            continue
        names = heading.split(separator)
        columns = [index for index, name in enumerate(names) if _NAME.fullmatch(name)]
        if not columns:
            continue
        for row in islice(lines, number, number + _MOST_ROWS):
            cells = row.group().split(separator)
            if len(cells) != len(names):
                break
            number += 1
            yield from _cells(row.start(), cells, columns)


def _cells(start: int, cells: list[str], columns: list[int]) -> Iterator[Span]:
    for index in columns:
        cell = cells[index]
        value = cell.strip(" \"'`\r")
        if not value or is_no_secret(value) or _RULE.fullmatch(value):
            continue
        at = start + sum(len(one) + 1 for one in cells[:index]) + cell.index(value)
        yield Span(start=at, end=at + len(value), label="PASSWORD", is_secret=True)
