"""Key templates, told by the keys of sample rows.

``USER#alice`` in rows with an attribute whose value is ``alice`` becomes ``USER#{username:raw}``.
Placeholders are ``:raw``, so that keys stay as they are; what cannot be told is an attribute that is the
whole key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from dynakit.values import dataclass
from dynakit.wire import Item
from dynakit.workbench.alias import Alias, named_by, names_of_segments
from dynakit.workbench.naming import attribute_name, untaken, words
from dynakit.workbench.plan import Annotation
from dynakit.workbench.segments import SEPARATOR, Segment, cut, is_literal, is_whole_word, plays_role
from dynakit.workbench.types import is_time, text_type

_TELLING = 5
"""From how many characters on a text is not the same as another's by chance."""

_UNIQUE = 16
"""From how many characters on texts that are the same are one thing, whatever stands in front of them."""

_PAIR = 2
"""The segments of ``USER#alice``."""

_SHORT = 4
"""A literal of fewer characters tells nobody what stands behind it."""


@dataclass(frozen=True)
class Told:
    """An attribute that stands only inside keys: its name, its texts, the literal in front of it."""

    name: str
    texts: tuple[str, ...]
    literal: str | None


@dataclass(frozen=True)
class About:
    """What is known of an entity besides its keys.

    ``attributes`` are the texts of those attributes that every row has, by Python name; ``owners`` what
    stands behind a literal; ``partition`` is the table's partition key, and ``behind`` collects, for all
    entities of the table, the attributes that stand behind its literals.
    """

    kind: str
    rows: Sequence[Item]
    attributes: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, str]
    partition: str
    behind: dict[str, str]


@dataclass
class Templates:
    """Finds the templates of one entity's keys; ``taken`` are the names of its attributes so far.

    Attributes that stand only in keys are collected in ``inside``; those that are a whole key in ``whole``,
    by stored name.
    """

    about: About
    taken: set[str]
    inside: dict[str, Annotation] = field(default_factory=dict[str, Annotation])
    whole: dict[str, str] = field(default_factory=dict[str, str])
    _known: list[Told] = field(default_factory=list[Told])
    _made: dict[str, str] = field(default_factory=dict[str, str])

    def template(self, stored: str, alias: str | None = None) -> str:
        """The template of a key attribute; ``alias`` is what the model calls it."""
        if stored in self.whole:
            return f"{{{self.whole[stored]}}}"
        if stored not in self._made:
            self._made[stored] = self._template(stored, alias)
        return self._made[stored]

    def itself(self, stored: str, alias: str | None = None) -> str:
        """The template that is the key attribute itself, which is an attribute of its own."""
        if stored not in self.whole:
            name = (alias and named_by(alias)) or stored
            self.whole[stored] = attribute_name(name, self.taken)
            self.taken.add(self.whole[stored])
            texts = tuple(row[stored].get("S", "") for row in self.about.rows if stored in row)
            self._known.append(Told(self.whole[stored], texts, None))
        return f"{{{self.whole[stored]}}}"

    def _template(self, stored: str, alias: str | None) -> str:
        texts = [row[stored].get("S") for row in self.about.rows if stored in row]
        known = [text for text in texts if text is not None and not set(text) & set("{}")]
        if not known or len(known) < len(self.about.rows):
            return self.itself(stored, alias)
        spelled = Alias.of(alias).spelled(known) if alias else None
        if spelled is not None:
            return self._spelled(spelled)
        segments = cut(known)
        if segments is None:
            return self.itself(stored, alias)
        if len(segments) == 1 and not segments[0].label:
            return self._alone(stored, segments[0], alias)
        return self._joined(stored, segments, alias)

    def _spelled(self, pieces: Sequence[str | tuple[str, tuple[str, ...]]]) -> str:
        """The template that the alias spells out."""
        parts, literal = list[str](), None
        for piece in pieces:
            if isinstance(piece, str):
                literal = next((word for word in reversed(piece.split(SEPARATOR)) if word), literal)
                parts.append(piece)
                continue
            name, texts = piece
            same = name if self.about.attributes.get(name) == texts or self._is_known(name, texts) else None
            parts.append(f"{{{same or self._new(Segment('', texts), literal, name)}:raw}}")
        return "".join(parts)

    def _is_known(self, name: str, texts: tuple[str, ...]) -> bool:
        return any(told.name == name and told.texts == texts for told in self._known)

    def _alone(self, stored: str, segment: Segment, alias: str | None) -> str:
        """A key without separators: a literal, another attribute's value, or an attribute itself."""
        if not plays_role(stored):
            return self.itself(stored, alias)
        constant = segment.constant
        repeated = len(self.about.rows) > 1 and stored != self.about.partition
        if constant is not None and (is_whole_word(constant) or (segment.word and repeated)):
            return constant
        told = self._same(segment, None)
        if told is not None:
            return f"{{{told}:raw}}"
        moment = is_time(text_type(segment.texts)) and words(stored)[0][:3] in {"gsi", "lsi", "sk"}
        return self.itself(stored, f"{self.about.kind} at" if moment else alias)

    def _joined(self, stored: str, segments: Sequence[Segment], alias: str | None) -> str:
        # Many rows may well be of one partition: what is the same in all of them is an id all the same.
        rows = 1 if stored == self.about.partition else len(self.about.rows)
        names = names_of_segments(stored, alias, segments, rows)
        parts = [self._part(segments, number, named, rows) for number, named in enumerate(names)]
        if not any("{" in part for part in parts) and any(segment.word is None for segment in segments):
            return self.itself(stored, alias)
        self._note(stored, segments, parts)
        return SEPARATOR.join(parts)

    def _note(self, stored: str, segments: Sequence[Segment], parts: Sequence[str]) -> None:
        """Keep which attribute stands behind the literal of a partition key."""
        if stored != self.about.partition or len(parts) != _PAIR or segments[0].word is None:
            return
        name = parts[1].strip("{}").partition(":")[0]
        if name in self.about.attributes:
            self.about.behind.setdefault(segments[0].texts[0], name)

    def _part(self, segments: Sequence[Segment], number: int, named: str | None, rows: int) -> str:
        segment = segments[number]
        literal = segment.label or next((one.word for one in reversed(segments[:number]) if one.word), None)
        told = self._same(segment, literal) if number or segment.label else None
        if told is None and is_literal(segments, number, rows):
            return segment.texts[0]
        name = told or self._same(segment, literal) or self._new(segment, literal, named)
        return f"{segment.label}{{{name}:raw}}"

    def _same(self, segment: Segment, literal: str | None) -> str | None:
        """The attribute that has the same value in every row, and not by chance."""
        found = [told for told in self._known if told.texts == segment.texts]
        alike = [told.name for told in found if literal is not None and told.literal == literal]
        telling = len(set(segment.texts)) > 1 or len(segment.texts[0]) >= _TELLING
        found = [told for told in found if literal is None or told.literal is None or _is_unique(segment)]
        named = [name for name, texts in self.about.attributes.items() if texts == segment.texts]
        wanted = words(literal)[:1] if literal else []
        alike += [name for name in named if telling or (wanted and name.startswith(wanted[0]))]
        return next(iter([*alike, *(told.name for told in found if telling)]), None)

    def _new(self, segment: Segment, literal: str | None, named: str | None) -> str:
        annotation = text_type(segment.texts)
        name = attribute_name(named or self._called(literal, moment=is_time(annotation)))
        name = untaken(f"{name}_key", self.taken) if name in self.taken else name
        self.taken.add(name)
        self.inside[name] = annotation
        self._known.append(Told(name, segment.texts, literal))
        return name

    def _called(self, literal: str | None, *, moment: bool) -> str:
        about = "_".join(words(literal)) if literal else ""
        if literal is not None and literal in self.about.behind:
            return self.about.behind[literal]
        if moment:
            return f"{about if len(about) >= _SHORT else '_'.join(words(self.about.kind))}_at"
        if literal is not None and literal in self.about.owners and len(about) < _SHORT:
            about = "_".join(words(self.about.owners[literal]))
        return f"{about or 'key'}_id"


def _is_unique(segment: Segment) -> bool:
    return all(len(text) >= _UNIQUE for text in segment.texts)
