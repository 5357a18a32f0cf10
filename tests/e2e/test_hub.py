"""The hub as other tools meet it: the real daemon, the real curl, the request lines that VPN Sentinel's client really used."""
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import secrets
import signal
import subprocess
import tempfile
import time
import unittest

from daemon import Daemon
from lab import SOURCE_DIRECTORY, eventually

CORPUS = os.path.join(os.environ.get("DAVYLAMP_CORPUS") or os.path.join(SOURCE_DIRECTORY, "..", "shared", "corpus"), "api", "vpnsentinel")
RECORDED_KEY = "test-api-key-abcdef123456"
RECORDED_SERVER = "http://127.0.0.1:5000"
SOON = 60  # seconds; a sanitizer build on a busy machine


def recorded_call(name):
    """The arguments of a curl that VPN Sentinel's client really started."""
    with open(os.path.join(CORPUS, name), encoding="utf-8") as file:
        text = file.read().removeprefix("ARGV\n--- ").rstrip("\n")
    return text.split("\n--- ")


class Hub(Daemon):
    def __init__(self, *lines):
        self.key = secrets.token_hex(32)
        super().__init__([], extra=["[hub]", *lines])
        self.key_file = os.path.join(self.directory, "shared.key")
        with open(self.key_file, "w", encoding="utf-8") as file:
            file.write(self.key + "\n")
        with open(self.config, encoding="utf-8") as file:
            text = file.read()
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text.replace("[hub]\n", f"[hub]\nshared_key_file = {json.dumps(self.key_file)}\n"))

    def curl(self, *arguments):
        return subprocess.run(["curl", "--silent", "--show-error", "--max-time", str(SOON), *arguments], capture_output=True, text=True, timeout=2 * SOON)

    def as_sentinel(self, name):
        """The recorded call, to this hub and with this hub's key; everything else as it was."""
        arguments = [a.replace(RECORDED_KEY, self.key).replace(RECORDED_SERVER, self.url) for a in recorded_call(name)]
        return subprocess.run(["curl", *arguments], capture_output=True, text=True, timeout=2 * SOON)

    def report(self, body, key=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOON)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # too much: the answer is there before all was sent
                connection.request("POST", "/api/v1/keepalive", body, {"Content-Type": "application/json", "Authorization": f"Bearer {key or self.key}", **dict(headers)})
            answer = connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read())
        finally:
            connection.close()

    def status(self, query=""):
        return json.loads(self.curl("--fail", "-H", f"X-API-Key: {self.key}", f"{self.url}/api/v1/status{query}").stdout)


# A test asks again and again until it sees what it waits for.
OFTEN = ("per_minute = 6000", "burst = 6000")


class TestHub(unittest.TestCase):
    @unittest.skipUnless(os.path.isdir(CORPUS), f"there is no corpus at {CORPUS}")
    def test_clients_of_vpn_sentinel_report_unchanged(self):
        with Hub(*OFTEN) as hub:
            for name in ("client-seed-ok", "client-oct15-ok"):
                done = hub.as_sentinel(name)
                self.assertEqual(done.returncode, 0, f"{name}: {done.stdout}{done.stderr}")
                answer = json.loads(done.stdout)
                self.assertEqual((answer["status"], answer["message"]), ("ok", "Keepalive received"))
            eventually(lambda: "office-vpn" in hub.status(), SOON, lambda: f"the agent is in the status: {hub.status()}")
            agent = hub.status()["office-vpn"]
            self.assertIn(agent["status"], ("alive", "dead"))
            self.assertEqual(hub.status("?format=list")[0]["client_id"], "office-vpn")
            health = json.loads(hub.curl("--fail", f"{hub.url}/api/v1/health").stdout)
            self.assertEqual(health["status"], "healthy")
            hub.key = secrets.token_hex(32)
            self.assertEqual(hub.as_sentinel("client-seed-ok").returncode, 22, "a wrong key is an HTTP error to curl --fail")

    def test_what_was_acknowledged_survives_a_kill(self):
        with Hub(*OFTEN) as hub:
            for number in range(20):
                status, _, answer = hub.report(json.dumps({"client_id": f"agent-{number}", "public_ip": "198.51.100.7"}))
                self.assertEqual(status, 200, answer)
            hub.process.send_signal(signal.SIGKILL)
            hub.process.wait(SOON)
            hub.start()
            expected = {f"agent-{number}" for number in range(20)}
            eventually(lambda: set(hub.status()) == expected, SOON, lambda: f"all that was acknowledged is there: {sorted(hub.status())}")

    def test_what_is_wrong_is_refused_and_leaves_nothing(self):
        with Hub("per_minute = 6", "burst = 40") as hub:
            good = {"client_id": "office", "public_ip": "198.51.100.7"}
            refused = {
                "[1,2]": 400, "{\"client_id\": ": 400, "[" * 100_000: 400, json.dumps({**good, "client_id": "a b"}): 422,
                json.dumps({**good, "location": "RO"}): 422, json.dumps({**good, "timestamp": "2036-01-01T00:00:00Z"}): 422,
                json.dumps({**good, "city": "x" * 300_000}): 413,
            }
            for body, expected in refused.items():
                status, headers, problem = hub.report(body)
                self.assertEqual((status, headers["Content-Type"]), (expected, "application/problem+json"), problem)
            with tempfile.NamedTemporaryFile() as large:
                large.truncate(10_000_000)
                too_large = hub.curl("-o", "/dev/null", "-w", "%{http_code}", "-H", f"X-API-Key: {hub.key}", "-H", "Expect:",
                                     "--data-binary", f"@{large.name}", f"{hub.url}/api/v1/keepalive")
            self.assertEqual(too_large.stdout, "413", too_large.stderr)
            self.assertEqual(hub.status(), {})
            status, headers, _ = hub.report(json.dumps(good))
            self.assertEqual((status, headers["X-RateLimit-Limit"]), (200, "6"))
            answers = [hub.report(json.dumps(good)) for _ in range(90)]
            self.assertEqual({status for status, _, _ in answers}, {200, 429})
            limited = next(headers for status, headers, _ in answers if status == 429)
            self.assertGreaterEqual(int(limited["Retry-After"]), 1)
            self.assertEqual(limited["X-RateLimit-Remaining"], "0")

    def test_a_signed_report_counts_once(self):
        with Hub() as hub:
            body = json.dumps({"client_id": "office", "heartbeat": {"measured_at": int(time.time()), "interval_seconds": 30}})
            timestamp = str(int(time.time() * 1000))
            mac = hmac.new(hub.key.encode(), f"{timestamp}.nonce-0001.{body}".encode(), hashlib.sha256).hexdigest()
            headers = {"X-Davylamp-Timestamp": timestamp, "X-Davylamp-Nonce": "nonce-0001", "X-Davylamp-Signature": f"v1={mac}"}
            status, _, answer = hub.report(body, headers=headers.items())
            self.assertEqual((status, answer["next"]["interval_seconds"]), (200, 30), answer)
            self.assertEqual(hub.report(body, headers=headers.items())[0], 409)
            self.assertEqual(hub.report(body + " ", headers=headers.items())[0], 401)


if __name__ == "__main__":
    unittest.main()
