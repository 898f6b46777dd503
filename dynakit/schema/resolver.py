"""How the paths of an entity are named and encoded: what expressions ask of it."""

from __future__ import annotations

from typing import Any

from dynakit.codec.codec import Codec
from dynakit.codec.sealed import Sealed
from dynakit.errors import EncodeError, StatementError, did_you_mean
from dynakit.expressions.operand import AttributePath, Step
from dynakit.schema.definition import Attribute, Definition
from dynakit.values import dataclass
from dynakit.wire import AttributeValue

_SORTED_TYPES = {"S", "N", "B"}


@dataclass(frozen=True)
class EntityResolver:
    """Resolves paths of one entity (a :class:`~dynakit.expressions.compile.Resolver`)."""

    definition: Definition[Any]

    def stored(self, path: AttributePath) -> tuple[Step, ...]:
        """The path with stored names.

        Raises :class:`StatementError` for another entity's path, or for an attribute that is only in a key.
        """
        return self._walk(path)[0]

    def encode(self, path: AttributePath, value: object) -> AttributeValue | None:
        """The value as this attribute stores it. Raises :class:`EncodeError`."""
        codec = self._walk(path)[1]
        if codec.seal is not None and value is not None and not isinstance(value, Sealed):
            raise StatementError(
                f"{self._where(path)}: it is {codec.opaque}, and is sealed only as the statement is carried "
                "out. Execute it; it has no request before."
            )
        encoded = self._encoded(codec, path, value)
        if encoded is None and len(path.steps) == 1 and self.attribute(path).writes_null:
            return {"NULL": True}
        return encoded

    def codec(self, path: AttributePath) -> Codec:
        """How what stands at this path is stored."""
        return self._walk(path)[1]

    def check_sortable(self, path: AttributePath) -> None:
        """Refuse a path whose stored form does not sort as its values do. Raises :class:`StatementError`."""
        codec = self._walk(path)[1]
        if not codec.sortable or codec.attribute_type not in _SORTED_TYPES:
            raise StatementError(
                f"{self._where(path)}: what is stored does not sort as the values do, so DynamoDB cannot "
                "compare them by order. Compare with ==, or filter after reading."
            )

    def encode_element(self, path: AttributePath, value: object) -> AttributeValue:
        """The value as one element of this set or list, or a part of this text."""
        codec = self._walk(path)[1]
        encoded = self._encoded(codec.element or codec, path, value)
        if encoded is None:
            raise StatementError(f"{self._where(path)}: an element cannot be empty or None.")
        return encoded

    def type_of(self, path: AttributePath) -> str | None:
        """The attribute type that is stored at this path; ``None`` where that depends on the value."""
        return self._walk(path)[1].attribute_type

    def attribute(self, path: AttributePath) -> Attribute:
        """The attribute a path begins with."""
        attribute = self.definition.owned(path)
        if attribute.key_only:
            raise self._only_in_key(path)
        return attribute

    def _only_in_key(self, path: AttributePath) -> StatementError:
        return StatementError(
            f"{self.definition.name}.{path.name}: it stands only inside the key and is not stored. "
            "Use it in the key condition."
        )

    def _walk(self, path: AttributePath) -> tuple[tuple[Step, ...], Codec]:
        attribute = self.definition.owned(path)
        if attribute.key_only:
            raise self._only_in_key(path)
        if len(path.steps) == 1:
            return (attribute.stored,), attribute.codec
        codec = attribute.codec
        steps: list[Step] = [attribute.stored]
        for step in path.steps[1:]:
            child = codec.child(step)
            if child is None:
                known = [] if codec.children is None else list(codec.children)
                hint = did_you_mean(str(step), known) if isinstance(step, str) else ""
                raise StatementError(f"{self._where(path)}: there is no {step!r} at this path{hint or '.'}")
            stored, codec = child
            steps.append(stored)
        return tuple(steps), codec

    def _encoded(self, codec: Codec, path: AttributePath, value: object) -> AttributeValue | None:
        try:
            return codec.encode(value, path.name if len(path.steps) == 1 else str(path))
        except EncodeError as error:
            name = self.definition.name
            raise EncodeError(f"{name}.{error}", entity=name, path=error.path, value=error.value) from error

    def _where(self, path: AttributePath) -> str:
        return f"{self.definition.name}.{path}"
