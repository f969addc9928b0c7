"""Servers that say what they are told to say, byte by byte, and may stop in the middle of it."""

import asyncio
import datetime
import ipaddress
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def answer(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    """An answer with a length."""
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def chunked(*pieces: bytes, ended: bool = True, headers: tuple[str, ...] = ()) -> bytes:
    """An answer in chunks."""
    head = "\r\n".join(["HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked", "", ""]).encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + (b"0\r\n\r\n" if ended else b"")


@dataclass
class Heard:
    """A little server: its address, the heads of what it was asked, and how many connections its clients ended."""

    url: str
    heads: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])


@asynccontextmanager
async def saying(
    *parts: bytes,
    then: str = "close",
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    unasked: bool = False,
    port: int = 0,
) -> AsyncIterator[Heard]:
    """A server that says the same to everybody, and ``then`` closes the connection, resets it or stays silent.

    It waits for the head of a request, unless it speaks ``unasked``.
    """
    over = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not unasked:
                heard.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            for part in parts:
                writer.write(part)
                await writer.drain()
            if then == "stay":
                await _either(over.wait(), reader.read())
                heard.left.set()
            if then == "reset":
                reset = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, host, port, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    heard = Heard(f"http{'s' if tls else ''}://{f'[{host}]' if ':' in host else host}:{port}")
    try:
        yield heard
    finally:
        over.set()
        server.close()
        await server.wait_closed()


async def _either(*waits: object) -> None:
    tasks = [asyncio.ensure_future(one) for one in waits]  # type: ignore[arg-type]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server on this machine needs to speak TLS, and the certificate that its clients have to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a little server")])
    start = datetime.datetime(2020, 1, 1)
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, no_password))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return context, file


@asynccontextmanager
async def serving(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], *, port: int = 0, **told: Any
) -> AsyncIterator[str]:
    """A server with one handler, which ends when its client goes; the address of it."""
    server = web.Server(handle, handler_cancellation=True, **told)
    runner = web.ServerRunner(server, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
