"""Forms: their fields have styles like parameters, which openapi-core reads; what is in them we read ourselves."""

from collections.abc import Callable, Mapping
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_core.validation.validators import BaseValidator

from mockhoop.media import forms, json_text, kinds
from mockhoop.media.kinds import media_type

_FORM = "application/x-www-form-urlencoded"


def form_reader(
    validator: BaseValidator, schema: SchemaPath, schema_validator: SchemaValidator, declared: SchemaPath
) -> Callable[[bytes], Any]:
    """How a form is read that the contract declares with a schema."""
    made = validator.media_type_deserializers_factory.create(
        validator.spec,
        _FORM,
        schema=schema,
        schema_validator=schema_validator,
        encoding=declared.get("encoding") if "encoding" in declared else None,
        extra_media_type_deserializers=_FieldReaders(),
    )
    return made.deserialize


class _FieldReaders(dict[str, Callable[..., Any]]):
    """How openapi-core reads a form, and the fields of it that are JSON: as strictly as bodies are read."""

    def __contains__(self, name: object) -> bool:
        return media_type(str(name)).kind in (kinds.FORM, kinds.JSON)

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return _form_fields if media_type(name).kind == kinds.FORM else _json_field


def _form_fields(body: bytes, **_: str) -> Mapping[str, Any]:
    return forms.fields(body)


def _json_field(text: str | bytes, **_: str) -> Any:
    return json_text.parsed_text(text) if isinstance(text, str) else json_text.parsed(text)
