"""The pool of the asynchronous transport: who waits, who is cancelled, and what is opened through what."""

from __future__ import annotations

import asyncio
import ssl
import threading
from asyncio import StreamReader, StreamWriter, Transport
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from dynakit.operations.reply import CredentialsMissing, NotSent
from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.credentials import AccessKeys, Credentials
from dynakit.transport.proxies import Proxy
from dynakit.wire import Payload
from tests.unit.support.aio_server import CALL, DONE, REPLY, AioServer, serving, transport_to, until
from tests.unit.support.certificates import server_context, write_certificate


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by itself, and its key, in one file."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "certificate.pem")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    return server_context(certificate)


class TunnelProxy:
    """Answers CONNECT with ``status``, and for 200 passes bytes on; anything else with a reply of its own."""

    def __init__(self, status: str = "200 Fine") -> None:
        self.status = status
        self.heads: list[bytes] = []
        self.port = 0
        self.open = 0

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.open += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
        self.open -= 1
        writer.close()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        if not self.heads[-1].startswith(b"CONNECT"):
            writer.write(REPLY)
            await reader.read()
            return
        writer.write(f"HTTP/1.1 {self.status}\r\n\r\n".encode())
        if not self.status.startswith("200"):
            return
        port = int(self.heads[-1].split()[1].rpartition(b":")[2])
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pass(reader, to_writer), _pass(to_reader, writer))


async def _pass(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


@asynccontextmanager
async def proxying(proxy: TunnelProxy, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Proxy]:
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    yield Proxy("https" if tls else "http", "127.0.0.1", port, "Basic dXNlcjpwYXNz")
    listening.close()
    await until(lambda: not proxy.open)


async def cancel_everywhere(server: AioServer, transport: AsyncHttpTransport) -> None:
    """Cancel a call after each number of turns of the loop until one is through; another works each time."""
    for turns in count():
        task = asyncio.create_task(transport.send(CALL))
        for _ in range(turns):
            await asyncio.sleep(0)
        if not task.cancel():
            assert await task == DONE
            assert turns > 5
            break
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await transport.send(CALL) == DONE
        await transport.close()
        await server.until_closed()
    await transport.close()
    # The server may be late to see that a client left.
    assert server.most_open <= 3


def test_a_call_cancelled_at_any_moment_leaves_the_pool_whole() -> None:
    async def main() -> None:
        async with serving() as server:
            await cancel_everywhere(server, transport_to(server.url, connections=1))

    asyncio.run(main())


def test_a_call_cancelled_at_any_moment_of_tls_leaves_the_pool_whole(
    tls: ssl.SSLContext, certificate: Path
) -> None:
    async def main() -> None:
        async with serving(tls) as server:
            await cancel_everywhere(server, transport_to(server.url, connections=1, verify=str(certificate)))

    asyncio.run(main())


def test_a_call_cancelled_at_any_moment_of_a_tunnel_leaves_the_pool_whole(
    tls: ssl.SSLContext, certificate: Path
) -> None:
    async def main() -> None:
        async with serving(tls) as server, proxying(TunnelProxy()) as proxy:
            transport = transport_to(server.url, connections=1, verify=str(certificate), proxy=proxy)
            await cancel_everywhere(server, transport)

    asyncio.run(main())


def _has(waiting: list[Transport], number: int) -> bool:
    return len(waiting) == number


def held(server: AioServer) -> list[Transport]:
    """Let a server answer nothing; the connections that wait."""
    waiting = list[Transport]()
    server.answer = waiting.append
    return waiting


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_cancelled_waiter_takes_no_slot_and_holds_nobody_up(which: int) -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url, connections=1)
            waiting = held(server)
            first = asyncio.create_task(transport.send(CALL))
            await until(lambda: len(waiting) == 1)
            others = [asyncio.create_task(transport.send(CALL)) for _ in range(3)]
            await asyncio.sleep(0.01)
            others[which].cancel()
            waiting[0].write(REPLY)
            server.answer = lambda connection: connection.write(REPLY)
            results = await asyncio.gather(first, *others, return_exceptions=True)
            assert [result for result in results if result != DONE] == [results[which + 1]]
            assert isinstance(results[which + 1], asyncio.CancelledError)
            assert (server.connections, len(server.heads)) == (1, 3)
            await transport.close()

    asyncio.run(main())


def test_a_waiter_cancelled_in_the_turn_it_is_given_a_connection_hands_it_on() -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url, connections=1)
            waiting = held(server)

            async def send_and_cancel() -> Payload:
                reply = await transport.send(CALL)
                second.cancel()
                return reply

            first = asyncio.create_task(send_and_cancel())
            await until(lambda: len(waiting) == 1)
            second, third = [asyncio.create_task(transport.send(CALL)) for _ in range(2)]
            await asyncio.sleep(0)
            server.answer = lambda connection: connection.write(REPLY)
            waiting[0].write(REPLY)
            assert await first == DONE
            with pytest.raises(asyncio.CancelledError):
                await second
            assert await third == DONE
            assert server.connections == 1
            await transport.close()

    asyncio.run(main())


def test_waiters_are_served_in_the_order_they_came() -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url, connections=1)
            done = list[int]()

            async def one(number: int) -> None:
                await transport.send(CALL)
                done.append(number)

            await asyncio.gather(*[one(number) for number in range(20)])
            assert done == list(range(20))
            assert server.connections == 1
            await transport.close()

    asyncio.run(main())


def test_a_thousand_tasks_share_a_hundred_connections() -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url)
            replies = await asyncio.gather(*[transport.send(CALL) for _ in range(1000)])
            assert replies == [DONE] * 1000
            assert server.connections == server.most_open == 100
            await transport.close()

    asyncio.run(main())


def test_a_task_waits_for_a_connection_no_longer_than_the_time_to_connect() -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url, connections=2, connect=0.05)
            waiting = held(server)
            busy = [asyncio.create_task(transport.send(CALL)) for _ in range(2)]
            await until(lambda: len(waiting) == 2)
            late = await asyncio.gather(*[transport.send(CALL) for _ in range(3)], return_exceptions=True)
            assert [type(one) for one in late] == [NotSent] * 3
            assert "none of 2 connections" in str(late[0])
            assert len(server.heads) == 2
            for connection in waiting:
                connection.write(REPLY)
            assert await asyncio.gather(*busy) == [DONE, DONE]
            await transport.close()

    asyncio.run(main())


def test_who_waits_gets_the_slot_of_a_connection_that_broke() -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url, connections=1)
            waiting = held(server)
            tasks = [asyncio.create_task(transport.send(CALL)) for _ in range(3)]
            for number in (1, 2, 3):
                await until(partial(_has, waiting, number))
                if number < 3:
                    waiting[-1].abort()
            waiting[-1].write(REPLY)
            results: list[Payload | BaseException] = await asyncio.gather(*tasks, return_exceptions=True)
            assert results[2] == DONE
            assert server.most_open == 1
            await transport.close()

    asyncio.run(main())


def test_a_server_that_never_agrees_on_tls_was_not_sent_to() -> None:
    async def main() -> None:
        async with serving() as server:
            server.reads = False
            transport = transport_to(server.url.replace("http", "https"), connect=0.05)
            with pytest.raises(NotSent, match="TimeoutError"):
                await transport.send(CALL)
            server.read()

    asyncio.run(main())


@pytest.mark.parametrize("secure_proxy", [False, True])
def test_a_tunnel_carries_tls_to_the_host_and_its_password_stays_with_the_proxy(
    tls: ssl.SSLContext, certificate: Path, secure_proxy: bool
) -> None:
    async def main() -> None:
        tunnel = TunnelProxy()
        async with serving(tls) as server, proxying(tunnel, tls if secure_proxy else None) as proxy:
            transport = transport_to(server.url, verify=str(certificate), proxy=proxy)
            assert [await transport.send(CALL) for _ in range(2)] == [DONE, DONE]
            await transport.close()
        host = server.url.partition("//")[2].encode()
        assert [head.split(b"\r\n")[:2] for head in tunnel.heads] == [
            [b"CONNECT " + host + b" HTTP/1.1", b"Host: " + host]
        ]
        assert b"\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n" in tunnel.heads[0]
        assert len(server.heads) == 2
        assert not any(b"proxy-auth" in head.lower() for head in server.heads)
        assert server.heads[0].startswith(b"POST / HTTP/1.1\r\n")

    asyncio.run(main())


@pytest.mark.parametrize("secure_proxy", [False, True])
def test_a_plain_request_is_given_whole_to_the_proxy(
    tls: ssl.SSLContext, certificate: Path, secure_proxy: bool
) -> None:
    async def main() -> None:
        tunnel = TunnelProxy()
        async with proxying(tunnel, tls if secure_proxy else None) as proxy:
            transport = transport_to("http://dynamodb.invalid:8000", verify=str(certificate), proxy=proxy)
            assert await transport.send(CALL) == DONE
            await transport.close()
        assert tunnel.heads[0].startswith(b"POST http://dynamodb.invalid:8000/ HTTP/1.1\r\n")
        assert b"\r\nHost: dynamodb.invalid:8000\r\n" in tunnel.heads[0]
        assert b"\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n" in tunnel.heads[0]

    asyncio.run(main())


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway", "999 ?"])
def test_a_proxy_that_opens_no_tunnel_was_not_sent_through(status: str) -> None:
    async def main() -> None:
        async with proxying(TunnelProxy(status)) as proxy:
            with pytest.raises(NotSent):
                await transport_to("https://dynamodb.invalid", proxy=proxy).send(CALL)

    asyncio.run(main())


class SlowCredentials(Credentials):
    """Known only to a thread, after a moment; ``missing`` is how often they are not there first."""

    def __init__(self, missing: int = 0) -> None:
        super().__init__(None, local=True)
        self.go = threading.Event()
        self.threads: list[int] = []
        self.missing = missing
        self.got: AccessKeys | None = None

    def at_hand(self) -> AccessKeys | None:
        return self.got

    def keys(self) -> AccessKeys:
        self.threads.append(threading.get_ident())
        assert self.go.wait(5)
        if self.missing:
            self.missing -= 1
            raise CredentialsMissing("there are none")
        self.got = AccessKeys("AKID", "secret")
        return self.got


def test_credentials_are_loaded_by_one_thread_for_all_tasks_even_if_the_first_is_cancelled() -> None:
    async def main() -> None:
        async with serving() as server:
            credentials = SlowCredentials()
            transport = transport_to(server.url, credentials=credentials)
            first, *others = [asyncio.create_task(transport.send(CALL)) for _ in range(50)]
            await asyncio.sleep(0.01)
            first.cancel()
            credentials.go.set()
            assert await asyncio.gather(*others) == [DONE] * 49
            assert len(credentials.threads) == 1
            assert credentials.threads[0] != threading.get_ident()
            await transport.close()

    asyncio.run(main())


def test_credentials_that_are_missing_are_looked_for_again_by_the_next_call() -> None:
    async def main() -> None:
        async with serving() as server:
            credentials = SlowCredentials(missing=1)
            credentials.go.set()
            transport = transport_to(server.url, credentials=credentials)
            with pytest.raises(CredentialsMissing):
                await transport.send(CALL)
            assert await transport.send(CALL) == DONE
            await transport.close()

    asyncio.run(main())
