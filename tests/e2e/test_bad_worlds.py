"""A full disk, a locked or read-only database, counters and clocks that cannot be, and names that would like to be code:
davylampd goes on watching, says what is wrong, loses nothing that it acknowledged, and recovers by itself.
"""
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import fake_management as fake
from control import on_a_terminal, run_cli
from daemon import Daemon
from lab import eventually, skip_without_lab
from sim import Simulator
from test_cli_live import UNPRINTABLE

HOOK = os.environ.get("DAVYLAMP_HOOK", "")


class SmallDisk(Daemon):
    """A davylampd whose state directory is a file system of a few megabytes."""

    def __init__(self, sources, megabytes=6, **settings):
        super().__init__(sources, **settings)
        self.disk = os.path.join(self.directory, "state")
        os.mkdir(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.disk], check=True)
        self.store = os.path.join(self.disk, "davylamp.db")
        with open(self.config, encoding="utf-8") as file:
            text = file.read().replace(f'state_directory = "{self.directory}"', f'state_directory = "{self.disk}"')
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text.replace(f'path = "{self.directory}/davylamp.db"', f'path = "{self.store}"'))

    def __exit__(self, *failure):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(120)
        subprocess.run(["umount", "-l", self.disk], check=False)
        super().__exit__(*failure)

    def fill(self):
        with open(os.path.join(self.disk, "filling"), "ab", buffering=0) as file:
            for size in (65536, 4096, 512):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    pass

    def empty(self):
        os.unlink(os.path.join(self.disk, "filling"))


class BadWorlds(unittest.TestCase):
    def store_job(self):
        return next((job for job in self.daemon.get("jobs")["items"] if job["name"] == "store"), {"ok": True})

    def wait_store(self, well, seconds=30):
        return eventually(lambda: self.store_job()["ok"] == well and self.store_job(), seconds,
                          lambda: f"the store {'works' if well else 'does not take anything'}: {self.store_job()}", step=0.2)

    def set_up(self, clients=30, hooks=False, daemon=SmallDisk, script="", guests=0, **options):
        options = {"active": 1, "rate_bps": 2_000_000, **options}
        if hooks:
            folders = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-hooks-"))
            os.chmod(folders, 0o755)
            options["hook"] = f"{HOOK} {folders}/{{server}}"
        self.sim = Simulator(sockets=2, clients=clients, arrive=1, script=script, **options)
        sources = self.sim.sources()
        if hooks:
            sources = [{**source, "hook_directory": f"{folders}/{source['name']}"} for source in sources]
        self.daemon = self.enterContext(daemon(sources))  # who makes the hooks' folders comes first
        self.enterContext(self.sim)
        self.daemon.wait_servers_up("sim-01", "sim-02")
        eventually(lambda: len(self.daemon.sessions("open")) == clients + guests or self.ended(), 90,
                   lambda: f"{clients + guests} are there: {len(self.daemon.sessions('open'))}", step=0.2)

    def goes_on_watching(self):
        """The page's answers and the live counters move though nothing can be written."""
        def moved():
            return sum(s["rx_bytes"] for s in self.daemon.sessions("open"))
        before = moved()
        eventually(lambda: moved() > before, 20, "counters move on")
        self.assertEqual({s["state"] for s in self.daemon.servers().values()}, {"up"})

    def assert_truth(self):
        """Everything that passed is in the books, in the API and in the file, once; from now on nothing passes."""
        self.sim.freeze()

        def truth():
            return {(row["server"], row["common_name"], row["virtual_address"], int(row["since"])): (row["rx_bytes"], row["tx_bytes"])
                    for row in self.sim.truth()}

        def books():
            found = {}
            for s in self.daemon.sessions("all"):
                key = (s["server"], s["common_name"], s["virtual_address"], int(s["opened_at"]))
                found[key] = "twice in the books" if key in found else (s["rx_bytes"], s["tx_bytes"])
            return found

        def differences():
            real, kept = truth(), books()
            return [(key, real.get(key), kept.get(key)) for key in real.keys() | kept.keys() if real.get(key) != kept.get(key)]
        self.wait_truth()
        self.wait_truth()  # the one before may be of before they froze
        eventually(lambda: not differences(), 30, lambda: f"the books are the truth: {differences()[:5]}", step=0.5)
        real = truth()
        self.daemon.stop()
        with sqlite3.connect(f"file:{self.daemon.store}?mode=ro", uri=True) as database:
            kept = database.execute("select count(*), sum(rx_bytes), sum(tx_bytes) from sessions").fetchone()
        self.assertEqual(kept, (len(real), sum(r for r, _ in real.values()), sum(t for _, t in real.values())))
        print(f"{kept[0]} sessions, {kept[1] + kept[2]} bytes: exact")

    def wait_truth(self):
        """Until the simulator has written what is true now."""
        asked_at = time.time()
        eventually(lambda: os.path.exists(self.sim.truth_file) and os.stat(self.sim.truth_file).st_mtime > asked_at + 0.1, 30, "the truth is written")

    def refused_or_kept(self, user):
        """An order of an operator while nothing can be written: either refused in words, or not lost."""
        status, content = self.daemon.request("POST", f"/api/v1/users/{user}/block", {"reason": "during the outage"})
        self.assertIn(status, (200, 500, 503, 507), content)
        if status != 200:
            self.assertRegex(content.decode(), r"\w+ \w+ \w+")
        return status

    def test_a_full_disk(self):
        self.set_up()
        self.daemon.fill()
        job = self.wait_store(False)
        print(f"job store: {job['text']}")
        self.assertIn("full", job["text"])
        eventually(lambda: "did not take a batch" in self.daemon.log_text(), 10, "the log says it, too")
        self.goes_on_watching()
        status = self.refused_or_kept("nobody.here")
        self.assertTrue(self.daemon.alive())
        self.daemon.empty()
        self.assertIn("again", self.wait_store(True)["text"])
        self.assertEqual(status == 200, "block" in self.daemon.get("users/nobody.here") if status == 200 else False)
        self.assert_truth()

    def test_killed_while_the_disk_is_full(self):
        """Who leaves meanwhile is told by the hook; that word survives the daemon's death."""
        for leave_at in (8, 40, 120):  # a slow machine needs longer until all are there and the disk is full
            if self.guests_leave_while_full(leave_at):
                break
        else:
            self.fail("who left before the disk was full proves nothing")
        eventually(lambda: self.ended() >= 3, 150, "three leave")
        self.wait_truth()
        time.sleep(2)
        self.daemon.kill()
        self.daemon.empty()
        self.daemon.start()
        self.assert_truth()

    def guests_leave_while_full(self, leave_at):
        leaving = "".join(f"{leave_at + number * 0.2:.1f} sim-01 leave guest{number}\n" for number in range(3))
        coming = "".join(f"0.5 sim-01 come guest{number}\n" for number in range(3))
        self.set_up(clients=20, guests=3, hooks=True, script=coming + leaving)
        self.daemon.fill()
        self.wait_store(False)
        self.wait_truth()
        return self.ended() == 0

    def ended(self):
        return sum(row["ended_at"] > 0 for row in self.sim.truth())

    def test_a_limit_holds_while_the_disk_is_full(self):
        self.set_up(clients=10, stubborn=0)
        for megabytes in (8, 40, 150):  # a slow machine needs longer to find that the disk is full
            if self.is_stopped_while_full(megabytes * 1_000_000):
                return
        self.fail("the limit was reached before the disk was full: no proof")

    def is_stopped_while_full(self, more_bytes):
        time.sleep(4)
        moved = {}
        for session in self.daemon.sessions("open"):
            moved[session["user"]] = moved.get(session["user"], 0) + session["tx_bytes"]
        user = max(moved, key=moved.get)
        limit = {"subject_kind": "user", "subject": user, "direction": "down", "bytes": moved[user] + more_bytes,
                 "period": {"kind": "month", "zone": "UTC"}}
        status, content = self.daemon.request("POST", "/api/v1/limits", limit)
        self.assertEqual(status, 201, content)
        path = "users/" + urllib.parse.quote(user)
        eventually(lambda: self.daemon.get(path)["quotas"], 20, "the limit is known")
        self.daemon.fill()
        self.wait_store(False)
        if self.daemon.get(path)["quotas"][0]["state"] not in ("ok", "near"):
            self.daemon.empty()
            self.wait_store(True)
            return False

        def of_user():
            return [row for row in self.sim.truth() if row["common_name"] == user]
        eventually(lambda: all(row["ended_at"] for row in of_user()), 35 + more_bytes / 100_000, lambda: f"{user} is stopped: {limit}, {of_user()}", step=0.3)
        over = sum(row["tx_bytes"] for row in of_user()) - limit["bytes"]
        self.assertGreater(over, 0)
        print(f"stopped {over} bytes over, with a store that takes nothing")
        self.daemon.empty()
        self.wait_store(True)
        return True

    def test_a_database_that_another_program_locks(self):
        self.set_up(daemon=Daemon)
        other = sqlite3.connect(self.daemon.store, isolation_level=None, timeout=60)
        other.execute("begin exclusive")
        began = time.monotonic()
        job = self.wait_store(False)
        print(f"job store after {time.monotonic() - began:.1f} s: {job['text']}")
        self.goes_on_watching()
        self.refused_or_kept("nobody.here")
        time.sleep(max(0, began + 20 - time.monotonic()))
        other.execute("rollback")
        other.close()
        self.wait_store(True)
        self.assert_truth()

    def test_a_read_only_file_system(self):
        self.set_up()
        open_before = len(self.daemon.sessions("open"))
        self.daemon.stop()
        subprocess.run(["mount", "-o", "remount,ro", self.daemon.disk], check=True)
        said_before = len(self.daemon.log_text())
        with open(self.daemon.log, "ab") as log:
            self.daemon.process = subprocess.Popen([*self.daemon.command, "--config", self.daemon.config], stdout=log, stderr=log)

        def said():
            lines = self.daemon.log_text()[said_before:].split("\n")
            return next((line for line in lines if re.search("read-only|readonly|not writ", line.lower())), None)
        print(f"davylampd: {eventually(said, 60, self.daemon.log_text)}")
        if self.daemon.alive():
            self.daemon.kill()
        self.assertNotEqual(self.daemon.process.returncode, 0)
        done = run_cli(self.daemon, "--json", "sessions", "--state", "all", "--limit", 100)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(json.loads(done.stdout)["items"]), open_before)
        subprocess.run(["mount", "-o", "remount,rw", self.daemon.disk], check=True)
        self.daemon.start()
        self.assert_truth()


class Impossible(unittest.TestCase):
    """A server whose rows say what cannot be."""
    ROW = (b"CLIENT_LIST\t%s\t192.0.2.7:40022\t10.8.0.2\t\t%d\t%d\t2026-11-21 03:33:40\t1795232020\tUNDEF\t0\t0\tAES-256-GCM\r\n")

    def serve(self, rows, more=lambda send: None):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-bad-"))

        def behaviour(send, commands):
            send(fake.GREETING)
            for command in commands:
                send(fake.TITLE + b"".join(rows()) + fake.TAIL if command.startswith(b"status") else fake.answer(command))
                more(send)
        server = self.enterContext(fake.FakeManagement(directory, "odd", behaviour))
        self.daemon = self.enterContext(Daemon([{"name": "odd", "management": server.path, "poll_seconds": 0.3}]))
        self.daemon.wait_servers_up("odd")

    def session(self):
        return self.daemon.wait_open(1)[0]

    def test_counters_that_shrink_and_leap(self):
        told = [5_000, 9_000]
        self.serve(lambda: [self.ROW % (b"carol", *told)])
        self.assertEqual(self.session()["rx_bytes"], 5_000)
        told[:] = [4_000, 8_000]
        eventually(lambda: any(loss["name"] == "counters_shrunk" and loss["count"] for loss in self.daemon.get("losses")["items"]), 25,
                   lambda: f"it is counted: {self.daemon.get('losses')}", step=0.5)
        self.assertEqual((self.session()["rx_bytes"], self.session()["tx_bytes"]), (5_000, 9_000))
        told[:] = [6_000, 2**63]
        eventually(lambda: self.session()["rx_bytes"] == 6_000, 20, lambda: f"the other counter is told: {self.session()}")
        told[:] = [7_000, 2**64]
        time.sleep(1.5)
        told[:] = [7_000, 10_000]
        eventually(lambda: self.session()["rx_bytes"] == 7_000, 20, lambda: f"it goes on: {self.session()}")
        self.assertLessEqual(self.session()["tx_bytes"], 2**63)
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(len(self.daemon.wait_open(1)), 1)
        print(f"2^63 became {self.session()['tx_bytes']}")

    def test_a_server_whose_clock_runs_back(self):
        clock, moved = [1_795_232_049], [1_000]

        def title():
            return fake.TITLE.replace(b"1795232049", str(clock[0]).encode())
        self.serve(lambda: [])
        self.daemon.stop()
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-bad-"))

        def behaviour(send, commands):
            send(fake.GREETING)
            for command in commands:
                clock[0] -= 3600
                moved[0] += 1
                send(title() + self.ROW % (b"carol", moved[0], moved[0]) + fake.TAIL if command.startswith(b"status") else fake.answer(command))
                send(b">STATE:%d,CONNECTED,SUCCESS,10.8.0.1,,,,,\r\n" % 1_795_232_000)
                send(b">BYTECOUNT_CLI:0,%d,%d\r\n" % (moved[0], moved[0]))
        server = self.enterContext(fake.FakeManagement(directory, "past", behaviour))
        self.daemon.write_config([{"name": "past", "management": server.path, "poll_seconds": 0.3}])
        self.daemon.start()
        self.daemon.wait_servers_up("past")
        first = self.session()
        eventually(lambda: self.session()["rx_bytes"] > first["rx_bytes"] + 5, 30, "it is counted on")
        self.assertEqual([s["id"] for s in self.daemon.sessions() if s["server"] == "past"], [first["id"]])


OWNED = f"/tmp/davylamp-owned-{os.getpid()}"  # made by who takes a name for a command
NAMES = [b"'; DROP TABLE sessions; --", b"<script>alert(1)</script>", b"$(touch %s)`id`;|&" % OWNED.encode(), b"\x1b[2J\x1b]0;owned\x07red",
         b"caf\xe9 \xff\xfe", "\u202egnp.exe".encode(), b"=HYPERLINK(\"http://x\")", b"x" * 440, b"-rf", "Zoë 你好".encode(), b"a\\u001b[2J\\n", b"%s%n%00",
         b"\xc2\x9b2J"]


class HostileNames(unittest.TestCase):
    """The same names through management, status file and hook; out of the CLI, the API, the log and the page."""

    def row(self, number, name):
        return (b"CLIENT_LIST\t%s\t192.0.2.7:%d\t10.8.0.%d\t\t2468\t2459\t2026-11-21 03:33:40\t1795232020\tUNDEF\t%d\t%d\tAES-256-GCM\r\n"
                % (name.replace(b"\t", b" "), 40000 + number, number + 2, number, number))

    def test_names_of_every_kind(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-bad-"))
        os.chmod(directory, 0o755)
        now = int(time.time())
        text = (fake.TITLE.replace(b"1795232049", str(now).encode()) + b"".join(self.row(n, name) for n, name in enumerate(NAMES)) + fake.TAIL)

        def behaviour(send, commands):
            send(fake.GREETING)
            for command in commands:
                send(text if command.startswith(b"status") else fake.answer(command))
        server = self.enterContext(fake.FakeManagement(directory, "live", behaviour))
        path = os.path.join(directory, "file.status")
        with open(path, "wb") as file:
            file.write(text.replace(b"\r\n", b"\n"))
        folder = os.path.join(directory, "hook")
        self.daemon = self.enterContext(Daemon([{"name": "live", "management": server.path, "hook_directory": folder},
                                                {"name": "file", "status_file": path}]))
        self.daemon.wait_open(len(NAMES), "live")
        self.daemon.wait_open(len(NAMES), "file")
        for number, name in enumerate(NAMES):
            environment = {b"script_type": b"client-disconnect", b"common_name": name, b"username": name, b"time_unix": b"1795232500",
                           b"trusted_ip": b"192.0.2.9", b"trusted_port": b"1", b"ifconfig_pool_remote_ip": b"10.8.1.%d" % (number + 2),
                           b"bytes_received": b"300000", b"bytes_sent": b"400000", b"time_duration": b"10", b"daemon_pid": b"4242"}
            self.assertEqual(subprocess.run([HOOK, folder], env=environment, timeout=120, check=False).returncode, 0)
        eventually(lambda: len(self.daemon.sessions("closed")) >= len(NAMES), 30,
                   lambda: f"the hook's ends: {[s['user'][:20] for s in self.daemon.sessions('closed')]}")
        self.check_outputs()

    def check_outputs(self):
        self.assertFalse(os.path.exists(OWNED))
        wanted = {name.decode(errors="replace") for name in NAMES}
        for state in ("open", "closed"):
            found = {s["user"] for s in self.daemon.sessions(state)}
            self.assertLessEqual({name for name in wanted if "\x1b" not in name}, found)
        for path in ("sessions?state=all&limit=200", "users?limit=200", "events?limit=200", "servers", "quotas", "audit"):
            status, content = self.daemon.request("GET", "/api/v1/" + path)
            self.assertEqual(status, 200, (path, content[:300]))
            json.loads(content)
            self.assertIsNone(UNPRINTABLE.search(content), path)
        for name in sorted(wanted):
            quoted = urllib.parse.quote(name, safe="")
            if "\ufffd" not in name and "\x1b" not in name:
                self.assertEqual(self.daemon.request("GET", "/api/v1/users/" + quoted)[0], 200, name)
        for words in (["sessions", "--state", "all", "--limit", 100], ["status"], ["servers"], ["losses"]):
            self.assertIsNone(UNPRINTABLE.search(on_a_terminal(self.daemon, *words)), words)
        self.assertIsNone(UNPRINTABLE.search(self.daemon.log_text().encode()), "the log")
        status, content = self.daemon.request("GET", "/")
        self.assertEqual(status, 200)
        self.assertNotIn(b"alert(1)", content)
        with sqlite3.connect(f"file:{self.daemon.store}?mode=ro", uri=True) as database:
            self.assertGreaterEqual(database.execute("select count(*) from sessions").fetchone()[0], 2 * len(NAMES))


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
