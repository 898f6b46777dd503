"""``dynakit schema diagram``: the picture of tables in the form asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.cli.schema_commands import Drawing
from dynakit.diagram.html import html
from dynakit.diagram.markdown import markdown
from dynakit.diagram.mermaid import mermaid
from dynakit.diagram.picture import picture_of
from dynakit.diagram.svg import svg

if TYPE_CHECKING:
    from dynakit.cli.target import Target


def drawn(target: Target, form: Drawing) -> str:
    """The picture as text. Raises :class:`UsageError` for several tables in one drawing."""
    if form is Drawing.SVG:
        return svg(picture_of(target.table))
    if form is Drawing.MERMAID:
        return mermaid(picture_of(target.table))
    pictures = [picture_of(table) for table in target.tables]
    if form is Drawing.HTML:
        return html(pictures, title=", ".join(picture.table for picture in pictures))
    if len(pictures) == 1:
        return markdown(pictures[0])
    return "\n".join(f"## {picture.table}\n\n{markdown(picture)}" for picture in pictures)
