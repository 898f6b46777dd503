"""Entities as JSON Schema, and as the components of an OpenAPI document.

They describe entities as JSON, as pydantic reads and writes them; not the items that these are stored as.
https://json-schema.org/draft/2020-12, https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonRef, models_json_schema

from dynakit.errors import DefinitionError
from dynakit.export.printer import Document
from dynakit.schema.definition import definition_of
from dynakit.schema.entity import Entity
from dynakit.schema.registry import family_of

if TYPE_CHECKING:
    from pydantic_core.core_schema import DataclassField, DictSchema, ModelField, ModelSchema, TypedDictField

    from dynakit.schema.attribute import AttributeOptions

Mode: TypeAlias = Literal["serialization", "validation"]
"""The JSON that ``model_dump(mode="json")`` gives, or the JSON that ``model_validate`` takes."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OPENAPI = "3.1.1"

_KEPT = frozenset({"version", "created", "updated", "deleted"})
"""What dynakit keeps attributes for that are not set by users; the moment of expiry is."""


def export(entities: Sequence[type[Entity]], *, mode: Mode = "serialization") -> Document:
    """A JSON Schema (Draft 2020-12) of the entity, or of any of the entities, each under ``$defs``.

    What is given out has every attribute, but for hidden ones; of what is taken in, those without a default
    are required, and hidden ones are ``writeOnly``. Attributes that dynakit keeps or calculates are
    ``readOnly``. Defaults of secret and hidden attributes are not shown. An abstract entity stands for its
    subclasses.

    Raises:
        DefinitionError: when there is no entity, or a type of an attribute has no JSON Schema.
    """
    references, definitions = _generated(entities, mode, "#/$defs/{model}")
    whole: Document = references[0] if len(references) == 1 else {"anyOf": references}
    return {"$schema": DIALECT, **whole, "$defs": definitions}


def openapi(
    entities: Sequence[type[Entity]],
    *,
    mode: Mode = "serialization",
    title: str = "Entities",
    version: str = "1.0.0",
) -> Document:
    """An OpenAPI 3.1 document without paths, with each entity under ``components.schemas``.

    Others refer to it, as ``$ref: entities.yml#/components/schemas/Order``; see :func:`export`.

    Raises:
        DefinitionError: when there is no entity, or a type of an attribute has no JSON Schema.
    """
    _, definitions = _generated(entities, mode, "#/components/schemas/{model}")
    return {
        "openapi": OPENAPI,
        "info": {"title": title, "version": version},
        "paths": {},
        "components": {"schemas": definitions},
    }


def _generated(
    entities: Sequence[type[Entity]], mode: Mode, template: str
) -> tuple[list[Document], Document]:
    """References to the entities, in their order, and the definitions of all that these are made of."""
    models = list(dict.fromkeys(each for entity in entities for each in _concrete(entity)))
    if not models:
        raise DefinitionError("export: got no entity; expected one or more.")
    try:
        references, found = models_json_schema(
            [(model, mode) for model in models],
            by_alias=mode == "validation",  # as model_dump and model_validate do
            ref_template=template,
            schema_generator=_Generator,
        )
    except PydanticInvalidForJsonSchema as error:
        names = ", ".join(model.__name__ for model in models)
        raise DefinitionError(
            f"export: an attribute of {names} has a type without JSON Schema; {error.message}. Give the type "
            "a __get_pydantic_json_schema__, or export the others."
        ) from error
    return [references[model, mode] for model in models], found["$defs"]


def _concrete(entity: type[Entity]) -> Iterator[type[Entity]]:
    """The entity, or of an abstract one its subclasses."""
    definition = definition_of(entity)
    if definition.abstract:
        yield from (heir.entity for heir in family_of(definition))
    else:
        yield entity


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, which is told what dynakit knows of attributes."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - as pydantic has it

    def model_schema(self, schema: ModelSchema) -> dict[str, Any]:
        """The schema of a model."""
        found = super().model_schema(schema)
        properties: dict[str, Document] = found.get("properties", {})
        if issubclass(schema["cls"], Entity):
            for name, options in schema["cls"].__attribute_options__.items():
                if name in properties:
                    _describe(properties[name], options)
        return found

    def field_is_required(self, field: ModelField | DataclassField | TypedDictField, total: bool) -> bool:
        """Whether a field must be there: what is given out has all of a model's, whatever its defaults."""
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            return field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)

    def dict_schema(self, schema: DictSchema) -> dict[str, Any]:
        """The schema of a mapping: names in JSON are text, also those that pydantic describes as numbers."""
        found = super().dict_schema(schema)
        names: Document = found.get("propertyNames", {})
        if "$ref" in names:
            names = self.get_schema_from_definitions(JsonRef(names["$ref"])) or {}
        if names.get("type", "string") != "string":
            del found["propertyNames"]
        return found


def _describe(attribute: Document, options: AttributeOptions) -> None:
    if options.role in _KEPT or options.calculated is not None:
        attribute["readOnly"] = True
    if options.hidden:
        attribute["writeOnly"] = True
    if options.hidden or options.secret:
        attribute.pop("default", None)
        attribute.pop("examples", None)
