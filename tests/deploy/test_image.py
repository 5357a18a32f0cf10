"""What the image holds, laid out by the script that the Dockerfile runs, from the programs under test: it starts there with nothing
else, as a number, on a file system that nobody writes."""
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAMS = os.path.dirname(os.environ.get("DAVYLAMPD", ""))
PAGE = os.environ.get("DAVYLAMP_WEB_ROOT") or os.path.join(ROOT, "web", "dist")
USER = 10001
# A sanitizer's own needs (they are not in what is shipped), and what deploy/compose/single.yaml sets.
ENVIRONMENT = {"PATH": "/usr/bin:/usr/sbin:/bin:/sbin", "ASAN_OPTIONS": "detect_leaks=0", "DAVYLAMP__SERVE__LISTEN": "0.0.0.0:8080"}


def lay_out_secrets(folder):
    """As compose and Kubernetes mount them, made by the script that is shipped."""
    with tempfile.TemporaryDirectory() as made:
        shutil.copy(os.path.join(ROOT, "deploy", "compose", "secrets.sh"), made)
        subprocess.run([os.path.join(made, "secrets.sh")], check=True, capture_output=True, env={**os.environ, "DAVYLAMP_HOST": "localhost"})
        os.mkdir(os.path.join(folder, "davylamp"))
        for name, *places in (("postgres_password", "postgres_password", "davylamp/postgres-password"),
                              ("redis_password", "redis_password", "davylamp/redis-password"),
                              ("tls.crt", "tls_certificate"), ("tls.key", "tls_key")):
            for place in places:
                shutil.copy(os.path.join(made, "secrets", name), os.path.join(folder, place))


def complaints(text):
    """What --check found wrong but that no Redis and no PostgreSQL are there."""
    return [line for line in text.splitlines() if not re.match(r"davylampd: (note: .*|bus\.url: Redis at .*|store\.url: cannot reach the database .*)", line)]


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="davylamp-image-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        os.chmod(cls.folder, 0o755)
        cls.secrets, cls.configuration = (tempfile.mkdtemp(prefix="davylamp-image-") for _ in range(2))
        for folder in (cls.secrets, cls.configuration):
            cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
            os.chmod(folder, 0o755)
        lay_out_secrets(cls.secrets)
        done = subprocess.run([os.path.join(ROOT, "deploy", "docker", "collect.sh"), cls.folder, PROGRAMS, PAGE], capture_output=True, text=True,
                              timeout=600, env={**os.environ, "DAVYLAMP_STRIP": "no"})
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def inside(self, *command):
        """The command that runs another with nothing but the image, mounted read-only, and what a container has besides: /proc, /dev,
        a network of its own, and what is to be written."""
        script = f"""
set -e
cd {self.folder}
mount --bind . . && mount -o remount,bind,ro {self.folder} && cd {self.folder}
mount -t proc proc proc && mount --bind /dev dev && mount -t tmpfs -o mode=1777 tmp tmp
mount -t tmpfs -o uid={USER},gid={USER},mode=0750 state var/lib/davylamp
mount --bind {self.secrets} run/secrets && mount --bind {self.configuration} etc/davylamp
ip link set lo up
exec chroot --userspec={USER}:{USER} . "$@"
"""
        return ["unshare", "--mount", "--net", "sh", "-c", script, "sh", *command]

    def run_inside(self, *command):
        return subprocess.run(self.inside(*command), capture_output=True, text=True, timeout=300, env=ENVIRONMENT)

    def configure(self, name):
        shutil.copy(os.path.join(ROOT, "deploy", name), os.path.join(self.configuration, "davylamp.toml"))

    def test_every_program_starts(self):
        for command in (("/usr/bin/davylampd", "--version"), ("/usr/bin/davylamp", "version"), ("/usr/bin/davylamp-agent", "--version")):
            done = self.run_inside(*command)
            self.assertEqual(done.returncode, 0, f"{command}: {done.stderr}")
        done = self.run_inside("/usr/bin/davylampd", "--help")
        self.assertIn("--config FILE", done.stdout, done.stderr)

    def test_the_configurations_that_are_shipped_hold(self):
        for name, *arguments in (("kubernetes/davylamp.toml", "--roles", "process"), ("kubernetes/davylamp.toml", "--roles", "serve"),
                                 ("kubernetes/collector.toml", "--roles", "collect"), ("compose/davylamp.toml", "--roles", "process"),
                                 ("compose/davylamp.toml", "--roles", "serve"), ("compose/single.toml",)):
            with self.subTest(f"{name} {arguments}"):
                self.configure(name)
                done = self.run_inside("/usr/bin/davylampd", "--check", *arguments)
                self.assertEqual(complaints(done.stderr), [])
                self.assertEqual(done.returncode, 0 if name.endswith("single.toml") else 2, done.stderr)

    def test_one_process_starts_and_its_probes_say_so(self):
        self.configure("compose/single.toml")
        with tempfile.TemporaryFile() as log:
            daemon = subprocess.Popen(self.inside("/usr/bin/davylampd"), stdout=log, stderr=log, env=ENVIRONMENT)
            try:
                end = time.monotonic() + 300
                while self.beside(daemon, "chroot", self.folder, "/usr/bin/davylampd", "--ready") != 0:
                    log.seek(0)
                    self.assertTrue(daemon.poll() is None and time.monotonic() < end, log.read().decode())
                    time.sleep(0.2)
                self.assertEqual(self.beside(daemon, "chroot", self.folder, "/usr/bin/davylampd", "--alive"), 0)
                for path in ("/healthz", "/readyz", "/"):
                    self.assertEqual(self.beside(daemon, "curl", "--silent", "--fail", "--insecure", f"https://127.0.0.1:8080{path}"), 0, path)
            finally:
                daemon.terminate()
                self.assertEqual(daemon.wait(180), 0)

    def beside(self, daemon, *command):
        """What a command says that is run where the daemon is."""
        return subprocess.run(["nsenter", "--target", str(daemon.pid), "--mount", "--net", *command], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=180, env=ENVIRONMENT).returncode

    def test_it_says_what_is_missing(self):
        shutil.rmtree(self.configuration)
        os.mkdir(self.configuration, 0o755)
        done = self.run_inside("/usr/bin/davylampd")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("/etc/davylamp/davylamp.toml", done.stderr)

    def test_nothing_else_is_in_it(self):
        programs = set()
        for folder, _, files in os.walk(self.folder):
            for name in files:
                path = os.path.join(folder, name)
                mode = os.lstat(path).st_mode
                self.assertFalse(mode & (stat.S_ISUID | stat.S_ISGID), path)
                self.assertFalse(mode & stat.S_IWOTH and not stat.S_ISLNK(mode), path)
                if mode & stat.S_IXUSR and not stat.S_ISLNK(mode) and ".so" not in name:
                    programs.add(os.path.relpath(path, self.folder))
        self.assertEqual(programs, {"usr/bin/davylampd", "usr/bin/davylamp", "usr/bin/davylamp-agent", "usr/lib/davylamp/davylamp-hook"})
        for there in ("etc/ssl/certs/ca-certificates.crt", "usr/share/davylamp/web/index.html", "usr/share/zoneinfo/Europe/Berlin"):
            self.assertTrue(os.path.isfile(os.path.join(self.folder, there)), there)

    def test_its_user_owns_its_state_and_nothing_more(self):
        owned = [os.path.relpath(os.path.join(folder, name), self.folder) for folder, folders, files in os.walk(self.folder)
                 for name in folders + files if os.lstat(os.path.join(folder, name)).st_uid == USER]
        self.assertEqual(sorted(owned), ["run/davylamp", "var/lib/davylamp"])


if __name__ == "__main__":
    if os.geteuid() != 0 or not os.path.exists(os.path.join(PROGRAMS, "davylampd")) or not os.path.exists(os.path.join(PAGE, "index.html")):
        print("needs root, the programs and the page")
        sys.exit(77)
    unittest.main()
