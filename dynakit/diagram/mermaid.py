"""The picture of a table as a Mermaid flowchart.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

import re

from dynakit.diagram.picture import Picture, Place


def mermaid(picture: Picture) -> str:
    """A box for the table and for each index, in it partitions, in these entities with their sort keys."""
    lines = ["flowchart LR"]
    for number, place in enumerate(picture.places):
        lines += _place(picture, place, f"p{number}")
    for number, search in enumerate(picture.searches):
        label = "<br/>".join(map(_text, search.calls)) or "no entity"
        lines += [
            f'  subgraph v{number}["vector index {_text(search.index)}"]',
            f'    v{number}_0["{label}"]',
            "  end",
        ]
    return "\n".join(lines) + "\n"


def _place(picture: Picture, place: Place, name: str) -> list[str]:
    title = f"table {picture.table}" if place.index is None else f"index {place.index}"
    lines = [f'  subgraph {name}["{_text(title)}: {_text(", ".join(place.keys))}"]']
    if not place.patterns:
        return [*lines, f'    {name}_0["no pattern"]', "  end"]
    partitions = dict.fromkeys(pattern.partition for pattern in place.patterns)
    for number, partition in enumerate(partitions):
        group = f"{name}_{number}"
        lines.append(f'    subgraph {group}["{_text(", ".join(partition))}"]')
        patterns = [one for one in place.patterns if one.partition == partition]
        for position, pattern in enumerate(patterns):
            sort = _text(", ".join(pattern.sort))
            label = _text(f"{pattern.entity}.{pattern.name}") + (f"<br/>{sort}" if sort else "")
            lines.append(f'      {group}_{position}["{label}"]')
        lines.append("    end")
    return [*lines, "  end"]


def _text(text: str) -> str:
    """Text as Mermaid shows it: what has a meaning there is written as the number of the character."""
    return re.sub(r'[#"<>&;`]', lambda found: f"#{ord(found[0])};", text)
