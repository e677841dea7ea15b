"""YAML and JSON as people send them: any mistake in the file itself is a sentence with the file and the line."""

import json
from pathlib import Path
from typing import Any

import yaml

from repool.errors import UserError


def read_yaml(path: Path) -> Any:
    """The content of a YAML file in UTF-8, with or without a byte order mark.

    Raises UserError if there is no such file, it is no UTF-8 or no YAML, or a mapping has a key twice.
    """
    return parse_yaml(read_text(path), str(path))


def parse_yaml(text: str, where: str) -> Any:
    """The content of a YAML text; raises UserError as `read_yaml`."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UserError(f"{where}{line}: {error.problem or error.context}. This is not valid YAML.") from None
    except yaml.YAMLError as error:
        raise UserError(f"{where} is not valid YAML ({error}).") from None


def read_json(path: Path) -> Any:
    """The content of a JSON file; raises UserError if there is none, or it is no JSON."""
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not valid JSON ({error}). Delete it and run again what makes it.") from None


def read_text(path: Path) -> str:
    """The text of a UTF-8 file without its byte order mark; raises UserError if it is not there, or not that."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8 and run the same again.") from None


class _Loader(yaml.CSafeLoader):
    """Safe, and strict about keys: of two equal ones YAML keeps the last, in silence."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    """A mapping; raises where a key stands twice."""
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen and isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} stands twice", key.start_mark)
        if isinstance(key, yaml.ScalarNode):
            seen.add(key.value)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
