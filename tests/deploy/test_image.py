"""What the image holds, laid out by the script that the Dockerfile runs, from the programs under test: it starts there with nothing
else, as a number, on a file system that nobody writes."""
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAMS = os.path.dirname(os.environ.get("DAVYLAMPD", ""))
PAGE = os.environ.get("DAVYLAMP_WEB_ROOT") or os.path.join(ROOT, "web", "dist")
USER = 10001


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="davylamp-image-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        os.chmod(cls.folder, 0o755)
        done = subprocess.run([os.path.join(ROOT, "deploy", "docker", "collect.sh"), cls.folder, PROGRAMS, PAGE], capture_output=True, text=True,
                              timeout=300, env={**os.environ, "DAVYLAMP_STRIP": "no"})
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def run_inside(self, *command):
        """Nothing but the image, mounted read-only, and /proc, as in a container."""
        script = f'mount --bind "{self.folder}" "{self.folder}" && mount -o remount,bind,ro "{self.folder}" && mount -t proc proc "{self.folder}/proc" && exec chroot --userspec={USER}:{USER} "$0" "$@"'
        # A sanitizer's own needs; it is not in what is shipped.
        environment = {"PATH": "/usr/bin:/usr/sbin:/bin:/sbin", "ASAN_OPTIONS": "detect_leaks=0"}
        return subprocess.run(["unshare", "--mount", "sh", "-c", script, self.folder, *command], capture_output=True, text=True, timeout=120, env=environment)

    def test_every_program_starts(self):
        for command in (("/usr/bin/davylampd", "--version"), ("/usr/bin/davylamp", "version"), ("/usr/bin/davylamp-agent", "--version")):
            done = self.run_inside(*command)
            self.assertEqual(done.returncode, 0, f"{command}: {done.stderr}")
        done = self.run_inside("/usr/bin/davylampd", "--help")
        self.assertIn("--config FILE", done.stdout, done.stderr)

    def test_it_says_what_is_missing(self):
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
