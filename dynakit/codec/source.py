"""Python source in the making: functions generated for one class, which read and write its values.

What a codec does value by value, through a chain of closures, generated code does in one expression. It
never says what is wrong: on whatever it does not expect it fails with one of :data:`GIVES_UP`, and the caller
asks the codec, which words every error. Where generated code gives a value, it is the codec's value.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from re import sub
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from dynakit.codec.json_types import PLAIN, Held, JsonType, value_type
from dynakit.codec.unmodelled import without_models
from dynakit.errors import CodecError

if TYPE_CHECKING:
    from dynakit.codec.codec import Codec

Mode: TypeAlias = Literal["checked", "trusted", "plain"]
"""What reading makes of models: what pydantic has checked or will check, unchecked ones, or dictionaries."""


class GivenUp(Exception):
    """Generated code met what it does not know."""


GIVES_UP = (
    GivenUp,
    CodecError,
    ValueError,
    ArithmeticError,
    TypeError,
    AttributeError,
    LookupError,
    RecursionError,
)
"""What generated code may raise for a value that its codec has to look at."""


class Source:
    """A module in the making: its functions, and the objects that their names stand for.

    ``lenient`` says that pydantic itself will check what is read, class by class, and take nothing for
    another type: then strings need no check, and models within models are made by the outermost. ``typed``
    says that what is read has the types of :mod:`dynakit.codec.json_types`, as far as codecs have some.
    """

    def __init__(
        self, title: str, mode: Mode = "checked", *, lenient: bool = False, typed: bool = False
    ) -> None:
        self.title = title
        self.mode: Mode = mode
        self.lenient = lenient
        self.typed = typed
        self._held: dict[int, Held | None] = {}
        self._open: set[int] = set()
        self._names: dict[str, object] = {"GivenUp": GivenUp}
        self._known: dict[int, str] = {}
        self._functions: dict[tuple[str, int], str] = {}
        self._lines: list[str] = []
        self._count = 0

    def bind(self, value: object, hint: str) -> str:
        """The name of an object; the same object has one name."""
        name = self._known.get(id(value))
        if name is None:
            name = self._known[id(value)] = self.fresh(hint)
            self._names[name] = value
        return name

    def fresh(self, hint: str = "v") -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"{sub(r'[^0-9A-Za-z]+', '_', hint).strip('_')}_{self._count}"

    def read(self, codec: Codec, value: str) -> str:
        """The expression that reads ``value``, an expression that may stand several times."""
        if codec.inline is None or (self.typed and self.held(codec) is None):
            return self.read_whole(codec, value)
        return codec.inline.read(self, codec, value)

    def read_whole(self, codec: Codec, value: str) -> str:
        """The same, by the codec's own function."""
        return self.wrapped(f"{self.bind(codec.read, 'read')}({value})")

    def member(self, value: str, kind: str) -> str:
        """The expression of what an attribute value holds under a type."""
        return f"{value}.{kind}" if self.typed else f"{value}[{kind!r}]"

    def held(self, codec: Codec) -> Held | None:
        """What values of a codec hold, if they are read with a type; ``None`` for plain dictionaries."""
        inline = codec.inline
        if inline is None:
            return None
        known = id(inline)
        if known in self._open:
            # A class that holds itself has no such type.
            self._held[known] = None
        elif known not in self._held:
            self._open.add(known)
            made = inline.held(self)
            self._open.remove(known)
            self._held.setdefault(known, made)
        return self._held[known]

    def value_type(self, codec: Codec) -> JsonType:
        """The type that values of a codec are read with."""
        held = self.held(codec)
        return PLAIN if held is None else value_type(held)

    def wrapped(self, expression: str) -> str:
        """What becomes of a value that may hold models, by the mode."""
        return (
            f"{self.bind(without_models, 'without_models')}({expression})"
            if self.mode == "plain"
            else expression
        )

    def write(self, codec: Codec, value: str) -> str:
        """The expression that writes the variable ``value``; it gives ``None`` for absent."""
        return (
            self.write_whole(codec, value) if codec.inline is None else codec.inline.write(self, codec, value)
        )

    def write_whole(self, codec: Codec, value: str) -> str:
        """The same, by the codec's own function."""
        return f"{self.bind(codec.write, 'write')}({value})"

    def function(self, verb: str, about: object, parameters: str, body: Callable[[], list[str]]) -> str:
        """The name of a function that does something about an object, written when first asked for."""
        name = self._functions.get((verb, id(about)))
        if name is None:
            # Known before its body is there: a class may hold itself.
            name = self._functions[verb, id(about)] = self.fresh(verb)
            self._lines += [f"def {name}({parameters}):", *(f"    {line}" for line in body()), ""]
        return name

    def compiled(self, name: str) -> Callable[..., Any]:
        """Compile the module and take the function ``name``; tracebacks and profilers show its source."""
        text, file = "\n".join([*self._lines, ""]), f"<dynakit {self.title}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        exec(compile(text, file, "exec"), self._names)  # noqa: S102 - all of the text was written here
        return cast("Callable[..., Any]", self._names[name])
