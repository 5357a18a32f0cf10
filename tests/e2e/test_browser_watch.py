"""A real browser on a service that is only watched: who uses it, what witnesses say, who was refused; see browser_watch.mjs."""
import json
import os
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest

from daemon import ACCOUNT, Daemon, WEB_ROOT
from lab import SOURCE_DIRECTORY, skip_without_lab
from test_browser import SHOTS, require
from test_watch import Hosts, inside, track_connections, watch

CLIENT, KNOCKER = "10.98.0.1", "10.98.9.9"
DROP = """chain d {
  type filter hook input priority 1
  udp dport 1195 log prefix "[DROP] " group 9 snaplen 64
  udp dport 1195 drop
}
"""
TALK = f"""import socket, time
talker = socket.socket()
talker.bind(("{CLIENT}", 0))
talker.connect(("10.77.0.1", 4443))
while True:
    talker.sendall(b"x" * 500)
    talker.recv(4096)
    time.sleep(0.1)
"""
KNOCK = f"""import socket
knocker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
knocker.bind(("{KNOCKER}", 0))
for _ in range(5):
    knocker.sendto(b"x", ("10.77.0.1", 1195))
"""


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while words := self.request.recv(4096):
                self.request.sendall(words * 2)
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class BrowserWatch(unittest.TestCase):
    def test_a_client_its_witnesses_and_an_attempt(self):
        hosts = self.enterContext(Hosts())
        self.enterContext(inside(hosts.server))
        track_connections(DROP)
        service = self.enterContext(Server(("10.77.0.1", 4443), Echo))
        threading.Thread(target=service.serve_forever, daemon=True).start()
        self.addCleanup(service.shutdown)
        extra = watch("conduit", ["conntrack", "sockets"], tcp=[4443])
        extra += ["[[source.firewall]]", 'name = "edge"', "nflog_group = 9", 'refused = ["[DROP]"]']
        daemon = self.enterContext(Daemon([], extra=extra))
        daemon.wait_servers_up("conduit", "edge")
        os.makedirs(SHOTS, exist_ok=True)
        there = ["nsenter", f"--net=/run/netns/{hosts.client}", sys.executable, "-c"]
        home = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-home-"))
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "browser_watch.mjs")
        environment = {
            "HOME": home, "CHROMIUM": shutil.which("chromium"), "DAVYLAMP_SOURCE_DIR": SOURCE_DIRECTORY, "DAVYLAMP_URL": daemon.url,
            "DAVYLAMP_SHOTS": SHOTS, "DAVYLAMP_ACCOUNT": ACCOUNT, "DAVYLAMP_PASSWORD": daemon.password, "CLIENT_ADDRESS": CLIENT,
            "KNOCKER_ADDRESS": KNOCKER, "CLIENT": json.dumps([*there, TALK]), "KNOCKER": json.dumps([*there, KNOCK])}
        done = subprocess.run(["node", script], env={**os.environ, **environment}, capture_output=True, text=True, timeout=800)
        print(done.stdout.strip())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        daemon.stop()


if __name__ == "__main__":
    require(shutil.which("chromium") and shutil.which("node"), "chromium or node is missing (./dev install)")
    require(os.path.exists(os.path.join(WEB_ROOT, "index.html")), f"the page is not built in {WEB_ROOT} (./dev build)")
    skip_without_lab()
    unittest.main(verbosity=2)
