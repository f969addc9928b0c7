"""Writing YAML that reads back as the same data, and in which a change shows as few changed lines."""

import re
from typing import Any

import yaml

from mockhoop.source.scalars import plain

_WIDTH = 2**31 - 1
_UNSAFE = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_FLOW_ITEMS = 8


class _Dumper(yaml.SafeDumper):
    """Block style, no aliases; texts in the style that is easiest to read and still exact."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if _UNSAFE.search(text) or not isinstance(_as_plain(text), str):
        style = '"'
    elif "\n" in text:
        exact = all(line == line.rstrip() for line in text.split("\n")) and not text.startswith(("\n", " "))
        style = "|" if exact else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _as_plain(text: str) -> Any:
    try:
        return plain(text)
    except ValueError:
        return None


def _real(dumper: _Dumper, value: float) -> yaml.ScalarNode:
    text = {float("inf"): ".inf", float("-inf"): "-.inf"}.get(value, ".nan" if value != value else repr(value))
    return dumper.represent_scalar("tag:yaml.org,2002:float", text if "." in text else text.replace("e", ".0e"))


def _list(dumper: _Dumper, items: Any) -> yaml.SequenceNode:
    short = len(items) <= _FLOW_ITEMS and all(isinstance(one, str | int | float | None) for one in items)
    flat = short and not any(isinstance(one, str) and (len(one) > 40 or "\n" in one) for one in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=flat)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _real)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(tuple, _list)


def to_yaml(data: Any) -> str:
    """The data, of dicts, lists, texts, numbers, booleans and None, as YAML; keys keep their order."""
    written: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    return written
