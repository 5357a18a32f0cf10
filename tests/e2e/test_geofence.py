"""davylamp geofence: the command as an operator runs it, in a network namespace, with packets from two countries."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from daemon import CLI
from lab import eventually

SOURCE = os.environ.get("DAVYLAMP_SOURCE_DIR") or os.path.join(os.path.dirname(__file__), "../..")
SERVER, CLIENT = f"dtgf{os.getpid()}s", f"dtgf{os.getpid()}c"
PORT = 4430
NORWAY, FRANCE = "8.10.0.1", "8.40.0.1"
ECHO = f"""import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", {PORT}))
print("ready", flush=True)
while True:
    text, peer = s.recvfrom(100)
    s.sendto(text, peer)
"""
ASK = f"""import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
s.settimeout(float(sys.argv[2]))
s.sendto(b"hi", ("10.77.0.1", {PORT}))
try:
    s.recvfrom(100)
except TimeoutError:
    sys.exit(1)
"""


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def inside(namespace, *words):
    return ["nsenter", f"--net=/run/netns/{namespace}", *words]


def make_hosts():
    for name in (SERVER, CLIENT):
        run("ip", "netns", "add", name)
    run("ip", "link", "add", "s0", "netns", SERVER, "type", "veth", "peer", "name", "c0", "netns", CLIENT)
    for name, link, address in ((SERVER, "s0", "10.77.0.1/24"), (CLIENT, "c0", "10.77.0.2/24")):
        run(*inside(name, "ip", "link", "set", "lo", "up"))
        run(*inside(name, "ip", "address", "add", address, "dev", link))
        run(*inside(name, "ip", "link", "set", link, "up"))
    run(*inside(SERVER, "ip", "route", "add", "8.0.0.0/8", "via", "10.77.0.2"))
    for address in (NORWAY, FRANCE):
        run(*inside(CLIENT, "ip", "address", "add", address + "/32", "dev", "lo"))


def databases(folder):
    maker = os.path.join(SOURCE, "src/enrich/geoip/testdata/make_mmdb.pl")
    return subprocess.run(["perl", maker, folder], capture_output=True, check=False).returncode == 0


class Geofence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0 or not shutil.which("nft"):
            sys.exit(77)
        cls.folder = tempfile.mkdtemp(prefix="davylamp-geofence-")
        if not databases(cls.folder):
            sys.exit(77)
        with open(cls.path("davylamp.toml"), "w", encoding="utf-8") as file:
            file.write(f'[node]\nname = "edge"\nstate_directory = "{cls.folder}"\n[store]\npath = "{cls.folder}/davylamp.db"\n'
                       f'[geoip]\ncity = ["{cls.folder}/nested.mmdb"]\ncountry = ["{cls.folder}/country.mmdb"]\n'
                       f'asn = ["{cls.folder}/asn.mmdb"]\n[[source.watch]]\nname = "conduit"\nudp = [{PORT}]\n')
        make_hosts()
        cls.echo = subprocess.Popen(inside(SERVER, sys.executable, "-c", ECHO), stdout=subprocess.PIPE)
        cls.echo.stdout.readline()

    @classmethod
    def tearDownClass(cls):
        cls.echo.kill()
        cls.echo.wait()
        cls.echo.stdout.close()
        for name in (SERVER, CLIENT):
            run("ip", "netns", "del", name)
        shutil.rmtree(cls.folder)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    def tearDown(self):
        for fence in self.show():
            self.davylamp("geofence", "remove", "--service", fence["service"])

    def davylamp(self, *words, code=0, ssh=None):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")}
        if ssh:
            environment["SSH_CONNECTION"] = ssh
        done = subprocess.run(inside(SERVER, CLI, "--config", self.path("davylamp.toml"), *words), env=environment,
                              capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def show(self):
        return json.loads(self.davylamp("geofence", "show", "--json"))["items"]

    def ask(self, address, seconds):
        return subprocess.run(inside(CLIENT, sys.executable, "-c", ASK, address, str(seconds)), check=False).returncode == 0

    def assert_answered(self, address):
        self.assertTrue(self.ask(address, 60))

    def assert_refused(self, address):
        self.assertFalse(self.ask(address, 1))

    def rules(self):
        return run(*inside(SERVER, "nft", "list", "ruleset"))

    def test_tried_confirmed_counted_and_removed(self):
        run(*inside(SERVER, "nft", "add", "table", "inet", "somebody_elses"))
        before = self.rules()
        dry = self.davylamp("geofence", "--service", "conduit", "--allow", "no", "--dry-run", "--verbose")
        self.assertIn("udp dport { 4430 }", dry)
        self.assertEqual(self.rules(), before)
        said = self.davylamp("geofence", "--service", "conduit", "--allow", "no", "--seconds", "900", "--yes")
        self.assertIn("davylamp geofence confirm --service conduit", said)
        self.assert_answered(NORWAY)
        self.assert_refused(FRANCE)
        self.assertEqual(self.show()[0]["state"], "tried")
        self.davylamp("geofence", "confirm")
        shown = self.show()[0]
        self.assertEqual(shown["state"], "confirmed")
        self.assertEqual((shown["counts"]["allowed4"]["packets"], shown["counts"]["refused4"]["packets"]), (1, 1))
        self.assertIn("stays so", self.davylamp("geofence", "--service", "conduit", "--allow", "NO", "--yes"))
        self.davylamp("geofence", "update")
        self.assertEqual(self.show()[0]["counts"]["refused4"]["packets"], 1)
        run(*inside(SERVER, "nft", "delete", "table", "inet", "davylamp_geofence"))
        self.assertIn("NOT IN THE KERNEL", self.davylamp("geofence", "show"))
        self.davylamp("geofence", "restore")
        self.assert_refused(FRANCE)
        self.davylamp("geofence", "remove")
        self.assertEqual(self.rules(), before)
        self.assert_answered(FRANCE)

    def test_taken_back_when_nobody_confirms(self):
        before = self.rules()
        for seconds in (4, 20, 100):
            until = time.monotonic() + seconds
            self.davylamp("geofence", "--service", "conduit", "--deny", "NO", "--seconds", str(seconds), "--yes")
            answered = self.ask(NORWAY, 1)
            if time.monotonic() < until:  # or it may have been taken back before it was asked for
                self.assertFalse(answered)
                break
        else:
            self.fail("the machine was too slow for this test")
        eventually(lambda: self.rules() == before, seconds + 60, lambda: f"the fence is gone: {self.rules()}")
        self.assert_answered(NORWAY)
        self.assertEqual(self.show(), [])

    def test_the_operator_stays(self):
        refused = self.davylamp("geofence", "--service", "door", "--tcp", "22", "--allow", "NO", "--yes", code=1)
        self.assertIn("--also", refused)
        self.davylamp("geofence", "--service", "conduit", "--allow", "NO", "--seconds", "900", "--yes", ssh=f"{FRANCE} 5022 10.77.0.1 22")
        self.assert_answered(FRANCE)

    def test_says_what_is_wrong(self):
        for words, part in ((["--allow", "UK"], "GB is United Kingdom"), (["--allow", "TV"], "no address of TV"),
                            (["--allow", "NO", "--also", "} ; flush ruleset"], "neither an address nor a network"),
                            ([], "says nobody")):
            done = subprocess.run(inside(SERVER, CLI, "--config", self.path("davylamp.toml"), "geofence", "--service", "conduit",
                                         "--yes", *words), capture_output=True, text=True, check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(part, done.stderr)
        self.assertIn("it knows conduit", self.davylamp("geofence", "--service", "x", "--allow", "NO", "--yes", code=2))


if __name__ == "__main__":
    unittest.main()
