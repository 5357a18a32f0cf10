"""A running davylampd as the programs of its host reach it: the API over the control socket, and the real `davylamp`."""
import http.client
import json
import os
import pty
import socket
import subprocess
import urllib.parse

from daemon import CLI


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, seconds=60):
        super().__init__("localhost", timeout=seconds)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Control:
    def __init__(self, daemon):
        self.path = os.path.join(daemon.directory, "control.sock")

    def request(self, method, path, body=None):
        connection = UnixConnection(self.path)
        try:
            connection.request(method, "/api/v1/" + path, json.dumps(body) if body is not None else None,
                               {"Content-Type": "application/json"} if body is not None else {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def send(self, method, path, body=None, status=200):
        got, content = self.request(method, path, body)
        if got != status:
            raise AssertionError(f"{method} {path}: {got} {content[:500]!r}")
        return json.loads(content) if content else None

    def get(self, path, **parameters):
        return self.send("GET", path + ("?" + urllib.parse.urlencode(parameters) if parameters else ""))


def run_cli(daemon, *words, seconds=180, **options):
    """`davylamp --config ... words`, as a script runs it."""
    return subprocess.run([CLI, "--config", daemon.config, *map(str, words)], capture_output=True, timeout=seconds, check=False, **options)


def on_a_terminal(daemon, *words):
    """What `davylamp` writes to a terminal, as bytes; no shell has a part in it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([CLI, "--config", daemon.config, *map(str, words)], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:
        pass  # how a terminal tells that nobody writes to it any more
    os.close(ours)
    process.wait(180)
    return said
