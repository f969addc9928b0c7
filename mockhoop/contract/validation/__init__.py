"""Validation by openapi-core, compiled: one plan for each operation, made of openapi-core's own parts.

Used as documented, openapi-core resolves the document anew for each request, which takes milliseconds. A plan
does that once. What is checked, in which order and with which result stays openapi-core's.
"""

from mockhoop.contract.validation.validator import Validator

__all__ = ["Validator"]
