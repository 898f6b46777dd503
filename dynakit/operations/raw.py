"""The raw way out: any action of the API, with retries and errors as for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.operations.flow import Flow
from dynakit.operations.retry import SAME, request
from dynakit.wire import Call, Payload, Service

if TYPE_CHECKING:
    from dynakit.environment import Environment


def call(
    action: str,
    payload: Payload,
    environment: Environment,
    *,
    service: Service = "dynamodb",
    resend: bool = False,
) -> Flow[Payload]:
    """Send one call as it is and give the whole reply.

    After an attempt that may have been applied, only a read is sent again; a write too with ``resend``, for
    one that may be applied twice. Raises a :class:`~dynakit.errors.RequestError`.
    """
    sent = Call(action, payload, service)
    reply = yield from request(sent, environment, resend=SAME if resend else None, statement=f"call {action}")
    return reply.payload
