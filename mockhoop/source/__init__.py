"""YAML and JSON with positions: plain data, and the line and column of each part of it."""

from mockhoop.source.documents import Source, parse_source, read_source
from mockhoop.source.limits import MAX_DEPTH, MAX_NODES
from mockhoop.source.places import join_pointer

__all__ = ["MAX_DEPTH", "MAX_NODES", "Source", "join_pointer", "parse_source", "read_source"]
