"""Connections of the asynchronous transport: closed from outside, slow, left with their loop or process."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
import time
from asyncio import Transport
from collections.abc import Callable, Iterator

import pytest

from dynakit.operations.reply import NotSent, ReplyLost
from dynakit.transport.aio import AsyncHttpTransport
from dynakit.wire import Call
from tests.unit.support.aio_server import CALL, DONE, REPLY, AioServer, serving, transport_to, until

LARGE = Call("BatchWriteItem", {"RequestItems": {"shop": "x" * 16_000_000}})


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


class NoReaders(asyncio.SelectorEventLoop):
    """An event loop that can wait for sockets, but not call back when one is readable: as on Windows."""

    def add_reader(self, fd: object, callback: object, *args: object) -> None:
        raise NotImplementedError


@pytest.fixture(params=["told", "awaited"])
def runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    """Runs a test with each kind of connection."""
    factory = NoReaders if request.param == "awaited" else asyncio.SelectorEventLoop
    with asyncio.Runner(loop_factory=factory) as made:
        yield made


def test_connections_are_reused_until_one_side_closes_them(runner: asyncio.Runner) -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url)
            for _ in range(3):
                assert await transport.send(CALL) == DONE
            assert server.connections == 1
            await transport.close()
            await server.until_closed()
            assert await transport.send(CALL) == DONE
            assert server.connections == 2
            await transport.close()

    runner.run(main())


@pytest.mark.parametrize("closing", [b"Connection: close\r\n", b"connection: keep-alive, Close\r\n"])
def test_a_reply_that_says_so_is_the_last_of_its_connection(closing: bytes, runner: asyncio.Runner) -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url)
            server.answer = lambda connection: connection.write(REPLY.replace(b"\r\n", b"\r\n" + closing, 1))
            for _ in range(2):
                assert await transport.send(CALL) == DONE
                await server.until_closed()
            assert server.connections == 2

    runner.run(main())


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", b"x"])
def test_a_server_that_ends_an_idle_connection_costs_no_call(said: bytes, runner: asyncio.Runner) -> None:
    def answer_then_end(connection: Transport) -> None:
        connection.write(REPLY)
        asyncio.get_running_loop().call_later(0.01, end, connection)

    def end(connection: Transport) -> None:
        connection.write(said)
        connection.close()

    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url)
            server.answer = answer_then_end
            for _ in range(3):
                assert await transport.send(CALL) == DONE
                await server.until_closed()
            assert server.connections == 3
            await transport.close()

    runner.run(main())


@pytest.mark.parametrize("part", [b"", REPLY[:9], REPLY[:-1]])
def test_a_server_that_closes_in_its_reply_leaves_the_outcome_unknown(
    part: bytes, runner: asyncio.Runner
) -> None:
    def cut(connection: Transport) -> None:
        connection.write(part)
        connection.close()

    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url, connections=1)
            answer, server.answer = server.answer, cut
            with pytest.raises(ReplyLost):
                await transport.send(CALL)
            server.answer = answer
            assert await transport.send(CALL) == DONE
            await transport.close()

    runner.run(main())


def trickle(pause: float) -> Callable[[Transport], None]:
    """Answers a byte at a time."""

    def answer(connection: Transport) -> None:
        loop = asyncio.get_running_loop()
        for number, byte in enumerate(REPLY[-4:]):
            loop.call_later(pause * number, connection.write, bytes([byte]))
        connection.write(REPLY[:-4])

    return answer


def test_the_time_to_read_is_for_each_piece(runner: asyncio.Runner) -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url, connections=1, read=0.25)
            server.answer = trickle(0.1)
            assert await transport.send(CALL) == DONE
            server.answer = trickle(0.6)
            with pytest.raises(ReplyLost, match="TimeoutError"):
                await transport.send(CALL)
            await server.until_closed()
            server.answer = lambda connection: connection.write(REPLY)
            assert await transport.send(CALL) == DONE
            await transport.close()

    runner.run(main())


def test_a_large_body_goes_out_piece_by_piece_while_others_have_turns(runner: asyncio.Runner) -> None:
    async def main() -> None:
        async with serving() as server:
            server.reads = False
            transport = transport_to(server.url)
            task = asyncio.create_task(transport.send(LARGE))
            await until(lambda: server.connections == 1)
            await asyncio.sleep(0.05)
            server.read()
            turns = 0
            while not task.done():
                await asyncio.sleep(0)
                turns += 1
            assert await task == DONE
            assert turns > 50
            await transport.close()

    runner.run(main())


def test_a_server_that_takes_no_body_is_waited_for_only_so_long(runner: asyncio.Runner) -> None:
    async def main() -> None:
        async with serving() as server:
            server.reads = False
            transport = transport_to(server.url, read=0.1)
            with pytest.raises(expected, match="TimeoutError"):
                await transport.send(LARGE)
            server.read()

    # Where others send on behalf of the loop, it cannot know how much went out in the end.
    expected = ReplyLost if isinstance(runner.get_loop(), NoReaders) else NotSent
    runner.run(main())


def test_a_reply_before_the_end_of_the_body_is_taken_and_the_connection_closed() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            transport = transport_to(f"http://127.0.0.1:{listener.getsockname()[1]}")
            task = asyncio.create_task(transport.send(LARGE))
            connection, _ = await loop.sock_accept(listener)
            with connection:
                await loop.sock_sendall(connection, REPLY)
                assert await task == DONE
                while await loop.sock_recv(connection, 2**20):
                    pass
            await transport.close()

    asyncio.run(main())


def test_a_connection_idle_for_long_is_closed_by_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url)
            await transport.send(CALL)
            await server.until_closed()
            assert await transport.send(CALL) == DONE
            assert server.connections == 2
            await transport.close()

    monkeypatch.setattr("dynakit.transport.aio_connection.IDLE_SECONDS", 0.02)
    asyncio.run(main())


def test_a_loop_that_ends_leaves_nothing_that_warns_and_the_next_one_works(
    runner: asyncio.Runner,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=_answer_all, args=(listener, 3), daemon=True).start()
        transport = transport_to(url)
        assert asyncio.run(transport.send(CALL)) == DONE
        assert asyncio.run(transport.send(CALL)) == DONE
        assert runner.run(transport.send(CALL)) == DONE
    del transport
    gc.collect()


def _answer_all(listener: socket.socket, connections: int) -> None:
    """Answer one request on each of so many connections, and wait for their end."""
    accepted = list[socket.socket]()
    for _ in range(connections):
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(REPLY)
        accepted.append(connection)
    for connection in accepted:
        connection.close()


def test_two_threads_with_a_loop_each_share_a_transport() -> None:
    async def many(transport: AsyncHttpTransport) -> int:
        return len(await asyncio.gather(*[transport.send(CALL) for _ in range(50)]))

    def thread(transport: AsyncHttpTransport) -> int:
        return asyncio.run(many(transport))

    async def main() -> AioServer:
        async with serving() as server:
            transport = transport_to(server.url, connections=5)
            counts = await asyncio.gather(
                many(transport), asyncio.to_thread(thread, transport), asyncio.to_thread(thread, transport)
            )
            assert list(counts) == [50, 50, 50]
            await transport.close()
            gc.collect()
            return server

    server = asyncio.run(main())
    assert len(server.heads) == 150
    assert server.most_open <= 15


def test_closing_reaches_the_connections_of_a_loop_in_another_thread() -> None:
    async def main() -> None:
        async with serving() as server:
            transport = transport_to(server.url)
            loop = asyncio.new_event_loop()
            thread = threading.Thread(target=loop.run_forever)
            thread.start()
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(transport.send(CALL), loop))
            assert server.open == 1
            await transport.close()
            await server.until_closed()
            loop.call_soon_threadsafe(loop.stop)
            await asyncio.to_thread(thread.join)
            loop.close()

    asyncio.run(main())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_leaves_the_connections_of_its_parent_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, asyncio.Runner() as runner:
        transport = transport_to(f"http://127.0.0.1:{listener.getsockname()[1]}")
        peers = list[socket.socket]()

        def serve() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                peers.append(connection)
                threading.Thread(target=_answer_each, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        assert runner.run(transport.send(CALL)) == DONE
        child = os.fork()
        if child == 0:
            with asyncio.Runner() as own:
                os._exit(0 if own.run(transport.send(CALL)) == own.run(transport.send(CALL)) == DONE else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert runner.run(transport.send(CALL)) == DONE
        assert len(peers) == 2
        runner.run(transport.close())
        time.sleep(0.01)


def _answer_each(connection: socket.socket) -> None:
    with connection:
        while connection.recv(65536):
            connection.sendall(REPLY)


def test_a_port_nobody_listens_on_was_not_sent_to(runner: asyncio.Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(NotSent, match="Connection refused"):
        runner.run(transport_to(url).send(CALL))
