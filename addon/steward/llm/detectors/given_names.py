"""Given names of people in many countries, and the words after one of them that mean a thing."""

from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("given_names.txt")


@cache
def given_names() -> frozenset[str]:
    """Return the names in lower case; they are read at the first use."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(name.casefold() for line in lines if not line.startswith("#") for name in line.split())


def is_given_name(word: str) -> bool:
    """Return whether ``word``, or each part of a double name such as ``Anna-Lena``, is a given name."""
    names = given_names()
    plain = word.casefold().replace("\u2019", "'")
    return plain in names or ("-" in plain and all(part in names for part in plain.split("-")))


_THINGS_TEXT: Final = (
    "scene scenes theme themes metrics cluster clusters lake release releases upgrade update version "
    "server servers node nodes host hosts project app apps container containers service services chart "
    "image images model models board boards chip chips driver drivers mode api sdk plugin plugins addon "
    "integration integrations database db bot engine framework library package packages repo repository "
    "branch distro kernel firmware protocol board router switch stack operator controller agent exporter "
    "dashboard dashboards pool dataset volume disk drive drives nas vm vms pod pods namespace deployment "
    "job jobs pipeline playlist film movie album song show series episode font pro plus mini max ultra "
    "lite os linux street road avenue bridge river island airport station university szene szenen thema "
    "modus serie film strasse straße platz brücke scène thème película tema modo"
)
THINGS: Final = frozenset(_THINGS_TEXT.split())
"""A name before one of these words is that of a thing: ``Julius theme``."""

ARTICLES: Final = frozenset(
    [
        "the",
        "an",
        "this",
        "that",
        "these",
        "using",
        "install",
        "installed",
        "via",
        "like",
        "version",
        "theme",
        "scene",
    ]
)
"""A name after one of these words is that of a thing, unless it owns something."""
