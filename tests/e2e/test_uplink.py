"""A collector on another host, over TLS with its token: whoever is away or killed, the books equal the truth."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from agent_pair import AGENT
from daemon import CLI, Daemon, free_port, toml_string
from lab import eventually
from sim import Simulator
from test_sim_truth import key

NODE = "berlin"
MOVING_SECONDS = 40
SOON = 90  # seconds; a sanitizer build on a busy machine


class Hub(Daemon):
    """A davylampd that has no server of its own and listens for collectors."""

    def __init__(self):
        self.uplink_port = free_port()
        super().__init__([], extra=["[uplink]", f'listen = "127.0.0.1:{self.uplink_port}"'])

    def cli(self, *arguments):
        return subprocess.run([CLI, "--config", self.config, *arguments], capture_output=True, text=True, timeout=2 * SOON, check=False)

    def enrol(self, name):
        done = self.cli("node", "enrol", name)
        if done.returncode != 0:
            raise AssertionError(f"davylamp node enrol: {done.stdout}{done.stderr}")
        return done.stdout.strip(), done.stderr

    def fingerprint(self):
        told = eventually(lambda: re.search(r"for uplink\.fingerprint there: SHA-256 ([0-9A-F:]+)", self.log_text()), SOON, self.log_text)
        return told.group(1)


class Collector:
    """davylamp-agent --local on the other host."""

    def __init__(self, hub, token, sources, node=NODE):
        self.directory = tempfile.mkdtemp(prefix="davylamp-collector-")
        self.log = os.path.join(self.directory, "agent.log")
        self.spool = os.path.join(self.directory, "spool")
        self.config = os.path.join(self.directory, "davylamp.toml")
        self.process = None
        token_file = os.path.join(self.directory, "token")
        with open(os.open(token_file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(token + "\n")
        lines = ["[node]", f'name = "{node}"', f"state_directory = {toml_string(self.directory)}",
                 "[uplink]", f'connect = "localhost:{hub.uplink_port}"', f"token_file = {toml_string(token_file)}",
                 f'fingerprint = "{hub.fingerprint()}"']
        for source in sources:
            lines += ["[[source.openvpn]]", *(f"{name} = {toml_string(value)}" for name, value in source.items())]
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        if not os.environ.get("DAVYLAMP_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([AGENT, "--local", "--config", self.config], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self):
        self.process.kill()
        self.process.wait(SOON)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SOON)

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def spooled(self):
        size = 0
        with contextlib.suppress(FileNotFoundError):  # one that was delivered meanwhile, or none was needed yet
            for name in os.listdir(self.spool):
                with contextlib.suppress(FileNotFoundError):
                    size += os.path.getsize(os.path.join(self.spool, name)) if name.endswith(".spool") else 0
        return size


class Uplink(unittest.TestCase):
    def problems(self, sim, hub):
        truth = {key(row, "since"): (row["rx_bytes"], row["tx_bytes"]) for row in sim.truth()}
        books = {}
        for session in hub.sessions("all"):
            books.setdefault(key(session, "opened_at"), []).append((session["rx_bytes"], session["tx_bytes"]))
        return [f"{where}: {books.get(where)} in the books, the truth is {real}" for where, real in truth.items()
                if books.get(where) != [real]] + [f"{where}: never was" for where in books if where not in truth]

    def test_exact_through_outages_and_kills(self):
        script = f"{MOVING_SECONDS} * freeze\n"
        with Hub() as hub, Simulator(sockets=2, clients=12, seed=3, arrive=1, ping_restart=600, script=script) as sim:
            began = time.time()
            token, _ = hub.enrol(NODE)
            names = [source["name"] for source in sim.sources()]
            with Collector(hub, token, sim.sources()) as collector:
                hub.wait_servers_up(*names)
                hub.wait_open(12)
                hub.kill()
                eventually(lambda: collector.spooled() > 0, SOON, "what cannot be delivered is on the disk")
                time.sleep(5)
                collector.kill()
                collector.start()
                time.sleep(4)
                hub.start()
                eventually(lambda: "go first" in collector.log_text(), SOON, collector.log_text)
                hub.wait_servers_up(*names)
                time.sleep(2)
                collector.kill()
                time.sleep(1)
                collector.start()
                hub.wait_servers_up(*names)
                time.sleep(max(0, began + MOVING_SECONDS + 3 - time.time()))
                eventually(lambda: not self.problems(sim, hub), SOON, lambda: "\n".join(self.problems(sim, hub)), step=1)
                eventually(lambda: collector.spooled() == 0, SOON, "the spool is empty again")
                self.assertEqual(len(hub.sessions("all")), 12)
                self.assertEqual(hub.request("GET", "/api/v1/nodes")[0], 200)
                listed = hub.cli("node", "list").stdout
                self.assertIn(NODE, listed)
                self.assertIn("e2e", listed, "the daemon that has it")
                print(listed)

    def test_a_node_that_is_removed_is_sent_away_and_comes_back_with_a_new_token(self):
        with Hub() as hub, Simulator(sockets=1, clients=2, seed=4) as sim:
            token, advice = hub.enrol(NODE)
            self.assertIn(f"THIS_HOST:{hub.uplink_port}", advice)
            with Collector(hub, token, sim.sources()) as collector:
                hub.wait_open(2)
                self.assertEqual(hub.cli("node", "remove", NODE).returncode, 0)
                eventually(lambda: "enrol the node again" in collector.log_text(), SOON, collector.log_text)
                eventually(lambda: hub.servers()[sim.name(1)]["state"] == "stale", SOON, "its servers are stale")
                self.assertEqual(collector.stop(), 0)
            token, _ = hub.enrol(NODE)
            with Collector(hub, token, sim.sources()):
                eventually(lambda: hub.servers()[sim.name(1)]["state"] == "up", SOON, "its servers are up again")
                actions = [row["action"] for row in hub.get("audit")["items"]]
                self.assertEqual([action for action in actions if action.startswith("node_")], ["node_enrolled", "node_removed", "node_enrolled"])

    def test_the_name_is_the_tokens(self):
        with Hub() as hub:
            token, _ = hub.enrol("paris")
            with Collector(hub, token, []) as collector:
                eventually(lambda: "this token is that of node paris" in collector.log_text(), SOON, collector.log_text)


if __name__ == "__main__":
    unittest.main()
