"""A small WebSocket client (RFC 6455), enough to read the live frames."""
import base64
import json
import os
import socket
import struct

from lab import Patience


class Live:
    def __init__(self, daemon, seconds=60):
        connect = getattr(daemon, "connect", None)  # over TLS
        self.connection = connect(seconds) if connect else socket.create_connection(("127.0.0.1", daemon.port), timeout=seconds)
        self.buffer = b""
        try:
            self.shake_hands(daemon)
        except BaseException:
            self.connection.close()
            raise

    def shake_hands(self, daemon):
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall((f"GET {getattr(daemon, 'base_path', '')}/api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{daemon.port}\r\nUpgrade: websocket\r\n"
                                 f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                                 f"Origin: {daemon.url}\r\nCookie: {daemon.cookie_header()}\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise AssertionError(f"no WebSocket: {head[:300]!r}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def fill(self):
        received = self.connection.recv(65536)
        if not received:
            raise AssertionError("the live connection was closed")
        self.buffer += received

    def take(self, count):
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def send(self, opcode, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        length = struct.pack("!B", 0x80 | len(payload)) if len(payload) < 126 else struct.pack("!BH", 0x80 | 126, len(payload))
        self.connection.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def ask_snapshot(self):
        self.send(1, json.dumps({"kind": "snapshot"}).encode())

    def message(self):
        """The next JSON message; answers pings on the way."""
        text = b""
        while True:
            first, second = self.take(2)
            length = second & 0x7F
            if length == 126:
                length = struct.unpack("!H", self.take(2))[0]
            elif length == 127:
                length = struct.unpack("!Q", self.take(8))[0]
            payload = self.take(length)
            opcode = first & 0x0F
            if opcode == 9:
                self.send(10, payload)
            elif opcode == 8:
                raise AssertionError(f"the live connection was closed: {payload!r}")
            elif opcode in (0, 1):
                text += payload
                if first & 0x80:
                    return json.loads(text)

    def until(self, wanted, seconds, what):
        """Reads messages until wanted(message) is true; returns that message."""
        patience = Patience(seconds)
        while not patience.over():
            try:
                message = self.message()
            except TimeoutError:
                break
            if wanted(message):
                return message
        raise AssertionError(f"no live message within {patience}: {what}")
