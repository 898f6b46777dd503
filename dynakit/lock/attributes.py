"""What a change of an entity's attributes means for its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dynakit.lock.effect import SchemaChange, names_of
from dynakit.lock.form import form_text
from dynakit.lock.forms import losses
from dynakit.lock.lock import AttributeLock


def attribute_changes(
    where: str, was: Mapping[str, AttributeLock], now: Mapping[str, AttributeLock]
) -> Iterator[SchemaChange]:
    """How the attributes of an entity differ, paired by their stored names."""
    old = {one["stored"] or name: (name, one) for name, one in was.items()}
    new = {one["stored"] or name: (name, one) for name, one in now.items()}
    for stored in names_of(old, new):
        place = f"{where}.{(new.get(stored) or old[stored])[0]}"
        if stored not in old:
            yield _new(place, stored, new[stored], was)
        elif stored not in new:
            if old[stored][0] not in now:
                yield SchemaChange(
                    "harmless", place, "the attribute is gone", "Stored values stay as they are."
                )
        else:
            yield from _changed(place, old[stored], new[stored])


def _new(
    place: str, stored: str, new: tuple[str, AttributeLock], was: Mapping[str, AttributeLock]
) -> SchemaChange:
    name, attribute = new
    if name in was:
        return SchemaChange(
            "unreadable old items", place, f"it was stored as {was[name]['stored']!r}, is as {stored!r}",
            f"Say name={was[name]['stored']!r}, or copy the values of every item before.",
        )  # fmt: skip
    if attribute["needed"]:
        return SchemaChange(
            "unreadable old items", place, "the attribute is new and has no default",
            "Give it a default, or write it into every item before.",
        )  # fmt: skip
    return SchemaChange("harmless", place, "the attribute is new and has a default")


def _changed(
    place: str, old: tuple[str, AttributeLock], new: tuple[str, AttributeLock]
) -> Iterator[SchemaChange]:
    (was_name, was), (name, now) = old, new
    if was_name != name:
        yield SchemaChange("harmless", place, f"its name in Python was {was_name}")
    if now["needed"] and not was["needed"]:
        yield SchemaChange(
            "unreadable old items", place, "it had a default and has none",
            "Write it into every item before, or keep the default.",
        )  # fmt: skip
    elif was["needed"] and not now["needed"]:
        yield SchemaChange("harmless", place, "it has a default now")
    yield from _form_changes(place, was, now)


def _form_changes(place: str, was: AttributeLock, now: AttributeLock) -> Iterator[SchemaChange]:
    lost = list(losses(now["form"], was["form"]))
    for inner, what in lost:
        yield SchemaChange(
            "unreadable old items", f"{place}{inner}", what,
            "Bring every item into the new form before, or read both for a while, as by a union.",
        )  # fmt: skip
    if not lost and was["form"] != now["form"]:
        before, after = form_text(was["form"]), form_text(now["form"])
        text = f"it was {before}, is {after}" if before != after else f"what is inside {after} changed"
        yield SchemaChange("harmless", place, f"{text}: it reads all that was stored")
