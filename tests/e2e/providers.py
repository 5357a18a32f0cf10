"""Those who carry messages, played on loopback: Telegram's Bot API, an ntfy server, a webhook's receiver, a mail server."""
import hashlib
import hmac
import http.server
import json
import os
import queue
import socket
import subprocess
import tempfile
import threading
import time

from daemon import free_port
from lab import eventually

SYSTEM_PYTHON = "/usr/bin/python3"  # the one that has Debian's aiosmtpd


class Provider:
    """answers: what is said instead of the usual, one each: (status, headers, body), "close" or a number of seconds of silence."""

    def __init__(self):
        self.requests = []
        self.answers = []
        self.stopping = threading.Event()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                provider.serve(self, body)

            def do_GET(self):
                provider.serve(self, b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def serve(self, handler, body):
        if self.counts(handler.path):
            self.requests.append((time.time(), handler.path, dict(handler.headers), body))
            if self.answers:
                return self.misbehave(handler, self.answers.pop(0))
        status, answer = self.answer(handler.path, dict(handler.headers), body)
        self.reply(handler, status, {}, json.dumps(answer).encode())

    def misbehave(self, handler, how):
        if how == "close":
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
        elif isinstance(how, (int, float)):
            self.stopping.wait(how)
            handler.close_connection = True
        else:
            self.reply(handler, *how)

    def reply(self, handler, status, headers, body):
        try:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            pass  # the daemon has given up, as it may

    def counts(self, _path):
        return True

    def bodies(self):
        return [json.loads(body) for _, _, _, body in list(self.requests)]


class Ntfy(Provider):
    def answer(self, _path, headers, body):
        message = json.loads(body)
        if headers.get("Authorization") != "Bearer tk_secret":
            return 401, {"code": 40101, "error": "unauthorized"}
        return (200, {"id": "x", "topic": message["topic"]}) if message.get("topic") else (400, {"code": 40009})


class Webhook(Provider):
    secret = b"webhook-secret"

    def answer(self, _path, headers, body):
        signed = headers["X-Davylamp-Timestamp"].encode() + b"." + body
        expected = "sha256=" + hmac.new(self.secret, signed, hashlib.sha256).hexdigest()
        return (200, {}) if hmac.compare_digest(expected, headers.get("X-Davylamp-Signature", "")) else (401, {})


class Telegram(Provider):
    token = "123456:test-token"

    def __init__(self):
        super().__init__()
        self.updates = queue.Queue()
        self.number = 0
        self.polls = []

    def counts(self, path):
        return not path.endswith(("/getUpdates", "/getMe"))

    def answer(self, path, _headers, body):
        prefix, _, method = path.rpartition("/")
        if prefix != f"/bot{self.token}":
            return 404, {"ok": False, "error_code": 404, "description": "Not Found"}
        parameters = json.loads(body or b"{}")
        if method == "getMe":
            return 200, {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "Lamp", "username": "lamp_bot"}}
        if method == "getUpdates":
            self.polls.append(parameters.get("offset", 0))
            return 200, {"ok": True, "result": self.wait_for_updates(parameters)}
        return 200, {"ok": True, "result": {"message_id": len(self.requests)}}

    def wait_for_updates(self, parameters):
        deadline = time.monotonic() + parameters.get("timeout", 0)
        while time.monotonic() < deadline and not self.stopping.is_set():
            try:
                return [self.updates.get(timeout=0.1)]
            except queue.Empty:
                continue
        return []

    def say(self, chat, text, **more):
        self.push(message={"message_id": 10, "date": 0, "chat": {"id": chat, "type": "private"},
                           "from": {"id": 9, "is_bot": False, "first_name": "Ann"}, "text": text, **more})

    def press(self, chat, payload, text):
        self.push(callback_query={"id": "press-1", "from": {"id": 9, "is_bot": False, "first_name": "Ann"}, "data": payload,
                                  "message": {"message_id": 10, "date": 0, "chat": {"id": chat, "type": "private"}, "text": text}})

    def push(self, **update):
        self.number += 1
        self.updates.put({"update_id": self.number, **update})

    def sent(self, method="sendMessage"):
        return [json.loads(body) for _, path, _, body in list(self.requests) if path.endswith("/" + method)]


SMTP_SERVER = """
import asyncio, json, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
port, certificate, key, letters = int(sys.argv[1]), *sys.argv[2:5]

class Taker:
    async def handle_DATA(self, server, session, envelope):
        with open(letters, "a") as file:
            file.write(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                                   "user": session.auth_data.decode() if session.auth_data else None,
                                   "letter": envelope.content.decode("ascii")}) + "\\n")
        return "250 taken"

def check(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"davy", b"mail-secret")
    session.auth_data = data.login if good else None
    return AuthResult(success=good, handled=False, auth_data=data.login)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
controller = Controller(Taker(), hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True,
                        auth_required=True, auth_require_tls=True, authenticator=check)
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
"""


class MailServer:
    """aiosmtpd with STARTTLS and AUTH."""

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="davylamp-mail-")
        self.certificate = os.path.join(self.directory.name, "cert.pem")
        key = os.path.join(self.directory.name, "key.pem")
        self.file = os.path.join(self.directory.name, "letters")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", self.certificate, "-days", "2", "-subj", "/CN=mail.test",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True, timeout=180)
        self.port = free_port()
        self.process = subprocess.Popen([SYSTEM_PYTHON, "-c", SMTP_SERVER, str(self.port), self.certificate, key, self.file],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise AssertionError("the mail server did not start; is python3-aiosmtpd installed?")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()
        self.directory.cleanup()

    def letters(self):
        if not os.path.exists(self.file):
            return []
        with open(self.file, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]  # the last may still be being written


def wait_for(count, things, seconds, what):
    """Until there are `count` of things(); fails when there are more."""
    eventually(lambda: len(things()) >= count, seconds, lambda: f"{count} {what}: {things()}")
    if len(things()) != count:
        raise AssertionError(f"{count} {what}, not {len(things())}: {things()}")
    return things()
