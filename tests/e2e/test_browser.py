"""A real browser on the real page: sign in, a client of the lab appears within two seconds and leaves again; a limit set on
the page fills, stops its user, and lets go after a grant; a kick.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from daemon import ACCOUNT, Daemon, WEB_ROOT, city_files, sources_of
from lab import SCRIPT, SKIPPED, SOURCE_DIRECTORY, Lab, skip_without_lab

HOOK = os.environ.get("DAVYLAMP_HOOK", "")
HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = 8
GUEST = 2  # comes and goes; nobody else is in its city
SHOTS = os.environ.get("DAVYLAMP_SHOTS") or os.path.join(SOURCE_DIRECTORY, "build", "e2e-shots")


class Browser(unittest.TestCase):
    def run_node(self, script, *arguments, **environment):
        # Chromium is slow to end when its home is shared with another one
        home = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-home-"))
        done = subprocess.run(["node", script, *arguments], env={**os.environ, "HOME": home, "DAVYLAMP_ACCOUNT": ACCOUNT, **environment},
                              capture_output=True, text=True, timeout=1100)
        print(done.stdout.strip())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_accessibility(self):
        lab = self.enterContext(Lab(clients=CLIENTS))
        lab.start_traffic("200k")
        daemon = self.enterContext(Daemon(sources_of(lab)))
        daemon.wait_open(CLIENTS)
        script = os.path.join(SOURCE_DIRECTORY, "web", "e2e", "axe.mjs")
        self.run_node(script, daemon.url, DAVYLAMP_PASSWORD=daemon.password)
        daemon.stop()

    def test_a_client_appears_and_leaves(self):
        lab = self.enterContext(Lab(clients=CLIENTS))
        lab.call("stop", GUEST)
        lab.wait_open(CLIENTS - 1)
        lab.start_traffic("200k")
        daemon = self.enterContext(Daemon(sources_of(lab, poll_seconds=1, bytecount_seconds=1)))
        daemon.wait_open(CLIENTS - 1)
        os.makedirs(SHOTS, exist_ok=True)
        self.run_node(
            os.path.join(HERE, "browser.mjs"),
            DAVYLAMP_SOURCE_DIR=SOURCE_DIRECTORY, DAVYLAMP_URL=daemon.url, DAVYLAMP_SHOTS=SHOTS, DAVYLAMP_PASSWORD=daemon.password,
            CHROMIUM=shutil.which("chromium"), LAB_SCRIPT=SCRIPT, LAB_DIR=lab.directory, LAB_PREFIX=lab.prefix,
            LAB_CLIENTS=str(CLIENTS), LAB_CLIENT=str(GUEST), LAB_CLIENT_NAME=lab.client(GUEST)["common_name"],
            LAB_HOOKS_LOG=os.path.join(lab.directory, "hooks.log"))
        daemon.stop()

    def test_a_limit_set_on_the_page(self):
        lab = Lab(clients=3)
        folders = lab.install_hook(HOOK)
        self.enterContext(lab)
        sources = [{**source, "hook_directory": os.path.join(folders, source["name"])} for source in sources_of(lab, poll_seconds=1, bytecount_seconds=1)]
        daemon = self.enterContext(Daemon(sources))
        daemon.wait_open(3)
        os.makedirs(SHOTS, exist_ok=True)
        self.run_node(
            os.path.join(HERE, "browser_quotas.mjs"), DAVYLAMP_URL=daemon.url, DAVYLAMP_SHOTS=SHOTS, DAVYLAMP_PASSWORD=daemon.password,
            CHROMIUM=shutil.which("chromium"), LAB_SCRIPT=SCRIPT, LAB_DIR=lab.directory, LAB_PREFIX=lab.prefix,
            LAB_CLIENT="1", LAB_CLIENT_NAME=lab.client(1)["common_name"])
        daemon.stop()


def require(condition, what):
    """A missing piece is a failure where everything must be there (CI), else a reason to skip."""
    if not condition:
        print(what)
        sys.exit(1 if os.environ.get("CI") == "true" or os.environ.get("DAVYLAMP_REQUIRE_LAB") else SKIPPED)


if __name__ == "__main__":
    require(shutil.which("chromium") and shutil.which("node"), "chromium or node is missing (./dev install)")
    require(os.path.exists(os.path.join(WEB_ROOT, "index.html")), f"the page is not built in {WEB_ROOT} (./dev build)")
    require(city_files(), "no city database in .dev/geoip (./dev test fetches it)")
    skip_without_lab()
    unittest.main(verbosity=2)
