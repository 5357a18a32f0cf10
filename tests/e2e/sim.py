"""davylamp-sim under test: simulated OpenVPN servers in a directory of their own, and the truth about them."""
import json
import os
import shutil
import signal
import subprocess
import tempfile

from lab import eventually

SIM = os.environ.get("DAVYLAMP_SIM", "")


class Simulator:
    def __init__(self, *flags, script="", **options):
        self.directory = tempfile.mkdtemp(prefix="davylamp-sim-")
        self.truth_file = os.path.join(self.directory, "truth.jsonl")
        self.count = int(options.get("sockets", 4))
        arguments = ["--directory", os.path.join(self.directory, "s"), "--truth", self.truth_file]
        for name, value in options.items():
            arguments += ["--" + name.replace("_", "-"), str(value)]
        if script:
            arguments += ["--script", self.write_script(script)]
        self.arguments = [SIM, "openvpn", *arguments, *("--" + flag.replace("_", "-") for flag in flags)]

    def write_script(self, text):
        """Its path. Before the start it may be another one still."""
        path = os.path.join(self.directory, "script")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.DEVNULL)
        eventually(lambda: os.path.exists(self.socket(self.count)) or self.process.poll() is not None, 90, "the sockets are there")
        if self.process.poll() is not None:
            raise AssertionError(f"davylamp-sim ended with {self.process.returncode}")
        return self

    def __exit__(self, *_):
        self.stop()
        if not os.environ.get("DAVYLAMP_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(120)
        return self.process.returncode

    def freeze(self):
        """From now on nobody moves a byte; who is leaving leaves."""
        self.process.send_signal(signal.SIGUSR1)

    def name(self, number):
        return f"sim-{number:02}"

    def socket(self, number):
        return os.path.join(self.directory, "s", self.name(number) + ".sock")

    def sources(self, **settings):
        return [{"name": self.name(number), "management": self.socket(number), **settings} for number in range(1, self.count + 1)]

    def truth(self):
        """The sessions; handshakes and refused logins left out. It is about a second old."""
        if not os.path.exists(self.truth_file):
            return []
        with open(self.truth_file, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        return [row for row in rows if row["was_session"]]
