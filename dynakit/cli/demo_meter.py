"""What the demo measures: each call as it was sent, and the read units it would cost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import field

from dynakit.codec.size import item_size, read_units
from dynakit.expressions.text import sent_text, value_text
from dynakit.transport.base import Transport
from dynakit.values import dataclass
from dynakit.wire import Call, Item, Payload

DROPPING = ("FilterExpression", "ProjectionExpression")


@dataclass(frozen=True)
class Sent:
    """A call, and the reply to it."""

    call: Call
    reply: Payload


@dataclass
class Meter:
    """A transport that notes what goes over it."""

    inner: Transport
    sent: list[Sent] = field(default_factory=list[Sent])

    def send(self, call: Call) -> Payload:
        """Send a call, and note it with its reply."""
        reply = self.inner.send(call)
        self.sent.append(Sent(call, reply))
        return reply

    def close(self) -> None:
        """Close the transport behind it."""
        self.inner.close()

    def take(self) -> list[Sent]:
        """Give what was sent since the last time."""
        sent, self.sent = self.sent, []
        return sent

    def read_units(self, sent: Sent) -> float:
        """Estimate the read units of a read from the sizes of the items it evaluated."""
        consistent = bool(sent.call.payload.get("ConsistentRead"))
        match sent.call.action:
            case "GetItem":
                return read_units(item_size(sent.reply.get("Item", {})), consistent=consistent)
            case "BatchGetItem":
                found: list[Item] = [item for items in sent.reply["Responses"].values() for item in items]
                return sum(read_units(item_size(item), consistent=consistent) for item in found)
            case _:
                return read_units(sum(map(item_size, self._evaluated(sent))), consistent=consistent)

    def _evaluated(self, sent: Sent) -> list[Item]:
        """The items that a query read: whole, and those its filter dropped too."""
        reply = sent.reply
        if any(name in sent.call.payload for name in DROPPING):
            reply = self.inner.send(Call("Query", without_filter(sent.call.payload)))
        items: list[Item] = reply["Items"]
        return items


def without_filter(query: Payload) -> Payload:
    """The same query without filter and projection, nor their placeholders: DynamoDB refuses unused ones."""
    used = set(re.findall(r"[#:]\w+", query["KeyConditionExpression"]))
    whole = {name: value for name, value in query.items() if name not in DROPPING}
    for member in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        whole[member] = {name: value for name, value in query[member].items() if name in used}
    return whole


def read_text(call: Call) -> str:
    """Say what a read asks for: its index, its key condition, its filter and its projection."""
    payload = call.payload
    match call.action:
        case "GetItem":
            return key_text(payload["Key"])
        case "BatchGetItem":
            keys = [key_text(key) for table in payload["RequestItems"].values() for key in table["Keys"]]
            return "; ".join(keys)
        case _:
            index = f"{payload['IndexName']}: " if "IndexName" in payload else ""
            words = [index + sent_text(payload["KeyConditionExpression"], payload)]
            if "FilterExpression" in payload:
                words.append(f"filter: {sent_text(payload['FilterExpression'], payload)}")
            if "ProjectionExpression" in payload:
                words.append(f"only: {sent_text(payload['ProjectionExpression'], payload)}")
            return "\n".join(words)


def key_text(key: Item) -> str:
    """Write a primary key as a condition: ``PK = 'CUSTOMER#c1' AND SK = 'CUSTOMER'``."""
    return " AND ".join(f"{name} = {value_text(value)}" for name, value in key.items())


def action_text(call: Call) -> str:
    """Say what a call does: its action, and what a transaction is made of."""
    kinds = Counter(kind for operation in call.payload.get("TransactItems", []) for kind in operation)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    return f"{call.action} ({told})" if told else call.action
