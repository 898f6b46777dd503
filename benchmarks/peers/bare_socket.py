"""No client: the floor. Requests that were written and signed before go over one socket.

What comes is checked for nothing, and parsed as JSON. A client in Python that makes each request anew, checks
the reply and gives models costs more; how much more is what its own code takes.
"""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from boto3.dynamodb.types import TypeDeserializer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from msgspec.json import decode, encode

from benchmarks import workload
from benchmarks.peer import Peer, Unsupported
from benchmarks.peers.raw import condition, raw_key
from benchmarks.processes import AWS

RECEIVED = 2**16


class Client(Peer):
    def open(self) -> None:
        parts = urlsplit(self.endpoint)
        self.socket = socket.create_connection((parts.hostname, parts.port), workload.TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.written: dict[tuple[str, ...], bytes] = {}

    def close(self) -> None:
        self.socket.close()

    def model(self, values: workload.Order) -> bytes:
        return self._request("PutItem", Item=workload.stored(values))

    def row(self, found: dict[str, Any]) -> dict[str, Any]:
        deserialize = TypeDeserializer().deserialize
        return {name: deserialize(value) for name, value in found.items()}

    def get(self, customer: str, order_id: str) -> Any:
        asked = self.written.get((customer, order_id))
        if asked is None:
            asked = self._request("GetItem", Key=raw_key(customer, order_id))
            self.written[customer, order_id] = asked
        return self._sent(asked)["Item"]

    def put(self, model: bytes) -> None:
        self._sent(model)

    def query(self, customer: str) -> Any:
        asked = self.written.get((customer,))
        if asked is None:
            asked = self.written[customer,] = self._request("Query", **condition(customer))
        found = self._sent(asked)
        if "LastEvaluatedKey" in found:
            raise Unsupported("one page only")
        return found["Items"]

    def _request(self, action: str, **members: Any) -> bytes:
        body = encode({"TableName": workload.TABLE, **members})
        target = {"X-Amz-Target": f"DynamoDB_20120810.{action}", "Content-Type": "application/x-amz-json-1.0"}
        request = AWSRequest("POST", f"{self.endpoint}/", target, body)
        keys = Credentials(AWS["AWS_ACCESS_KEY_ID"], AWS["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(keys, "dynamodb", workload.REGION).add_auth(request)
        fields = {"Host": urlsplit(self.endpoint).netloc, **request.headers, "Content-Length": str(len(body))}
        lines = ["POST / HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _sent(self, request: bytes) -> Any:
        self.socket.sendall(request)
        data = self.socket.recv(RECEIVED)
        start = data.index(b"\r\n\r\n") + 4
        length = data.find(b"Content-Length: ", 0, start) + 16
        if length < 16:
            # The rest of the reply would be taken for the next one.
            self.close()
            self.open()
            raise Unsupported("no replies in chunks")
        end = start + int(data[length : data.index(b"\r", length)])
        while len(data) < end:
            data += self.socket.recv(RECEIVED)
        return decode(data[start:end])
