"""Reads the file of a template: every error names the line and what is expected there."""

from collections.abc import Mapping, Sequence
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ....errors import StewardError
from ....sdk.display import Text

LONGEST: Final = 500
"""Characters of a title, a description, or a name."""

NUMBER: Final = "tag:yaml.org,2002:int"


class WrongTemplate(StewardError):
    """A template cannot be used; the text has the line and the reason."""

    def __init__(self, node: Node | int, reason: Text) -> None:
        """``node`` is where it is wrong, or the number of the line."""
        self.line = node if isinstance(node, int) else node.start_mark.line + 1
        self.reason = str(StewardError(reason))
        super().__init__(t"line {self.line}: {self.reason}")


def root(content: str) -> Node:
    """Return the only document of a file. Raises WrongTemplate."""
    try:
        found = yaml.compose(content, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        raise WrongTemplate(line, t"this is no YAML: {err.problem}") from err
    except yaml.YAMLError as err:
        raise WrongTemplate(1, t"this is no YAML") from err
    if found is None:
        raise WrongTemplate(1, t"the file is empty")
    return found


def mapping(node: Node, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, Node]:
    """Return the values of a mapping that has the required keys and no unknown ones. Raises WrongTemplate."""
    found = entries(node)
    for key, value in found.items():
        if key not in (*required, *optional):
            known = ", ".join((*required, *optional))
            raise WrongTemplate(value, t"{key} is not known here, only {known}")
    for key in required:
        if key not in found:
            raise WrongTemplate(node, t"{key} is missing")
    return found


def entries(node: Node) -> Mapping[str, Node]:
    """Return the values of a mapping by key, each once. Raises WrongTemplate."""
    if not isinstance(node, MappingNode):
        raise WrongTemplate(node, t"keys with values are expected")
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = text(key)
        if name in found:
            raise WrongTemplate(key, t"{name} is given twice")
        found[name] = value
    return found


def items(node: Node, most: int) -> Sequence[Node]:
    """Return the items of a list. Raises WrongTemplate, also for more than ``most``."""
    if not isinstance(node, SequenceNode):
        raise WrongTemplate(node, t"a list is expected")
    found: Sequence[Node] = node.value
    if len(found) > most:
        raise WrongTemplate(node, t"there are more than {most}")
    return found


def text(node: Node, most: int = LONGEST) -> str:
    """Return a text. Raises WrongTemplate, also for one that is longer than ``most`` characters."""
    if not isinstance(node, ScalarNode):
        raise WrongTemplate(node, t"a text is expected")
    found = str(node.value).strip() if most == LONGEST else str(node.value)
    if not found.strip() or len(found) > most:
        raise WrongTemplate(node, t"a text of 1 to {most} characters is expected")
    return found


def number(node: Node) -> int:
    """Return a whole number. Raises WrongTemplate."""
    if isinstance(node, ScalarNode) and node.tag == NUMBER:
        try:
            return int(str(node.value))
        except ValueError:
            pass  # such as 0x10, which nobody needs here
    raise WrongTemplate(node, t"a whole number is expected")
