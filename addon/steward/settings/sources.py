"""Reads settings from the environment, a YAML file, Supervisor's options and secret files."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, TypeAliasType, Union, get_args, get_origin, get_type_hints

import orjson
import yaml

from ..errors import InvalidSetting
from ..secret_file import SecretFileUnusable, read_secret
from ..yaml_values import contains_itself

PREFIX: Final = "STEWARD_"
SEPARATOR: Final = "__"
FILE_SUFFIX: Final = "_file"

type Plain = dict[str, Any]
"""Settings before validation: texts, numbers, lists and sections."""


def read_options(path: Path, tree: type) -> Plain:
    """Return Supervisor's options without empty ones. Raises InvalidSetting.

    The form has no list inside a list: where ``tree``, the dataclass of the settings, has one, a text is
    read as a list with commas.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as err:
        raise InvalidSetting(path.name, f"cannot be read: {err.strerror}") from err
    except orjson.JSONDecodeError:
        # The error contains the whole document with its secrets.
        raise InvalidSetting(path.name, "is not JSON") from None
    options: Plain = _with_lists(_without_empty(_section(path, content)), tree)
    return options


def read_yaml(path: Path) -> Plain:
    """Return the settings of a YAML file. Raises InvalidSetting."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as err:
        raise InvalidSetting(path.name, f"cannot be read: {err.strerror}") from err
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "an unknown position"
        # The error quotes the line, which may contain a secret.
        raise InvalidSetting(path.name, f"is not YAML at {where}") from None
    except yaml.YAMLError, UnicodeDecodeError:
        raise InvalidSetting(path.name, "is not YAML") from None
    except RecursionError:
        raise InvalidSetting(path.name, "is nested too deeply") from None
    if contains_itself(content):
        raise InvalidSetting(path.name, "has an alias within its own value")
    return _section(path, content if content is not None else {})


def read_environment(env: Mapping[str, str], tree: type) -> Plain:
    """Return the settings of ``STEWARD_…`` variables (``STEWARD_TELEGRAM__CHAT_ID``).

    Lists are YAML or JSON; empty variables are ignored. ``tree`` is the dataclass of the
    settings. Raises InvalidSetting.
    """
    found: Plain = {}
    for name in sorted(env):
        if name.startswith(PREFIX) and env[name].strip():
            keys = name.removeprefix(PREFIX).lower().split(SEPARATOR)
            _put(found, keys, _typed(env[name], _hint(tree, keys, name), ".".join(keys)))
    return found


def resolve_files(plain: Plain) -> Plain:
    """Return the settings with each ``…_file`` key replaced by the secret in its file."""
    resolved: Plain = _resolve(plain, "")
    return resolved


def in_folder(plain: Plain, tree: type, folder: Path) -> Plain:
    """Return settings whose relative paths, also of ``…_file`` keys, are relative to ``folder``.

    ``tree`` is the dataclass of the settings.
    """
    anchored: Plain = _anchored(plain, tree, folder.absolute())
    return anchored


def merge_sources(*sources: Plain) -> Plain:
    """Return all sources merged; later ones override earlier ones, lists as a whole."""
    merged: Plain = {}
    for source in sources:
        replaced = {name for key in source for name in _both_keys(key)}
        earlier = {key: merged.pop(key) for key in replaced & merged.keys()}
        for key, value in source.items():
            before = earlier.get(key)
            if isinstance(before, dict) and isinstance(value, dict):
                merged[key] = merge_sources(before, value)
            else:
                merged[key] = value
    return merged


def _section(path: Path, content: object) -> Plain:
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise InvalidSetting(path.name, "must be a section with keys")
    return content


def _without_empty(value: Any) -> Any:
    """Return options without empty texts, nulls and empty sections."""
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without_empty(one) for key, one in value.items()}
    return {key: one for key, one in kept.items() if one not in (None, "", {})}


def _with_lists(value: Any, hint: object) -> Any:
    """Return options with a list in place of each text that has to be one."""
    if isinstance(value, list):
        return [_with_lists(one, _items(hint)) for one in value]
    if isinstance(value, dict):
        known = _fields(hint)
        return {key: _with_lists(one, known.get(str(key))) for key, one in value.items()}
    if isinstance(value, str) and tuple in _alternatives(hint):
        return [one.strip() for one in value.split(",") if one.strip()]
    return value


def _both_keys(key: str) -> tuple[str, str]:
    """Return a key without and with the ``_file`` suffix; a later source replaces both."""
    bare = key.removesuffix(FILE_SUFFIX)
    return bare, bare + FILE_SUFFIX


def _anchored(value: Any, hint: object, folder: Path) -> Any:
    if isinstance(value, list):
        items = _items(hint)
        return [_anchored(one, items, folder) for one in value]
    if not isinstance(value, dict):
        is_path = Path in _alternatives(hint) and isinstance(value, str) and value
        return str(folder / Path(value).expanduser()) if is_path else value
    known = _fields(hint)
    return {
        key: str(folder / Path(one).expanduser())
        if str(key).endswith(FILE_SUFFIX) and isinstance(one, str) and one
        else _anchored(one, known.get(str(key)), folder)
        for key, one in value.items()
    }


def _items(hint: object) -> object:
    """Return the type of the items of a list, None for other types."""
    if isinstance(hint, TypeAliasType):
        return _items(hint.__value__)
    if get_origin(hint) is Annotated:
        return _items(get_args(hint)[0])
    inner = get_args(hint)
    return inner[0] if inner else None


def _put(found: Plain, keys: list[str], value: object) -> None:
    for key in keys[:-1]:
        found = found.setdefault(key, {})
    found[keys[-1]] = value


def _hint(tree: type, keys: list[str], name: str) -> object:
    """Return the type of the field at ``keys``. Raises InvalidSetting with a similar key."""
    hint: object = tree
    last = len(keys) - 1
    for number, part in enumerate(keys):
        known = _fields(hint)
        key = part if part in known or number < last else part.removesuffix(FILE_SUFFIX)
        if key not in known:
            path = ".".join(keys[: number + 1])
            near = get_close_matches(key, known, n=1)
            mean = f". Did you mean {'.'.join([*keys[:number], near[0]])}?" if near else ""
            raise InvalidSetting(path, f"is not known ({name}){mean}")
        hint = known[key]
    return hint


def _fields(hint: object) -> Mapping[str, object]:
    """Return the fields of a section, none for other types."""
    for one in _alternatives(hint):
        if isinstance(one, type) and is_dataclass(one):
            hints = get_type_hints(one, include_extras=True)
            return {each.name: hints[each.name] for each in fields(one)}
    return {}


def _alternatives(hint: object) -> tuple[object, ...]:
    """Return the types that a hint allows, without aliases and validators."""
    if isinstance(hint, TypeAliasType):
        return _alternatives(hint.__value__)
    if get_origin(hint) is Annotated:
        return _alternatives(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(kind for one in get_args(hint) for kind in _alternatives(one))
    return (get_origin(hint) or hint,)


def _typed(text: str, hint: object, key: str) -> object:
    """Return the text of a variable as the type of its field, or as text when it does not match."""
    kinds = _alternatives(hint)
    if bool in kinds:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    for number in (int, float):
        if number in kinds:
            try:
                return number(text)
            except ValueError:
                return text
    if tuple in kinds or _fields(hint):
        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError, RecursionError:
            raise InvalidSetting(key, "is neither YAML nor JSON") from None
        if contains_itself(found):
            raise InvalidSetting(key, "has an alias within its own value")
        return found
    return text


def _resolve(value: Any, path: str) -> Any:
    if isinstance(value, list | tuple):
        return [_resolve(one, f"{path}[{number}]") for number, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    resolved: Plain = {}
    for key, one in value.items():
        full = f"{path}.{key}".removeprefix(".")
        if not isinstance(key, str) or not key.endswith(FILE_SUFFIX):
            resolved[key] = _resolve(one, full)
            continue
        bare = key.removesuffix(FILE_SUFFIX)
        if bare in value:
            raise InvalidSetting(full, f"cannot be set together with {bare}")
        resolved[bare] = _read(one, full)
    return resolved


def _read(path: object, key: str) -> str:
    if not isinstance(path, str):
        raise InvalidSetting(key, "must be a path")
    try:
        return read_secret(Path(path))
    except SecretFileUnusable as err:
        raise InvalidSetting(key, str(err)) from err
