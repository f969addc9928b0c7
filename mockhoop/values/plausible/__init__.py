"""Plausible JSON values for the schemas of an OpenAPI document.

A value is made in three steps. A schema becomes one flat set of keywords (``keywords``, ``merging``, ``schemas``,
``discriminators``). Those become a maker (``generator``, with ``containers``, ``choices``, ``distinctions``,
``numbers``, ``strings`` and what strings are made of). The maker is called with the making of one value and a place in
it (``making``). ``checks`` tells whether a value satisfies a schema, which some makers have to know.
"""

from mockhoop.values.plausible.generator import Plausible

__all__ = ["Plausible"]
