"""Write the texts of the app in each language, from translations/, and report what a language lacks.

English stands in the code, in template strings, in calls of texts(), texts.plural(), translate(),
translate_plural() and english(), and in what services and runbooks declare. A store has the translation
of each: "app" for texts, "names" for what is declared. A text that is the same in both languages is in
the store too. The texts of the integration and of the panel have keys, and English is a store too.
"""

import argparse
import ast
import json
import re
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from babel import Locale
from described_services import described_services
from integration_translations import state_name

from homelab_steward.contract.catalogue import Field
from steward.runbooks.library import built_in_folders, read_library
from steward.services.finder import catalogue
from steward.texts import placeholder_names, template_key

ROOT: Final = Path(__file__).resolve().parents[2]
STORE: Final = ROOT / "translations"
CODE: Final = ROOT / "addon" / "steward"
GENERATED: Final = CODE / "texts"
ENGLISH: Final = "en"
APP: Final = "app"
NAMES: Final = "names"
KEYED: Final = ("integration", "panel")
"""Parts of a store whose texts have keys, such as ``inbox.title``."""

SINGLE: Final = frozenset({"texts", "translate", "english"})
PLURAL: Final = frozenset({"plural", "translate_plural"})
ONE: Final = "one"
OTHER: Final = "other"
FORMS: Final = frozenset({"zero", ONE, "two", "few", "many", OTHER})

# Frequent in English, and no words of the other languages.
STOP_WORDS: Final = frozenset(
    ["the", "is", "are", "and", "not", "of", "with", "was", "has", "be", "which", "it"]
)
SHARED_WORDS: Final[Mapping[str, frozenset[str]]] = {"nl": frozenset(["is", "of", "was"])}
"""Words of `STOP_WORDS` that a language has too."""

type Entry = str | dict[str, str]
type Wanted = Mapping[str, Mapping[str, Entry]]


def main() -> int:
    """Write the files, check them or print what is missing; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a file or a text is not up to date")
    parser.add_argument("--missing", metavar="LANGUAGE", help="print what a language lacks, as JSON")
    options = parser.parse_args()
    declared: dict[str, Entry] = dict.fromkeys(sorted(set(filter(is_text, names()))), "")
    wanted = {APP: app_texts(), NAMES: declared, **keyed_parts(read(ENGLISH))}
    if options.missing:
        print(json.dumps(missing(wanted, read(options.missing)), indent=2, ensure_ascii=False))
        return 0
    problems = [
        f"translations/{language}.json: {problem}"
        for language in stored_languages()
        for problem in faults(wanted, read(language), language)
    ]
    for language in stored_languages():
        file, text = GENERATED / f"{language}.json", generated(read(language))
        if options.check and (not file.exists() or file.read_text(encoding="utf-8") != text):
            problems.append(f"{file.relative_to(ROOT)} is not up to date: run script/translations")
        elif not options.check:
            file.write_text(text, encoding="utf-8")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


def stored_languages() -> list[str]:
    """Return the languages that have texts of the app, without English."""
    found = (file.stem for file in sorted(STORE.glob("*.json")) if file.stem != ENGLISH)
    return [language for language in found if {APP, NAMES} & read(language).keys()]


def read(language: str) -> dict[str, Any]:
    """Return the store of a language, {} when there is none."""
    file = STORE / f"{language}.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def generated(store: Mapping[str, Any]) -> str:
    """Return the file of a language as it should be."""
    texts = {part: store.get(part, {}) for part in (APP, NAMES)}
    return json.dumps(texts, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def app_texts() -> dict[str, Entry]:
    """Return the English texts in the code: by itself, or by its form for many when it has two."""
    found: dict[str, Entry] = {}
    for file in sorted(CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found |= dict(marked(node))
            elif isinstance(node, ast.TemplateStr) and (text := literal(node)) and has_letters(text):
                found[text] = text
    return dict(sorted(found.items()))


def marked(call: ast.Call) -> Iterator[tuple[str, Entry]]:
    """Yield the text of a call that looks one up."""
    function = call.func
    called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    literals = list(filter(None, map(literal, call.args)))
    if called.lstrip("_") in SINGLE and len(literals) == 1:
        yield literals[0], literals[0]
    if called in PLURAL and len(literals) == len((ONE, OTHER)):
        yield literals[1], {ONE: literals[0], OTHER: literals[1]}


def has_letters(text: str) -> bool:
    """Return whether a text is more than placeholders and signs."""
    return any(one.isalpha() for one in re.sub(r"{\w+}", "", text))


def literal(argument: ast.expr) -> str | None:
    """Return the text of a literal or of a template string, None for anything else."""
    if isinstance(argument, ast.Constant):
        return argument.value if isinstance(argument.value, str) else None
    if not isinstance(argument, ast.TemplateStr):
        return None
    strings, expressions = [""], []
    for part in argument.values:
        if isinstance(part, ast.Interpolation):
            expressions.append(str(part.str))
            strings.append("")
        elif isinstance(part, ast.Constant):
            strings[-1] += str(part.value)
    return template_key(strings, placeholder_names(expressions))


def names() -> Iterator[str]:
    """Yield the English names that services and runbooks declare."""
    services = described_services()
    offered = catalogue(services)
    yield from (one.name for one in offered.categories)
    for service in offered.services:
        for field in service.settings:
            yield from filter(None, (field.name, field.description))
        for sensor in service.sensors:
            yield sensor.name
            yield from (state_name(one) for one in sensor.options)
        for action in service.actions:
            yield from (action.name, action.description)
            yield from argument_names(action.arguments)
        yield from (tool.name for tool in service.tools)
        yield from (control.name for control in service.controls)
        yield from (kind.name for kind in service.resources)
        yield from (right.needed_for for right in service.rights)
    for declared in services.values():
        yield from (check.name for check in declared.checks)
        yield from (action.blast_radius for action in declared.actions)
    for book in read_library([*built_in_folders()], services, ()).values():
        yield book.title
        for recipe in book.recipes:
            yield recipe.label
            yield from (condition.name for condition in recipe.verify)
            yield from (step.wait_for.name for step in recipe.steps if step.wait_for is not None)


def argument_names(arguments: Iterable[Field]) -> Iterator[str]:
    """Yield the names of arguments, what is said about them, and the names of their choices."""
    for argument in arguments:
        yield from filter(None, (argument.name, argument.description))
        yield from map(state_name, argument.choices)


def is_text(name: str) -> bool:
    """Return whether a name is a text that can be translated, and no example of an address."""
    return bool(name) and not ("://" in name and " " not in name)


def keyed_parts(store: Mapping[str, Any]) -> dict[str, dict[str, Entry]]:
    """Return the parts of a store whose texts have keys: each text by its key."""
    return {part: dict(by_key(store.get(part, {}))) for part in KEYED}


def by_key(texts: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Entry]]:
    """Yield each text with its key; one with forms for numbers is a single text."""
    for key, text in texts.items():
        if isinstance(text, dict) and not ({ONE, OTHER} <= text.keys() <= FORMS):
            yield from by_key(text, f"{before}{key}.")
        else:
            yield f"{before}{key}", text


def missing(wanted: Wanted, store: Mapping[str, Any]) -> dict[str, dict[str, Entry]]:
    """Return what a store lacks: an empty translation by its English text, or the English text by its key."""
    found: dict[str, dict[str, Entry]] = {}
    for part, texts in wanted.items():
        stored = entries(store, part)
        lacking = {text: entry for text, entry in texts.items() if text not in stored}
        is_shown = part in KEYED
        found[part] = {
            text: entry if is_shown or isinstance(entry, dict) else "" for text, entry in lacking.items()
        }
    return found


def entries(store: Mapping[str, Any], part: str) -> Mapping[str, Entry]:
    """Return the texts of one part of a store."""
    found: Mapping[str, Entry] = store.get(part, {})
    return dict(by_key(found)) if part in KEYED else found


def faults(wanted: Wanted, store: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield what is wrong with a store: lacking, unused, other placeholders, English left in it."""
    for part, texts in wanted.items():
        if part not in store:
            continue
        found = entries(store, part)
        yield from (f"{part} lacks “{text}”" for text in texts if text not in found)
        yield from (f"nothing uses “{text}” of {part}" for text in found if text not in texts)
        for text, entry in found.items():
            if text in texts:
                yield from (
                    f"“{text}”: {fault}" for fault in entry_faults(text, texts[text], entry, language)
                )


def entry_faults(english: str, source: Entry, entry: Entry, language: str) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    if isinstance(source, dict) != isinstance(entry, dict):
        yield "it has forms for numbers in one language only"
        return
    if isinstance(entry, dict):
        lacking = set(Locale.parse(language).plural_form.tags) | {OTHER}
        yield from (f"it has no form “{form}”" for form in sorted(lacking - entry.keys() - {"many"}))
    for text in entry.values() if isinstance(entry, dict) else (entry,):
        allowed = placeholders(source[OTHER] if isinstance(source, dict) else source or english)
        if not isinstance(entry, dict) and placeholders(text) != allowed:
            yield f"its placeholders are not {sorted(allowed)}"
        if isinstance(entry, dict) and not placeholders(text) <= allowed | {"count"}:
            yield f"it has placeholders other than {sorted(allowed)}"
        if is_english(text, language):
            yield f"“{text}” is English"


def placeholders(text: str) -> set[str]:
    """Return the names of the placeholders of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def is_english(text: str, language: str) -> bool:
    """Return whether a text has two or more words that English has and the language does not."""
    words = STOP_WORDS - SHARED_WORDS.get(language, frozenset())
    return len(words.intersection(re.findall(r"[a-z]+", text.lower()))) > 1


if __name__ == "__main__":
    sys.exit(main())
