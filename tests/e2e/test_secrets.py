"""Passwords that pass through a management interface stay out of the log, the store and the API."""
import glob
import os
import secrets
import tempfile
import unittest

import fake_management as fake
from daemon import Daemon, sources_of
from lab import Lab, eventually, skip_without_lab
from live import Live


class Secrets(unittest.TestCase):
    def assert_nowhere(self, secret, daemon):
        """Looks into everything the daemon writes and serves; `secret` must not be there."""
        served = [daemon.request("GET", "/api/v1/" + path)[1] for path in
                  ("about", "me", "sessions?state=all", "users", "servers", "stats", "map", "history?hours=1", "events")]
        served += [daemon.request("GET", f"/api/v1/sessions/{s['id']}")[1] for s in daemon.sessions()]
        with Live(daemon) as live:
            served.append(repr(live.until(lambda m: m["kind"] == "snapshot", 60, "a snapshot")).encode())
        for content in served:
            self.assertNotIn(secret.encode(), content)
        daemon.stop()
        written = [name for name in glob.glob(os.path.join(daemon.directory, "**"), recursive=True) if os.path.isfile(name)]
        self.assertIn(daemon.store, written)
        for name in written:
            with open(name, "rb") as file:
                self.assertNotIn(secret.encode(), file.read(), name)

    def test_management_password(self):
        secret = secrets.token_hex(12)
        lab = self.enterContext(Lab(clients=2, password=secret))
        daemon = self.enterContext(Daemon(sources_of(lab)))
        daemon.wait_servers_up("udp", "tcp")
        daemon.wait_open(2)
        self.assert_nowhere(secret, daemon)

    def test_wrong_management_password(self):
        lab = self.enterContext(Lab(clients=1, password=secrets.token_hex(12)))
        wrong = secrets.token_hex(12)
        with tempfile.NamedTemporaryFile("w", prefix="davylamp-password-") as file:
            file.write(wrong + "\n")
            file.flush()
            sources = [{**source, "password_file": file.name} for source in sources_of(lab)]
            daemon = self.enterContext(Daemon(sources))
            eventually(lambda: "password" in daemon.servers()["udp"]["health"].lower(), 30,
                       lambda: f"the card speaks of the password: {daemon.servers()['udp']}", step=0.2)
            self.assertNotEqual(daemon.servers()["udp"]["state"], "up")
            self.assert_nowhere(wrong, daemon)

    def test_password_in_an_environment_block(self):
        secret = secrets.token_hex(12)
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-secret-"))
        server = self.enterContext(fake.FakeManagement(directory, "loud", fake.says_a_password(secret)))
        daemon = self.enterContext(Daemon([{"name": "loud", "management": server.path, "poll_seconds": 1}]))
        daemon.wait_servers_up("loud")
        first = eventually(lambda: daemon.servers()["loud"]["last_snapshot_at"], 30, "a snapshot")
        eventually(lambda: daemon.servers()["loud"]["last_snapshot_at"] > first + 2, 30, "some snapshots", step=0.2)
        self.assert_nowhere(secret, daemon)
        self.assertNotIn("password=", daemon.log_text())


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
