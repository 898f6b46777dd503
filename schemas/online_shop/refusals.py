"""Why the shop says no: the errors of its use cases, none of which leaves anything half done."""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):
    """What was asked cannot be done."""


class UnknownProduct(Refusal):
    """There is no such product."""


class UnknownOrder(Refusal):
    """There is no such order."""


class CustomerInactive(Refusal):
    """The customer may not order, or does not exist."""


class OutOfStock(Refusal):
    """No warehouse has enough of these products."""

    def __init__(self, product_ids: Iterable[str]) -> None:
        self.product_ids = tuple(product_ids)
        super().__init__(f"out of stock: {', '.join(self.product_ids)}")


class WrongAmount(Refusal):
    """A payment is more than what is left to pay."""


class WrongStatus(Refusal):
    """The order is too far, or not far enough."""


class Changed(Refusal):
    """Somebody else changed the same things in between. Look again, and try again."""
