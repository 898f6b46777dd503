"""Documents as text, in the order they were made in: the same document is always the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from dynakit.errors import DynakitError

Document: TypeAlias = dict[str, Any]
"""What an export gives: text, numbers, booleans, lists and dictionaries."""

_WIDTH = 110
_FLOAT = "tag:yaml.org,2002:float"
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|0o[0-7]+$")


def as_json(document: Document) -> str:
    """The document as JSON, indented by two."""
    return json.dumps(_plain(document), indent=2, ensure_ascii=False) + "\n"


def as_yaml(document: Document) -> str:
    """The document as YAML, without anchors; functions of CloudFormation are maps, such as ``Ref: shop``.

    Raises:
        DynakitError: when PyYAML, the extra ``export``, is not installed.
    """
    try:
        import yaml
    except ImportError as error:
        raise DynakitError(
            "YAML: PyYAML is not installed; it was expected. Install it with: pip install 'dynakit[export]'"
        ) from error

    class Dumper(yaml.SafeDumper):
        """Writes what stands twice twice, and lists indented."""

        def ignore_aliases(self, data: object) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            del indentless
            super().increase_indent(flow, indentless=False)

    # PyYAML takes 1e3 for text, as YAML 1.1 does; most parsers read 1.2, where it is a number.
    dumper: Any = Dumper
    dumper.add_implicit_resolver(_FLOAT, _NUMBER, list("-+.0123456789"))
    text: str = yaml.dump(_plain(document), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return text


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("Iterable[object]", value)]
    return value
