"""davylamp setup openvpn on Debian's own sample: shown, done, done again, accepted by a real OpenVPN, taken back."""
import hashlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

from daemon import CLI
from lab import eventually, skip_without_lab

HOOK = os.environ.get("DAVYLAMP_HOOK") or os.path.join(os.path.dirname(CLI), "davylamp-hook")
EXAMPLES = "/usr/share/doc/openvpn/examples"
CONFIG = "/etc/openvpn/server/server.conf"
SOCKET = "/run/davylamp/openvpn/server.sock"
DAVYLAMP_ID, NOBODY_ID = 64998, 65534

# In a network and a mount namespace of its own: the folders of the test stand where the configuration names them.
NAMESPACE = """set -e
mount -t tmpfs tmpfs /run
mkdir /run/davylamp
mount --bind "$ROOT/run/davylamp" /run/davylamp
mount --bind "$ROOT/etc/openvpn" /etc/openvpn
mount -t overlay overlay -o "lowerdir=$ROOT/usr/lib:/usr/lib" /usr/lib
mount -t tmpfs tmpfs /var/log
mkdir /var/log/openvpn
ip link set lo up
cd /etc/openvpn/server
openvpn --suppress-timestamps --config server.conf --log "$ROOT/server.log" &
server=$!
trap 'kill $server $client 2>/dev/null; wait' TERM EXIT
while ! grep -q 'Initialization Sequence Completed' "$ROOT/server.log" 2>/dev/null; do kill -0 $server; sleep 0.1; done
openvpn --client --dev tun9 --nobind --proto udp --remote 127.0.0.1 1194 --ca ca.crt --cert client.crt --key client.key \
  --remote-cert-tls server --data-ciphers AES-256-GCM --route-nopull --explicit-exit-notify 1 --log "$ROOT/client.log" &
client=$!
wait $server
"""


def read(path):
    with open(path, "rb") as file:
        return file.read()


def sample_config():
    for name in ("server.conf", "server.conf.gz"):
        path = os.path.join(EXAMPLES, "sample-config-files", name)
        if os.path.exists(path):
            return subprocess.run(["zcat", "-f", path], capture_output=True, check=True).stdout
    raise unittest.SkipTest("OpenVPN's sample configuration is not installed")


def tree(root):
    """path -> mode, owner and checksum of everything below."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            facts = os.lstat(path)
            content = hashlib.sha256(read(path)).hexdigest() if stat.S_ISREG(facts.st_mode) else ""
            found[os.path.relpath(path, root)] = (stat.filemode(facts.st_mode), facts.st_uid, facts.st_gid, content)
    return found


class Setup(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="davylamp-setup-")
        self.addCleanup(shutil.rmtree, self.root, True)
        os.chmod(self.root, 0o755)
        self.write("/etc/passwd", f"root:x:0:0::/root:/bin/sh\ndavylamp:x:{DAVYLAMP_ID}:{DAVYLAMP_ID}::/:\nnobody:x:{NOBODY_ID}:{NOBODY_ID}::/:\n".encode())
        self.write("/etc/group", f"root:x:0:\ndavylamp:x:{DAVYLAMP_ID}:\nnogroup:x:{NOBODY_ID}:\n".encode())
        self.write(CONFIG, sample_config().replace(b";user nobody", b"user nobody").replace(b";group nogroup", b"group nogroup")
                   .replace(b";user openvpn", b"user nobody").replace(b";group openvpn", b"group nogroup"), 0o600)
        self.write("/usr/lib/davylamp/davylamp-hook", read(HOOK), 0o755)
        for unit in ("openvpn-server@.service", "openvpn@.service"):
            if os.path.exists("/lib/systemd/system/" + unit):
                self.write("/lib/systemd/system/" + unit, read("/lib/systemd/system/" + unit))

    def path(self, name):
        return self.root + name

    def write(self, name, content, mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(content)
        os.chmod(self.path(name), mode)

    def setup(self, *options, code=0):
        done = subprocess.run([CLI, "setup", "openvpn", "--root", self.root, *options], capture_output=True, text=True, timeout=180, input="")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def make_keys(self):
        folder = self.path("/etc/openvpn/server")
        shutil.copy(os.path.join(EXAMPLES, "sample-keys", "dh2048.pem"), folder)

        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=180)
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        openssl("req", "-x509", *key, "-days", "30", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.crt")
        for name in ("server", "client"):
            openssl("req", "-new", *key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
            with open(os.path.join(folder, name + ".ext"), "w", encoding="utf-8") as file:
                file.write(f"extendedKeyUsage={name}Auth\nkeyUsage=digitalSignature\n")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
                    "-extfile", f"{name}.ext", "-out", f"{name}.crt")

    def start_openvpn(self):
        process = subprocess.Popen(["unshare", "--mount", "--net", "--propagation", "private", "bash", "-c", NAMESPACE],
                                   env={**os.environ, "ROOT": self.root}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(120)

    def log(self, name):
        path = self.path(f"/{name}.log")
        return read(path).decode(errors="replace") if os.path.exists(path) else ""

    def ask(self, command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(self.path(SOCKET))
            stream = connection.makefile("rwb")
            if not stream.readline().startswith(b">INFO"):
                return ""
            stream.write(command.encode() + b"\n")
            stream.flush()
            lines = []
            while (line := stream.readline().decode(errors="replace").rstrip()) not in ("END", ""):
                lines.append(line)
            return "\n".join(lines)

    def client_is_in(self):
        try:
            return "CLIENT_LIST\tclient\t" in self.ask("status 3")
        except OSError:
            return False

    def test_shown_done_and_taken_back(self):
        before = tree(self.path("/etc"))
        shown = self.setup("--dry-run")
        self.assertIn("+management " + SOCKET + " unix", shown)
        self.assertIn("+LimitNPROC=1000", shown)
        self.assertIn("systemctl restart davylampd", shown)
        self.assertEqual(tree(self.path("/etc")), before, "a dry run changes nothing")
        self.setup(code=1)  # nobody said yes
        self.assertEqual(tree(self.path("/etc")), before)

        done = json.loads(self.setup("--yes", "--json"))
        self.assertEqual([server["state"] for server in done["servers"]], ["changed"])
        self.assertEqual(stat.S_IMODE(os.stat(self.path(CONFIG)).st_mode), 0o600)
        sockets = os.stat(self.path("/run/davylamp/openvpn"))
        self.assertEqual((stat.S_IMODE(sockets.st_mode), sockets.st_uid, sockets.st_gid), (0o750, 0, DAVYLAMP_ID))
        changed = tree(self.path("/etc"))
        self.assertIn("nothing to do", self.setup("--yes"))
        self.assertEqual(tree(self.path("/etc")), changed)

        self.setup("--undo", "--yes")
        self.assertEqual(tree(self.path("/etc")), before, "byte for byte, with mode and owner")
        self.assertFalse(os.path.exists(self.path("/var/lib/davylamp-setup")))
        self.assertIn("nothing to do", self.setup("--undo", "--yes"))

    def test_a_real_openvpn_accepts_it(self):
        self.make_keys()
        self.setup("--yes")
        spool = self.path("/run/davylamp/hook/server/spool")  # as the daemon makes it
        os.mkdir(spool)
        os.chown(spool, DAVYLAMP_ID, DAVYLAMP_ID)
        os.chmod(spool, 0o3733)
        process = self.start_openvpn()
        eventually(self.client_is_in, 90, lambda: f"a client is let in; server:\n{self.log('server')[-3000:]}\nclient:\n{self.log('client')[-2000:]}")
        self.assertIn("OpenVPN", self.ask("version"))
        self.assertNotIn("Failed running command", self.log("server"))
        self.stop(process)
        lines = b"".join(read(os.path.join(spool, name)) for name in os.listdir(spool))
        self.assertIn(b"disconnected", lines)
        self.assertIn(b"common_name=client", lines)

    def test_doctor_names_what_is_missing(self):
        done = subprocess.run([CLI, "--config", self.path("/etc/davylamp/davylamp.toml"), "doctor", "--json"], capture_output=True, text=True, timeout=180)
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertFalse(report["ok"])
        self.assertIn("setup openvpn", " ".join(line["remedy"] for line in report["lines"] if line["topic"] == "configuration"))


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root: namespaces and owners of files")
        raise SystemExit(77)
    skip_without_lab()
    unittest.main(verbosity=2)
