"""The real `davylamp` and a running davylampd: every command that acts, on simulated servers; what cannot be is refused in
words with an exit code, and nothing that a client is called reaches a terminal as it is.
"""
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from control import Control, on_a_terminal, run_cli
from daemon import CLI, Daemon
from lab import eventually
from sim import Simulator

OK, FAILED, USAGE, NOTHING = 0, 1, 2, 3
UNPRINTABLE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")


class Cli(unittest.TestCase):
    def set_up(self, *flags, clients=12, settings=(), script="", **options):
        self.sim = self.enterContext(Simulator(*flags, sockets=2, clients=clients, arrive=0.2, script=script, **options))
        self.scratch = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-cli-"))
        self.daemon = self.enterContext(Daemon(self.sim.sources(), extra=settings))
        self.daemon.wait_servers_up("sim-01", "sim-02")
        self.daemon.wait_open(clients)

    def cli(self, *words, code=OK, **options):
        """Runs it; standard output as text. Whatever fails says so in words on standard error alone."""
        done = run_cli(self.daemon, *words, **options)
        self.assertEqual(done.returncode, code, (words, done.stdout, done.stderr))
        self.assertFalse(UNPRINTABLE.search(done.stdout + done.stderr), words)
        if code != OK:
            self.assertTrue(re.search(rb"\w+ \w+", done.stderr), (words, done.stderr))
            return done.stderr.decode()
        return done.stdout.decode()

    def json(self, *words, **options):
        return json.loads(self.cli("--json", *words, **options))

    def someone(self, number=0, server="sim-01"):
        names = sorted({s["user"] for s in self.daemon.sessions("open") if s["server"] == server})
        return names[number]

    def user(self, name):
        return self.daemon.get("users/" + urllib.parse.quote(name))

    def open_of(self, user):
        return [s for s in self.daemon.sessions("open") if s["user"] == user]

    def test_limits_of_users_and_groups(self):
        self.set_up()
        anna, bob = self.someone(0), self.someone(1)
        self.assertIn(anna, self.cli("quota", "set", anna, "50GB", "--direction", "down", "--note", "the plan"))
        self.json("group", "set", "staff", anna, bob)
        self.json("quota", "set", "--each", "staff", "20GB", "--period", "rolling:30")
        self.json("quota", "set", "--group", "staff", "1TB", "--zone", "Europe/Berlin", "--no-enforce")
        eventually(lambda: len(self.json("quota", "list")["items"]) >= 3, 20, lambda: self.cli("quota", "list"))
        text = self.cli("quota", "list")
        self.assertIn(anna, text)
        shown = self.json("quota", "show", anna)
        self.assertIn("50", self.cli("quota", "show", anna))
        self.assertEqual(shown["user"], anna)
        self.json("quota", "set", anna, "60GB", "--direction", "down")
        limits = self.daemon.get("limits")["limits"]
        self.assertEqual([limit["bytes"] for limit in limits if limit["subject"] == anna], [60 * 10**9])
        self.assertEqual(len(limits), 3)
        self.assertIn("more until", self.cli("quota", "grant", anna, "5GB", "--until", "+3d", "--reason", "conference"))
        eventually(lambda: [q for q in self.daemon.get("quotas")["items"] if q["user"] == anna and q["allowed_bytes"] == 65 * 10**9], 20, "5 GB more")
        self.cli("quota", "reset", anna, "--reason", "a new start")
        self.json("group", "set", "staff", "--remove", bob)
        self.assertEqual([g["members"] for g in self.json("group", "list")["items"] if g["name"] == "staff"], [[anna]])
        self.assertIn("staff", self.cli("group", "remove", "staff", code=FAILED))
        for limit in limits:
            self.cli("quota", "remove", limit["id"])
        self.cli("group", "remove", "staff")
        self.assertEqual(self.daemon.get("limits")["limits"], [])
        actions = [line["action"] for line in self.json("audit", "--limit", "100")["items"]]
        self.assertGreaterEqual(len(actions), 12, actions)
        self.assertIn("local:root", self.cli("audit"))

    def test_a_quota_that_is_used_up_and_a_block(self):
        self.set_up(active=0, stubborn=0)
        anna, bob = self.someone(0), self.someone(1)
        self.cli("quota", "set", anna, "1B")
        eventually(lambda: not self.open_of(anna), 30, lambda: f"put out: {self.open_of(anna)}")
        self.assertIn("reached", self.cli("quota", "list", "--state", "reached"))
        self.cli("quota", "remove", anna)
        self.assertIn("blocked", self.cli("block", bob, "--reason", "lost laptop"))
        eventually(lambda: not self.open_of(bob), 30, lambda: f"put out: {self.open_of(bob)}")
        ended = next(s for s in self.daemon.sessions("closed") if s["user"] == bob)
        self.assertEqual(ended["end_reason"], "blocked")
        self.assertEqual(self.user(bob)["block"]["reason"], "lost laptop")
        self.cli("unblock", bob)
        self.assertNotIn("block", self.user(bob))

    def test_disconnect(self):
        self.set_up(stubborn=0)
        anna, bob = self.someone(0), self.someone(1)
        first = self.open_of(anna)[0]["id"]
        self.assertIn(str(first), self.cli("disconnect", anna, "--reason", "to see"))
        eventually(lambda: [s for s in self.open_of(anna) if s["id"] != first], 30, "who was kicked is back")
        session = self.open_of(bob)[0]["id"]
        self.assertTrue(self.json("disconnect", session, "--halt")["items"][0]["ok"])
        eventually(lambda: not self.open_of(bob), 30, "who was told to halt is gone")
        self.assertIn("not connected", self.cli("disconnect", bob, code=FAILED))
        self.cli("disconnect", session, code=FAILED)
        self.cli("disconnect", "999999999", code=FAILED)

    def test_jobs_losses_and_privacy(self):
        self.set_up(settings=["[privacy]", 'mode = "truncated"'])
        self.assertIn("retention", self.cli("jobs"))
        began = time.time()
        self.cli("jobs", "run", "checkpoint")

        def job():
            return next(job for job in self.json("jobs")["items"] if job["name"] == "checkpoint")
        eventually(lambda: job().get("ended_at", 0) >= began - 1 and job()["ok"], 30, lambda: f"it was done: {job()}")
        self.assertIn("retention", self.cli("jobs", "run", "no_such", code=FAILED))
        self.json("losses")
        self.cli("losses")
        shown = self.json("privacy", "show")
        self.assertEqual(shown["mode"], "truncated")
        self.assertIn("24 bits", self.cli("privacy", "show"))
        anna = self.someone()
        path = os.path.join(self.scratch, "anna.json")
        self.cli("privacy", "export", anna, path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, encoding="utf-8") as file:
            self.assertEqual({item["session"]["user"] for item in json.load(file)["sessions"]}, {anna})
        self.assertIn("--yes", self.cli("privacy", "erase", anna, code=USAGE))
        self.assertIn("--reason", self.cli("privacy", "erase", anna, "--yes", code=USAGE))
        self.assertIn("open session", self.cli("privacy", "erase", anna, "--yes", "--reason", "asked to", code=FAILED))
        self.json("disconnect", anna, "--halt")
        eventually(lambda: not self.open_of(anna), 30, "gone")
        self.cli("privacy", "erase", anna, "--yes", "--reason", "asked to")
        self.assertEqual([s for s in self.daemon.sessions() if s["user"] == anna], [])
        self.cli("privacy", "export", anna, code=FAILED)

    def test_backup_while_running_and_restore(self):
        self.set_up()
        copy = os.path.join(self.scratch, "copy.db")
        self.cli("backup", copy)
        self.assertEqual(stat.S_IMODE(os.stat(copy).st_mode), 0o600)
        with sqlite3.connect(copy) as database:
            self.assertEqual(database.execute("pragma integrity_check").fetchone(), ("ok",))
            kept = database.execute("select count(*) from sessions").fetchone()[0]
        self.assertEqual(kept, 12)
        self.assertIn("already", self.cli("backup", copy, code=FAILED))
        anna = self.someone()
        before = {s["id"] for s in self.daemon.sessions()}
        self.cli("block", anna, "--reason", "after the copy")
        self.assertIn("daemon runs", self.cli("restore", copy, code=FAILED))
        self.daemon.stop()
        self.cli("restore", os.path.join(self.scratch, "none.db"), code=FAILED)
        with open(os.path.join(self.scratch, "bad.db"), "wb") as file:
            file.write(b"SQLite format 3\0" + os.urandom(8192))
        self.cli("restore", file.name, code=FAILED)
        self.cli("restore", copy)
        self.daemon.start()
        eventually(lambda: before <= {s["id"] for s in self.daemon.sessions()}, 30, "the sessions are back")
        self.assertNotIn("block", self.user(anna))
        self.daemon.wait_open(12)

    def web_panel(self):
        folder = os.path.join(self.scratch, "data")
        os.mkdir(folder)
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 3 * 86400))
        history = [{"timestamp": day + " 10:00:00", "name": "zoe", "ip": "8.8.8.8", "session_id": "s1", "rx": 1.5, "tx": 20.25,
                    "vpn_ip": "10.8.0.2", "port": "4711", "session_end": day + " 12:30:00"},
                   {"timestamp": day + " 10:00:00", "name": "yan", "ip": "8.8.4.4", "session_id": "s2", "rx": -1, "tx": 1,
                    "session_end": day + " 11:00:00"},
                   {"name": "nobody"}]
        for name, content in (("session_history", history), ("active_sessions", {}), ("client_geolocation", {"clients": {}})):
            with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
                json.dump(content, file)
        return folder

    def traffic_monitor(self):
        path = os.path.join(self.scratch, "vpn_manager.db")
        with sqlite3.connect(path) as database:
            database.executescript("""create table users (id integer primary key, username text);
                create table user_quotas (id integer primary key, user_id integer unique not null, quota_bytes integer not null default 0,
                  bytes_used integer not null default 0, updated_at datetime default current_timestamp);
                create table traffic_logs (id integer primary key, user_id integer not null, bytes_sent integer not null,
                  bytes_received integer not null, log_timestamp datetime default current_timestamp);
                insert into users values (1, 'xenia'), (2, 'walt');
                insert into user_quotas (user_id, quota_bytes, bytes_used) values (1, 5000000000, 30), (2, 0, 7);
                insert into traffic_logs (user_id, bytes_sent, bytes_received) values (1, 2000, 1000), (1, 5, 6), (2, 1, 2), (9, 1, 1);""")
        database.close()
        return path

    def test_imports(self):
        self.set_up()
        for what, user, volume in ((self.web_panel(), "zoe", (1_572_864, 21_233_664)), (self.traffic_monitor(), "xenia", (1006, 2005))):
            words = ["import", "--zone", "UTC", "--server", "sim-01", what]
            dry = self.json(*words, "--dry-run")
            self.assertEqual([s for s in self.daemon.sessions() if s["user"] == user], [], dry)
            done = self.json(*words)
            self.assertIn("refused", json.dumps(done))

            def totals():
                found = [s for s in self.daemon.sessions() if s["user"] == user]
                return sum(s["rx_bytes"] for s in found), sum(s["tx_bytes"] for s in found)
            self.assertEqual(totals(), volume)
            self.json(*words)
            self.assertEqual(totals(), volume, "doing it twice changed something")
        self.assertEqual([limit["bytes"] for limit in self.daemon.get("limits")["limits"]], [5 * 10**9])
        self.cli("import", "--server", "sim-01", os.path.join(self.scratch, "nothing"), code=USAGE)

    def test_wrong_words(self):
        self.set_up()
        for words in (["quota", "set", "anna", "5"], ["quota", "set", "anna", "-5GB"], ["quota", "set", "anna", "1.2.3GB"],
                      ["quota", "set", "anna", "5GB", "--period", "fortnight"],
                      ["quota", "set", "anna", "5GB", "--direction", "sideways"], ["quota", "set"], ["quota", "grant", "anna", "5GB"],
                      ["quota", "grant", "anna", "5GB", "--until", "someday"], ["block", "anna"], ["unblock"], ["nonsense"], ["--nonsense"],
                      ["quota"], ["sessions", "--state", "ajar"], ["restore"], ["backup"], ["privacy", "erase"], ["completion", "tcl"],
                      ["import"], ["disconnect"], ["group", "set"], ["quota", "grant", "nobody.here", "5GB", "--until", "+1d"],
                      ["quota", "remove", "nobody.here"], ["quota", "reset", "nobody.here"]):
            with self.subTest(words=words):
                self.assertEqual(run_cli(self.daemon, *words).stdout, b"")
                self.cli(*words, code=USAGE)
        for words in (["quota", "set", "anna", "5GB", "--thresholds", "150"], ["quota", "set", "anna", "5GB", "--zone", "Mars/Olympus"],
                      ["unblock", "nobody.here"], ["group", "remove", "nobody"],
                      ["privacy", "export", "nobody.here"]):
            with self.subTest(words=words):
                self.assertIn(run_cli(self.daemon, *words).returncode, (FAILED, USAGE))
        self.assertEqual(self.daemon.get("limits")["limits"], [])

    def test_without_the_daemon_and_without_the_right(self):
        self.set_up()
        os.chmod(self.daemon.directory, 0o755)
        os.chmod(self.daemon.config, 0o644)
        shutil.copy(CLI, self.scratch)
        os.chmod(self.scratch, 0o755)
        done = subprocess.run([os.path.join(self.scratch, "davylamp"), "--config", self.daemon.config, "quota", "list"],
                              capture_output=True, timeout=180, check=False, user=65534, group=65534, extra_groups=[])
        self.assertEqual((done.returncode, done.stdout), (FAILED, b""), done.stderr)
        self.assertIn(b"root", done.stderr)
        self.daemon.kill()
        for words in (["quota", "list"], ["block", "anna", "--reason", "x"], ["jobs"], ["losses"], ["disconnect", "anna"],
                      ["privacy", "export", "anna"], ["group", "list"]):
            with self.subTest(words=words):
                self.assertIn("davylampd", self.cli(*words, code=FAILED))
        self.assertEqual(len(self.json("sessions", "--state", "open")["items"]), 12)  # the store needs nobody
        self.assertIn("login", self.cli("audit"))
        self.cli("backup", os.path.join(self.scratch, "cold.db"))

    def test_what_clients_are_called_never_reaches_a_terminal(self):
        self.set_up("hostile", clients=40)
        users = {s["user"] for s in self.daemon.sessions("open")}
        evil = sorted(user for user in users if not re.fullmatch(r"[\w.]+", user, re.ASCII))
        self.assertGreater(len(evil), 5, users)
        for user in evil:
            limit = {"subject_kind": "user", "subject": user, "direction": "both", "bytes": 10**12, "period": {"kind": "month", "zone": "UTC"}}
            Control(self.daemon).send("POST", "limits", limit, 201)
        self.cli("block", evil[0], "--reason", "why \x1b[2J not")
        eventually(lambda: len(self.daemon.get("quotas", limit=200)["items"]) >= len(evil), 30, "their quotas are known")
        for words in (["sessions", "--limit", 100], ["status"], ["servers"], ["quota", "list"], ["audit"], ["losses"], ["jobs"], ["group", "list"],
                      ["quota", "show", evil[-1]], ["disconnect", "\x1b]0;x\x07"], ["\x1b[2J"], ["quota", "set", "\x1b[2J", "\x1b[2J"],
                      ["sessions", "--user", "\x1b[2J"], ["privacy", "show"]):
            with self.subTest(words=words):
                said = on_a_terminal(self.daemon, *words)
                self.assertGreater(len(said), 0)
                self.assertIsNone(UNPRINTABLE.search(said), said)
        self.assertIsNone(UNPRINTABLE.search(on_a_terminal(self.daemon, "--json", "sessions", "--limit", "100")))
        self.assertIn(evil[0], {s["user"] for s in self.json("sessions", "--state", "all", "--limit", 100)["items"]})

    def test_setup_doctor_and_completion(self):
        self.set_up()
        self.assertIn(run_cli(self.daemon, "doctor").returncode, (OK, FAILED))
        json.loads(run_cli(self.daemon, "--json", "doctor").stdout)
        root = os.path.join(self.scratch, "empty")
        os.mkdir(root)
        done = run_cli(self.daemon, "--json", "setup", "openvpn", "--dry-run", "--root", root)
        self.assertIn(done.returncode, (OK, FAILED, NOTHING), done)
        script = self.cli("completion", "bash")
        parsed = subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True, timeout=120, check=False)
        self.assertEqual((parsed.returncode, parsed.stderr), (0, b""))
        asked = subprocess.run(["bash", "-c", script + '\nCOMP_WORDS=(davylamp quota ""); COMP_CWORD=2; '
                                "$(complete -p davylamp | sed 's/.*-F \\([^ ]*\\).*/\\1/'); echo ${COMPREPLY[@]}"],
                               capture_output=True, text=True, timeout=120, check=False)
        self.assertIn("grant", asked.stdout, asked.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
