"""A bad configuration: every problem named with its path and what to do, all at once, exit code 2."""
import os
import subprocess
import tempfile
import unittest

from daemon import CLI, DAEMON

HEAD = """
[node]
name = "e2e"
state_directory = "{directory}"
[store]
path = "{directory}/davylamp.db"
[serve]
listen = "127.0.0.1:18080"
"""


class Config(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-config-"))

    def check(self, text, *options):
        path = os.path.join(self.directory, "davylamp.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("{directory}", self.directory))
        done = subprocess.run([DAEMON, "--config", path, *options], capture_output=True, text=True, timeout=180)
        return done.returncode, done.stdout + done.stderr

    def assert_refused(self, text, *wanted):
        for options in (("--check",), ()):  # a daemon with such a file does not start either
            code, said = self.check(text, *options)
            self.assertEqual(code, 2, said)
            for word in wanted:
                self.assertIn(word, said)
            self.assertNotIn("Sanitizer", said)
        return said

    def test_good(self):
        code, said = self.check(HEAD + '[[source.openvpn]]\nname = "udp"\nmanagement = "127.0.0.1:7505"\n', "--check")
        self.assertEqual(code, 0, said)

    def test_unknown_key(self):
        self.assert_refused(HEAD + 'lissten = "x"\n', "serve.lissten")

    def test_unknown_section(self):
        self.assert_refused(HEAD + '[soruce]\nx = 1\n', "soruce")

    def test_wrong_type(self):
        self.assert_refused(HEAD + '[[source.openvpn]]\nname = "udp"\nmanagement = "127.0.0.1:7505"\npoll_seconds = "often"\n',
                            "poll_seconds", "udp")

    def test_socket_that_is_none(self):
        path = os.path.join(self.directory, "plain-file")
        with open(path, "w", encoding="utf-8") as file:
            file.write("not a socket")
        self.assert_refused(HEAD + f'[[source.openvpn]]\nname = "udp"\nmanagement = "{path}"\n', path)

    def test_missing_password_file(self):
        self.assert_refused(HEAD + '[[source.openvpn]]\nname = "udp"\nmanagement = "127.0.0.1:7505"\npassword_file = "/nonexistent/pw"\n',
                            "/nonexistent/pw", "password_file")

    def test_not_toml(self):
        self.assert_refused("[node\nname = ", "davylamp.toml")

    def test_missing_file(self):
        done = subprocess.run([DAEMON, "--config", "/nonexistent/davylamp.toml"], capture_output=True, text=True, timeout=180)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("/nonexistent/davylamp.toml", done.stdout + done.stderr)

    def test_all_problems_at_once(self):
        said = self.assert_refused(
            HEAD + 'lissten = "x"\nweb_root = 7\n[geoip]\ncity = "not-a-list"\n[[source.openvpn]]\nname = "udp"\nmanagement = 5\nmanagment = "x"\n',
            "serve.lissten", "serve.web_root", "geoip.city", "management", "managment")
        self.assertGreaterEqual(len([line for line in said.splitlines() if line.strip()]), 5)

    def test_cli_refuses_it_too(self):
        path = os.path.join(self.directory, "davylamp.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[serve]\nlissten = 1\n")
        done = subprocess.run([CLI, "--config", path, "user", "list"], capture_output=True, text=True, timeout=180)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn("lissten", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
