"""Writes common words of five languages from the data of Faker (MIT license), for the privacy model.

uv run --no-project --with faker==40.54.0 python script/lib/common_words.py
"""

from importlib import import_module
from importlib.metadata import distribution
from pathlib import Path
from textwrap import fill

FILE = Path(__file__).with_name("common_words.txt")
LOCALES = ("en_US", "de_DE", "fr_FR", "es_ES", "nl_NL")
HEADING = (
    "# Common words in five languages from the Python package faker 40.54.0, by script/lib/common_words.py"
)


def main() -> None:
    """Write the words and the license."""
    lists = [import_module(f"faker.providers.lorem.{locale}").Provider.word_list for locale in LOCALES]
    words = {word.lower() for words in lists for word in words if word.isalpha() and len(word) > 1}
    text = distribution("faker").read_text("licenses/LICENSE.txt") or ""
    license_text = "\n".join(f"# {line}".rstrip() for line in text.strip().splitlines())
    FILE.write_text(f"{HEADING}\n#\n{license_text}\n{fill(' '.join(sorted(words)), 116)}\n")


if __name__ == "__main__":
    main()
