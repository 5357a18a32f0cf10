"""Status files as the only source: what a real OpenVPN server writes in versions 1, 2 and 3 is the same sessions; a file
that is torn, empty or left behind closes nobody wrongly and never takes a byte back; with hooks the ends are exact.
"""
import os
import random
import re
import tempfile
import threading
import time
import unittest

from daemon import Daemon, key_of
from lab import Lab, eventually, skip_without_lab

HOOK = os.environ.get("DAVYLAMP_HOOK", "")
SAME = ("user", "real_address", "virtual_address", "virtual_address6", "opened_at", "rx_bytes", "tx_bytes")


def facts(session):
    return tuple(session.get(name) for name in SAME)


def write_file(path, text):
    """As a whole: readers see the old file or the new one."""
    with open(path + ".new", "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    os.replace(file.name, path)


class Rewriter(threading.Thread):
    """Writes a status file as OpenVPN does: in place, a write() per line, cut off at the end. Clients `steady*` stay, others
    come and go beside them, bytes only grow."""

    def __init__(self, path, pause=0.0, half=0.0):
        super().__init__(daemon=True)
        self.path, self.pause, self.half = path, pause, half  # seconds between two files, and in the middle of each
        self.calm = threading.Event()  # from then on nobody moves, and the file is written twice a second
        self.settled = threading.Event()  # what was written last was calm
        self.ending = threading.Event()
        self.chance = random.Random(7)
        self.steady = {f"steady{number}": number + 2 for number in range(40)}
        self.guests, self.moved, self.rewrites = {}, 1000, 0
        self.began = int(time.time()) - 100

    def row(self, name, number, since):
        return (f"CLIENT_LIST\t{name}\t192.0.2.{number}:{40000 + number}\t10.8.0.{number}\t\t{self.moved + number}\t{2 * self.moved}\t"
                f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(since))}\t{since}\tUNDEF\t{number}\t{number}\tAES-256-GCM\n")

    def lines(self):
        now = int(time.time())
        yield "TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu\n"
        yield f"TIME\t{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now))}\t{now}\n"
        yield ("HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes Sent\t"
               "Connected Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\n")
        people = [(name, number, self.began) for name, number in self.steady.items()] + [(n, *f) for n, f in self.guests.items()]
        people.sort(key=lambda person: hash(person[0]))
        for place, person in enumerate(people):
            yield self.row(*person)
            if self.half and place == len(people) // 2 and not self.calm.is_set():
                time.sleep(self.half * self.chance.random())
        yield "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\n"
        for name, number, _ in people:
            yield f"ROUTING_TABLE\t10.8.0.{number}\t{name}\t192.0.2.{number}:{40000 + number}\t2026-11-21 03:33:40\t{now}\n"
        yield "GLOBAL_STATS\tMax bcast/mcast queue length\t0\n"
        yield "GLOBAL_STATS\tdco_enabled\t0\n"
        yield "END\n"

    def run(self):
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        while not self.ending.is_set():
            calm = self.calm.is_set()
            self.moved += 0 if calm else self.chance.randint(0, 10**6)
            if self.rewrites % 20 == 0 and not calm:
                numbers = self.chance.sample(range(100, 200), self.chance.randint(0, 60))
                self.guests = {f"guest{number}": (number, int(time.time())) for number in numbers}
            os.lseek(file, 0, os.SEEK_SET)
            size = sum(os.write(file, line.encode()) for line in self.lines())
            os.ftruncate(file, size)
            self.rewrites += 1
            if calm:
                self.settled.set()
            time.sleep(0.5 if calm else self.pause * self.chance.random())
        os.close(file)


class StatusFiles(unittest.TestCase):
    def set_up(self, hooks=False, **options):
        self.lab = Lab(**options)
        if hooks:
            self.folder = self.lab.install_hook(HOOK)
            spool = os.path.join(self.folder, "udp", "spool")  # as davylampd makes it
            os.makedirs(spool)
            os.chmod(spool, 0o3733)
        self.enterContext(self.lab)
        self.own = os.path.join(self.lab.directory, "udp.status")

    def start(self, *sources):
        self.daemon = self.enterContext(Daemon([{"transport": "udp", **source} for source in sources]))

    def of(self, server, state="open"):
        return [s for s in self.daemon.sessions(state) if s["server"] == server]

    def wait_card(self, server, state, words=""):
        def shown():
            card = self.daemon.servers()[server]
            return card["state"] == state and words in card["health"]
        eventually(shown, 40, lambda: f"{server} is {state}, {words}: {self.daemon.servers()[server]}", step=0.2)

    def own_file(self):
        """As a whole: OpenVPN writes it in place, so that who reads once may see half of it."""
        texts = [None]
        while len(texts) == 1 or texts[-1] != texts[-2]:
            with open(self.own, encoding="utf-8", errors="surrogateescape") as file:
                texts.append(file.read())
            time.sleep(0.01)
        return texts[-1]

    def rows(self):
        """common name, connected since, bytes received and sent, as the server's own file (version 3) has them."""
        rows = [line.split("\t") for line in self.own_file().split("\n") if line.startswith("CLIENT_LIST\t")]
        return {(row[1], int(row[8]), int(row[5]), int(row[6])) for row in rows}

    def one_moment(self):
        """The three versions of `status`, between which nothing changed."""
        for _ in range(20):
            texts = [self.lab.management("udp", f"status {version}") for version in (1, 2, 3, 1)]
            if texts[0][2:] == texts[3][2:]:
                return ["\n".join(text) + "\n" for text in texts[:3]]
            time.sleep(0.5)
        raise AssertionError("the server's counters never stand still")

    def test_three_versions_of_one_server_are_the_same_sessions(self):
        self.set_up(clients=8)
        self.lab.call("traffic", "--client", "1", "--direction", "both", "--rate", "4M", "--seconds", "2")
        with tempfile.TemporaryDirectory(prefix="davylamp-status-") as directory:
            sources = [{"name": "own", "status_file": self.own}]
            for version, text in enumerate(self.one_moment(), 1):
                path = os.path.join(directory, f"v{version}.status")
                write_file(path, text)
                sources.append({"name": f"v{version}", "status_file": path})
            self.start(*sources)
            self.daemon.wait_servers_up("v1", "v2", "v3", "own")
            found = {name: sorted(map(facts, self.daemon.wait_open(6, name)), key=repr) for name in ("v1", "v2", "v3", "own")}
            self.assertEqual(found["v1"], found["v3"])
            self.assertEqual(found["v2"], found["v3"])
            self.assertEqual([f[:-2] for f in found["own"]], [f[:-2] for f in found["v3"]])
            self.assertGreater(max(f[-1] for f in found["v1"]), 500_000, "no traffic in it: this proves little")
            print(f"{len(found['v3'])} sessions in each of versions 1, 2 and 3, for example {found['v1'][0]}")

            def as_written():
                return {(s["common_name"], int(s["opened_at"]), s["rx_bytes"], s["tx_bytes"]) for s in self.of("own")} == self.rows()
            self.lab.call("traffic", "--client", "2", "--direction", "down", "--rate", "2M", "--seconds", "2")
            eventually(as_written, 30, lambda: f"what the server wrote: {self.rows()}, {self.of('own')}", step=0.2)

    def test_restarted_server_and_one_that_stays_away(self):
        self.set_up(clients=4)
        self.start({"name": "udp", "status_file": self.own})
        self.daemon.wait_open(3)
        first = {s["id"]: s for s in self.of("udp")}
        write_time = self.own_file()
        self.lab.call("restart", "udp", "full")
        self.lab.wait_open(3, "udp")

        def three_new():
            found = {s["id"] for s in self.of("udp")}
            return len(found) == 3 and not first.keys() & found
        eventually(three_new, 40, lambda: f"three new sessions: {self.of('udp', 'all')}", step=0.3)
        closed = {s["id"]: s for s in self.of("udp", "closed")}
        self.assertEqual(closed.keys(), first.keys())
        self.assertTrue(all(closed[id_]["rx_bytes"] >= s["rx_bytes"] for id_, s in first.items()))
        self.assertNotEqual(write_time, self.own_file())
        self.lab.call("stop", "udp")
        self.assertIn("CLIENT_LIST", self.own_file(), "OpenVPN leaves the last file behind")
        self.wait_card("udp", "stale", "last written")
        self.assertEqual(len(self.of("udp")), 3, "a file that is late ends nobody")
        # What more than two minutes would do: the time in the file is that long ago.
        write_file(self.own, re.sub(r"^(TIME\t[^\t]*\t)(\d+)$", lambda m: m[1] + str(int(m[2]) - 130), self.own_file(), flags=re.M))
        eventually(lambda: self.daemon.servers()["udp"]["state"] == "down" and not self.of("udp"), 30,
                   lambda: f"its sessions are over: {self.daemon.servers()}, {self.of('udp')}", step=0.3)
        self.assertEqual({s["end_reason"] for s in self.of("udp", "closed") if s["id"] not in first}, {"timeout"})

    def test_an_emptied_file_ends_nobody(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-status-"))
        path = os.path.join(directory, "sim.status")
        writer = Rewriter(path)
        text = "".join(writer.lines())
        write_file(path, text)
        self.start({"name": "sim", "status_file": path})
        before = sorted(map(facts, self.daemon.wait_open(40)))
        os.truncate(path, 0)
        self.wait_card("sim", "stale", "empty")
        write_file(path, text[:len(text) // 3])
        time.sleep(2)
        os.unlink(path)
        self.wait_card("sim", "down")
        self.assertEqual(sorted(map(facts, self.daemon.sessions("open"))), before)
        write_file(path, "".join(writer.lines()))
        self.daemon.wait_servers_up("sim")
        self.assertEqual(sorted(map(facts, self.daemon.sessions("all"))), before)

    def test_torn_by_a_writer_that_never_rests(self):
        self.tear(pause=0.0)

    def test_torn_by_a_writer_that_is_slow(self):
        self.tear(pause=0.01, half=0.25)

    def tear(self, **pauses):
        with tempfile.TemporaryDirectory(prefix="davylamp-status-") as directory:
            writer = Rewriter(os.path.join(directory, "sim.status"), **pauses)
            write_file(writer.path, "".join(writer.lines()))
            with Daemon([{"name": "sim", "status_file": writer.path}]) as daemon:
                daemon.wait_open(40)
                writer.start()
                most, ends = {}, time.monotonic() + 12
                while time.monotonic() < ends:
                    for session in daemon.sessions("open"):
                        had = most.get(session["id"], (0, 0))
                        self.assertGreaterEqual((session["rx_bytes"], session["tx_bytes"]), had, "bytes were taken back")
                        most[session["id"]] = (session["rx_bytes"], session["tx_bytes"])
                    time.sleep(0.05)
                writer.calm.set()
                self.assertTrue(writer.settled.wait(120))
                wanted = writer.steady.keys() | writer.guests.keys()
                eventually(lambda: {s["user"] for s in daemon.sessions("open")} == wanted, 30,
                           lambda: f"{len(wanted)} are there: {[s['user'] for s in daemon.sessions('open')]}", step=0.3)

                def steady():
                    return [s for s in daemon.sessions("all") if s["user"].startswith("steady")]

                # The listing that had the same people can be older than the last bytes.
                last = {(writer.moved, 2 * writer.moved)}
                eventually(lambda: {(s["rx_bytes"] - writer.steady[s["user"]], s["tx_bytes"]) for s in steady()} == last, 30,
                           lambda: f"the file's last word is {last}: {steady()}", step=0.3)
                writer.ending.set()
                writer.join()
                self.assertEqual((len(steady()), {s["state"] for s in steady()}), (40, {"open"}), "somebody was closed who was there")
                print(f"{writer.rewrites} rewrites in 12 s, {len(most)} sessions, {daemon.servers()['sim']['problems']} problems told")

    def test_with_hooks_every_end_is_exact(self):
        self.set_up(hooks=True, clients=4)
        self.start({"name": "udp", "status_file": self.own, "hook_directory": os.path.join(self.folder, "udp")})
        self.daemon.wait_open(3)
        self.lab.call("traffic", "start", "--rate", "1M", "--blind")
        time.sleep(3)
        self.lab.call("stop", 1)
        self.lab.call("restart", "udp", "USR1")
        eventually(lambda: len(self.lab.finals("udp")) >= 3, 30, "three sessions end")
        self.lab.stop_traffic()

        def ledger():
            return {key_of(s): (s["rx_bytes"], s["tx_bytes"], s.get("final")) for s in self.of("udp", "closed")}

        def wanted():
            return {final.key: (final.rx_bytes, final.tx_bytes, True) for final in self.lab.finals("udp")}
        eventually(lambda: ledger() == wanted(), 60, lambda: f"OpenVPN's finals {wanted()}, the ledger {ledger()}", step=0.3)
        print(f"{len(wanted())} ends exact without management: {sorted(wanted().values())}")


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
