"""Management interfaces that misbehave on purpose, and one that does not. Each listens on a unix socket."""
import os
import socket
import threading

GREETING = b">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n"
TITLE = (b"TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu\r\nTIME\t2026-11-21 03:34:09\t1795232049\r\n"
         b"HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes Sent\t"
         b"Connected Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\r\n")
ROW = b"CLIENT_LIST\t%s\t192.0.2.7:40022\t10.8.0.2\t\t2468\t2459\t2026-11-21 03:33:40\t1795232020\tUNDEF\t0\t0\tAES-256-GCM\r\n"
TAIL = (b"HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\r\n"
        b"GLOBAL_STATS\tMax bcast/mcast queue length\t0\r\nGLOBAL_STATS\tdco_enabled\t0\r\nEND\r\n")


def answer(command):
    """What a healthy server with one client says."""
    if command.startswith(b"status"):
        return TITLE + ROW % b"carol" + TAIL
    if command == b"version":
        return b"OpenVPN Version: OpenVPN 2.6.14 x86_64-pc-linux-gnu\r\nManagement Version: 5\r\nEND\r\n"
    if command.startswith(b"state") and command != b"state on":
        return b"1795232000,CONNECTED,SUCCESS,10.8.0.1,,,,,\r\nEND\r\n"
    if command == b"state on all":
        return b"SUCCESS: real-time state notification set to ON\r\n1795232000,CONNECTED,SUCCESS,10.8.0.1,,,,,\r\nEND\r\n"
    if command == b"pid":
        return b"SUCCESS: pid=4242\r\n"
    if command == b"load-stats":
        return b"SUCCESS: nclients=1,bytesin=2468,bytesout=2459\r\n"
    return b"SUCCESS: done\r\n"


class FakeManagement:
    """behaviour(send, commands): is called for every connection; `commands` yields what the peer asks, line by line."""

    def __init__(self, directory, name, behaviour):
        self.path = os.path.join(directory, name + ".sock")
        self.behaviour = behaviour
        self.stopping = threading.Event()
        self.connections = 0

    def __enter__(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.listener.settimeout(0.2)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(10)
        self.listener.close()

    def serve(self):
        while not self.stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                continue
            self.connections += 1
            with connection:
                connection.settimeout(0.2)
                try:
                    self.behaviour(connection.sendall, self.commands(connection))
                except OSError:
                    pass  # the peer has had enough, as it may

    def commands(self, connection):
        buffer = b""
        while not self.stopping.is_set():
            try:
                received = connection.recv(4096)
            except TimeoutError:
                continue
            if not received:
                return
            *lines, buffer = (buffer + received).split(b"\n")
            yield from (line.rstrip(b"\r") for line in lines)


def healthy(send, commands):
    send(GREETING)
    for command in commands:
        send(answer(command))


def silent(_send, commands):
    for _ in commands:
        pass


def garbage(send, commands):
    send(bytes(range(256)) * 64 + b"\n")
    for _ in commands:
        send(b"\x00\xff\xfe{}[]<xml>\n" * 200)


def oversized(send, commands):
    send(GREETING)
    for _ in commands:
        for _ in range(64):
            send(b"x" * 65536)
        send(b"\r\n")


def without_end(send, commands):
    send(GREETING)
    for command in commands:
        send(TITLE + ROW % b"dave" if command.startswith(b"status") else answer(command))


def drops_in_a_row(send, commands):
    send(GREETING)
    for command in commands:
        if command.startswith(b"status"):
            send(TITLE + (ROW % b"erin")[:40])
            return
        send(answer(command))


def says_a_password(secret):
    """A server that uses management-client-auth: it tells the client's password in clear."""
    def behaviour(send, commands):
        send(GREETING)
        for command in commands:
            send(answer(command))
            if command.startswith(b"status"):
                send(b">CLIENT:CONNECT,1,1\r\n>CLIENT:ENV,common_name=frank\r\n>CLIENT:ENV,username=frank\r\n>CLIENT:ENV,password="
                     + secret.encode() + b"\r\n>CLIENT:ENV,time_unix=1795232020\r\n>CLIENT:ENV,END\r\n")
    return behaviour


def held(send, commands):
    """management-hold: the server waits for `hold release` and serves nobody until then."""
    send(GREETING + b">HOLD:Waiting for hold release:0\r\n")
    for command in commands:
        refused = command.startswith(b"status")
        send(b"ERROR: The 'status' command is not supported by the current daemon mode\r\n" if refused
             else b"END\r\n" if command == b"state" else answer(command))
