"""Where the demo finds its example: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

__all__ = ["online_shop", "sample", "story", "tour", "wiring"]

if TYPE_CHECKING:
    from schemas import online_shop
    from schemas.online_shop import sample, story, tour, wiring
else:
    # The installed one first: a folder that the demo is run in may have a package named schemas of its own.
    _EXAMPLES = "dynakit.examples" if find_spec("dynakit.examples") else "schemas"
    online_shop = import_module(f"{_EXAMPLES}.online_shop")
    sample, story, tour, wiring = (
        import_module(f"{_EXAMPLES}.online_shop.{name}") for name in ("sample", "story", "tour", "wiring")
    )
