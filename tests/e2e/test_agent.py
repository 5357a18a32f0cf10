"""davylampd without privileges and davylamp-agent beside it: nothing is lost, counted twice or stalled, whoever is killed."""
import os
import random
import signal
import subprocess
import sys
import time
import unittest

import test_exact
import test_sim_truth
from agent_pair import (AGENT, CAPABILITIES, CAPABILITY_BITS, AgentPair, as_user, effective_capabilities, reachable, resident_kib)
from daemon import CLI, key_of, sources_of
from lab import SKIPPED, Lab, eventually, skip_without_lab, when_busy
from stutter import Stutter

SOON = 90  # seconds; a sanitizer build on a busy machine
ABSENT = "no collector is connected: start davylamp-agent"


class Linked(unittest.TestCase):
    def test_neither_store_nor_web_server_nor_rules(self):
        symbols = subprocess.run(["nm", AGENT], capture_output=True, text=True, check=True, timeout=2 * SOON).stdout
        self.assertIn("8davylamp6uplink", symbols, "the program has its symbols")
        for forbidden in ("sqlite3_", "8davylamp4core", "8davylamp3api", "8davylamp6sqlite"):
            found = [line for line in symbols.splitlines() if forbidden in line][:3]
            self.assertEqual(found, [], f"davylamp-agent must not have {forbidden}")
        libraries = subprocess.run(["ldd", AGENT], capture_output=True, text=True, check=True, timeout=2 * SOON).stdout
        for forbidden in ("sqlite", "curl"):
            self.assertNotIn(forbidden, libraries)

    def test_refuses_where_the_daemon_looks_itself(self):
        done = subprocess.run([AGENT, "--local", "--config", os.devnull], capture_output=True, text=True, timeout=SOON, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('node.collector is "daemon"', done.stderr)


class Privileges(unittest.TestCase):
    """Real OpenVPN servers, the daemon as a user without any capability."""

    def setUp(self):
        self.lab = self.enterContext(Lab(4, keepalive="30 60"))  # see test_exact
        self.daemon = self.enterContext(AgentPair(sources_of(self.lab, poll_seconds=1, bytecount_seconds=1)))
        self.daemon.wait_servers_up("udp", "tcp")
        self.daemon.wait_open(4)

    def test_exact_with_each_killed_under_traffic(self):
        self.assertEqual(effective_capabilities(self.daemon.process), 0)
        wanted = sum(1 << CAPABILITY_BITS[name] for name in CAPABILITIES)
        self.assertEqual(effective_capabilities(self.daemon.agent), wanted)
        self.lab.start_traffic("1M")
        time.sleep(2)
        before = {key_of(s): s["id"] for s in self.daemon.sessions("open")}
        self.daemon.kill()
        time.sleep(2)
        self.daemon.start()
        self.daemon.wait_servers_up("udp", "tcp")
        self.daemon.kill_agent()
        time.sleep(1)
        self.daemon.start_agent()
        self.daemon.wait_servers_up("udp", "tcp")
        self.assertEqual({key_of(s): s["id"] for s in self.daemon.wait_open(4)}, before)
        time.sleep(1)
        self.lab.stop_traffic()
        test_exact.Exact.let_rest(self)
        print(f"davylamp-agent: {resident_kib(self.daemon.agent)} KiB resident, davylampd: {resident_kib(self.daemon.process)} KiB")
        for index in (4, 1, 2, 3):
            self.lab.call("stop", index)
        test_exact.Exact.assert_exact(self, 4)

    def counters(self):
        return test_exact.Exact.counters(self)


class Absence(unittest.TestCase):
    def test_no_card_says_up_while_nobody_looks(self):
        with reachable(test_sim_truth.Simulator(sockets=2, clients=6, seed=1)) as sim, AgentPair(sim.sources(), with_agent=False) as daemon:
            names = [source["name"] for source in sim.sources()]
            daemon.wait_stale(*names)
            self.assertIn(ABSENT, daemon.servers()[names[0]]["health"])
            doctor = subprocess.run(["env", "DAVYLAMP__NODE__COLLECTOR=agent", CLI, "--config", daemon.config, "doctor"],
                                    capture_output=True, text=True, timeout=2 * SOON, check=False)
            self.assertIn("start davylamp-agent", doctor.stdout)
            daemon.start_agent()
            daemon.wait_servers_up(*names)
            daemon.wait_open(6)
            daemon.kill_agent()
            daemon.wait_stale(*names)
            self.assertEqual(len(daemon.sessions("open")), 6, "who is not looked at has not left")
            daemon.start_agent()
            daemon.wait_servers_up(*names)
            # The same agent, another daemon: it is told how the servers fare.
            daemon.kill()
            daemon.start()
            daemon.wait_servers_up(*names)
            stranger = subprocess.Popen([*as_user(65534), "env", "DAVYLAMP__NODE__COLLECTOR=agent", os.path.join(daemon.programs, "davylamp-agent"),
                                         "--local", "--config", daemon.config], stderr=subprocess.DEVNULL)
            try:
                eventually(lambda: "user 65534 may not connect here" in daemon.log_text(), SOON, "a stranger is turned away")
            finally:
                stranger.terminate()
                self.assertEqual(stranger.wait(SOON), 0)
            daemon.wait_servers_up(*names)
            daemon.stop_agent()
            self.assertEqual(daemon.process.poll(), None)

    def test_a_stuck_agent_is_noticed_and_a_stuck_daemon_forgiven(self):
        with reachable(test_sim_truth.Simulator(sockets=1, clients=4, seed=1)) as sim, AgentPair(sim.sources()) as daemon:
            name = sim.name(1)
            daemon.wait_servers_up(name)
            daemon.agent.send_signal(signal.SIGSTOP)
            daemon.wait_stale(name, seconds=SOON + 60)
            eventually(lambda: "is it stopped?" in daemon.log_text(), SOON, "the log says so")
            daemon.agent.send_signal(signal.SIGCONT)
            daemon.wait_servers_up(name)
            daemon.process.send_signal(signal.SIGSTOP)
            time.sleep(3)
            daemon.process.send_signal(signal.SIGCONT)
            daemon.wait_servers_up(name)
            daemon.wait_open(4)


class MissingCapability(unittest.TestCase):
    def test_it_is_a_sentence_on_the_card(self):
        watch = ["[[source.watch]]", 'name = "web"', "udp = [4433]", 'witnesses = ["ebpf", "conntrack"]']
        with AgentPair([], capabilities=(), extra=watch) as daemon:
            def witnesses():
                return {w["kind"]: w for w in daemon.servers().get("web", {}).get("witnesses", [])}
            eventually(lambda: {w["state"] for w in witnesses().values()} == {"refused"}, SOON,
                       lambda: f"both witnesses say what they miss: {daemon.servers()}\n{daemon.agent_log_text()}")
            for kind, witness in witnesses().items():
                print(f"{kind}: {witness['text']}")
                self.assertRegex(witness["text"], r"CAP_|root|privilege|permi")
            self.assertEqual((daemon.agent.poll(), daemon.process.poll()), (None, None))
            self.assertEqual(effective_capabilities(daemon.agent), 0)


class Truth(test_sim_truth.SimTruth):
    """As there, and one of the two is killed every few seconds."""

    test_with_hooks = None

    def run_schedule(self, daemon, slowness):
        chance = random.Random(self.seed + 1)
        began, down = time.time(), []
        schedule_seconds = test_sim_truth.SCHEDULE_SECONDS * slowness
        with Stutter() as stutter:
            mark = time.monotonic()
            while time.time() - began < schedule_seconds:
                time.sleep((0.5 + chance.random() * 4) * slowness)
                if chance.random() < 0.6:
                    daemon.kill()
                    time.sleep(chance.random() * 2)
                    daemon.start()
                    continue
                daemon.kill_agent()
                killed = time.time()
                margin = test_sim_truth.KILL_MARGIN_SECONDS
                forgotten = stutter.allow(margin, max(mark, time.monotonic() - when_busy(margin)))
                time.sleep(chance.random())
                daemon.start_agent()
                # What it was told and had not passed on is gone with it; a daemon's death excuses nothing.
                down.append((killed - forgotten, time.time()))
        time.sleep(max(0, began + schedule_seconds + test_sim_truth.QUIET_SECONDS - time.time()))
        return down

    def test_without_hooks(self):
        sim = reachable(self.simulator())
        daemon, began = AgentPair(sim.sources()), time.monotonic()
        with daemon:
            slowness = self.stretch(sim, time.monotonic() - began)
            with sim:
                self.check(sim, daemon, slowness)
                print(f"davylamp-agent: {resident_kib(daemon.agent)} KiB resident")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root, to become other users")
        sys.exit(1 if os.environ.get("DAVYLAMP_REQUIRE_LAB") else SKIPPED)
    if "Privileges" in " ".join(sys.argv):
        skip_without_lab()
    unittest.main(verbosity=2)
