"""What is left of clients' addresses in each privacy mode: in the database and its log, the API, the live frames, the daemon's
log and the folders of the hooks, searched byte by byte.
"""
import contextlib
import ipaddress
import json
import os
import re
import socket
import sqlite3
import tempfile
import threading
import time
import unittest
import urllib.parse

from control import run_cli
from daemon import Daemon
from lab import eventually
from live import Live
from sim import Simulator

HOOK = os.environ.get("DAVYLAMP_HOOK", "")
CLIENTS = 30


def mentions(content, address):
    """Whether the bytes hold the address: as text in either way of writing it, or packed into 16 bytes."""
    packed = address.packed if address.version == 6 else b"\0" * 10 + b"\xff\xff" + address.packed
    texts = {str(address), address.exploded}
    return packed in content or any(re.search(rb"(?<![0-9a-f.:])" + re.escape(text.encode()) + rb"(?![0-9a-f]|[.:][0-9a-f])", content) for text in texts)


class Listener(threading.Thread):
    """Keeps every live frame, from a snapshot on, while others are waited for: who does not listen is hung up on."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.live, self.frames, self.ending = Live(daemon), [], False

    def __enter__(self):
        self.live.ask_snapshot()
        self.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        with contextlib.suppress(OSError):
            self.live.connection.shutdown(socket.SHUT_RDWR)
        self.join()
        self.live.connection.close()

    def run(self):
        while not self.ending:
            try:
                self.frames.append(json.dumps(self.live.message(), ensure_ascii=False))
            except (OSError, AssertionError):
                if not self.ending:
                    raise


class Privacy(unittest.TestCase):
    def run_in(self, mode):
        folders = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-hooks-"))
        os.chmod(folders, 0o755)
        self.folders = folders
        self.sim = Simulator("status-file", sockets=2, clients=CLIENTS, arrive=0.5, ipv6=0.3, status_seconds=0.5, ping_restart=2,
                             script="0.2 sim-01 come guest0\n9 sim-01 leave guest0\n16 sim-01 come guest0\n",
                             hook=f"{HOOK} {folders}/{{server}}")
        sources = [{**source, "hook_directory": f"{folders}/{source['name']}"} for source in self.sim.sources()]
        self.daemon = self.enterContext(Daemon(sources, extra=["[privacy]", f'mode = "{mode}"', "[log]", 'level = "debug"']))
        self.enterContext(self.sim)
        with Listener(self.daemon) as listener:
            self.daemon.wait_open(CLIENTS + 1)
            name = next(s["user"] for s in self.daemon.sessions("open") if re.fullmatch(r"[\w.]+", s["user"]) and not s["user"].startswith("guest"))
            self.assertEqual(self.daemon.request("POST", f"/api/v1/users/{name}/block", {"reason": "to see a refusal"})[0], 200)
            heard = len(listener.frames)
            time.sleep(6)
            eventually(lambda: len(listener.frames) > heard, 60, "a live frame")
        self.blocked = name
        return "\n".join(listener.frames).encode()

    def status(self, number):
        """The file of a server as a whole: it is written in place, so that who reads once may see half of it."""
        texts = [None]
        while len(texts) == 1 or texts[-1] != texts[-2]:
            with open(os.path.join(self.sim.directory, "s", self.sim.name(number) + ".status"), encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
            time.sleep(0.01)
        return texts[-1]

    def addresses(self):
        """Where the clients really are, as their server knows."""
        found = set()
        for number in (1, 2):
            for row in (line.split("\t") for line in self.status(number).split("\n") if line.startswith("CLIENT_LIST\t")):
                text = row[2]
                found.add(ipaddress.ip_address(text if text.count(":") > 1 else text.rpartition(":")[0]))
        self.assertGreater(len(found), CLIENTS // 2)
        self.assertEqual({address.version for address in found}, {4, 6})
        return found

    def everything_told(self):
        pieces = []
        for path in ("sessions?state=all&limit=200", "events?limit=200", "users?limit=200", "servers", "losses", "audit", "jobs", "quotas",
                     "privacy", "about", f"users/{self.blocked}", f"users/{self.blocked}/export"):
            status, content = self.daemon.asked_politely("GET", "/api/v1/" + path)
            self.assertEqual(status, 200, path)
            pieces.append(content)
        for session in self.daemon.sessions("all"):
            pieces.append(self.daemon.asked_politely("GET", f"/api/v1/sessions/{session['id']}")[1])
        pieces.append(run_cli(self.daemon, "sessions", "--state", "all", "--limit", 200).stdout)
        return b"\n".join(pieces)

    def files(self, folder):
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                try:
                    if os.path.isfile(path):
                        with open(path, "rb") as file:
                            yield path, file.read()
                except FileNotFoundError:
                    pass  # what a hook wrote was claimed meanwhile

    def assert_hidden(self, frames, addresses):
        self.daemon.get("jobs")
        for where, content in [("live frames", frames), ("API", self.everything_told()), *self.files(self.daemon.directory)]:
            seen = [str(address) for address in addresses if mentions(content, address)]
            self.assertEqual(seen, [], where)
        holding = {os.path.basename(os.path.dirname(path)) for path, content in self.files(self.folders)
                   if any(mentions(content, address) for address in addresses)}
        self.assertLessEqual(holding, {"spool", "claimed"})
        statement = " ".join(self.daemon.get("privacy")["statement"])
        self.assertIn("ten minutes", statement, "what the hooks write has whole addresses for a while; it must be said")
        for path, _ in self.files(self.folders):
            if os.path.basename(os.path.dirname(path)) == "spool" or "claimed" in path:
                with contextlib.suppress(FileNotFoundError):
                    self.assertEqual(os.stat(path).st_mode & 0o007, 0, path)

    def known(self):
        return [ipaddress.ip_address(s["real_address"]) for s in self.daemon.sessions("all") if s.get("real_address")]

    def test_full_keeps_them(self):
        frames = self.run_in("full")
        addresses = self.addresses()
        for where, content in (("live", frames), ("API", self.everything_told())):
            self.assertGreater(sum(mentions(content, address) for address in addresses), len(addresses) // 2, where)
        self.daemon.stop()
        with open(self.daemon.store, "rb") as file:
            content = file.read()
        self.assertGreater(sum(mentions(content, address) for address in addresses), len(addresses) // 2, "this search finds nothing: no proof")

    def test_truncated(self):
        frames = self.run_in("truncated")
        self.assert_hidden(frames, {a for a in self.addresses() if not a.packed.endswith(b"\0")})
        for address in self.known():
            kept = ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False).network_address
            self.assertEqual(address, kept)
        self.assertGreaterEqual(len(self.known()), CLIENTS)
        self.assertFalse([s for s in self.daemon.sessions("all") if "real_port" in s])

    def test_keyed_hash_knows_a_client_again_and_nobody_else(self):
        frames = self.run_in("keyed_hash")
        addresses = self.addresses()
        self.assert_hidden(frames, addresses)

        def of_guest():
            return [s.get("real_address") for s in self.daemon.sessions("all") if s["user"] == "guest0"]
        eventually(lambda: len(of_guest()) == 2, 40, lambda: f"guest0 comes twice: {of_guest()}", step=0.5)
        self.assertEqual(len(set(of_guest())), 1, "the same client was not recognised")
        self.assertIsNotNone(of_guest()[0])
        pseudonyms = {s["real_address"] for s in self.daemon.sessions("all") if s.get("real_address")}
        self.assertGreater(len(pseudonyms), CLIENTS * 0.9)
        self.assertTrue(all(ipaddress.ip_address(p) in ipaddress.ip_network("100::/64") for p in pseudonyms))
        self.daemon.kill()
        self.daemon.start()
        self.daemon.wait_open(CLIENTS)
        self.assertEqual({s["real_address"] for s in self.daemon.sessions("all") if s.get("real_address")}, pseudonyms)
        self.assert_hidden(b"", addresses)

    def test_who_is_erased_is_in_no_row_any_more(self):
        self.run_in("full")
        gone = self.blocked
        eventually(lambda: not [s for s in self.daemon.sessions("open") if s["user"] == gone], 30, "who is blocked leaves")
        self.sim.stop()  # or the client comes back
        self.assertEqual(self.daemon.request("DELETE", f"/api/v1/users/{gone}/block", {"reason": "to erase"})[0], 204)
        eventually(lambda: gone in self.rows(), 30, "this search finds nothing: no proof")
        eventually(lambda: not self.spooled(), 30, lambda: f"what the hooks wrote is taken: {self.spooled()}")
        time.sleep(2)
        done = run_cli(self.daemon, "privacy", "erase", gone, "--reason", "asked to", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in ("sessions?state=all&limit=200", "events?limit=200", "users?limit=200", "audit", "limits"):
            eventually(lambda p=path: gone.encode() not in self.daemon.request("GET", "/api/v1/" + p)[1], 10, f"who was erased is not in {path}")
        time.sleep(2)
        self.daemon.stop()
        self.assertNotIn(gone, self.rows())

    def spooled(self):
        return [path for path, _ in self.files(self.folders) if os.path.basename(os.path.dirname(path)) == "spool"]

    def rows(self):
        with sqlite3.connect(f"file:{self.daemon.store}?mode=ro", uri=True) as database:
            return "\n".join(database.iterdump())

    def test_country_only(self):
        frames = self.run_in("country_only")
        self.assert_hidden(frames, self.addresses())
        self.assertEqual(self.known(), [])
        places = [s["place"] for s in self.daemon.sessions("all") if "place" in s]
        for place in places:
            self.assertFalse({"city", "latitude", "longitude", "network"} & place.keys(), place)
        told = self.daemon.request("GET", "/api/v1/users/" + urllib.parse.quote(self.blocked))[1]
        self.assertNotIn(b'"city"', told)


if __name__ == "__main__":
    unittest.main(verbosity=2)
