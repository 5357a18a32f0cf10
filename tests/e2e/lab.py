"""The lab for tests: its own directory and namespaces, OpenVPN's own accounts read back."""
import faulthandler
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import unittest

SOURCE_DIRECTORY = os.environ.get("DAVYLAMP_SOURCE_DIR") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SCRIPT = os.path.join(SOURCE_DIRECTORY, "tools", "lab", "lab.sh")
SKIPPED = 77  # CTest's SKIP_RETURN_CODE


LAST_WORDS_SECONDS = 20
last_moment = time.monotonic() + float(os.environ.get("DAVYLAMP_TEST_SECONDS") or "inf") - LAST_WORDS_SECONDS  # CTest ends it after that
witnesses = {}  # who can say what happened in a test that failed: what makes the text, by a name


def when_busy(seconds):
    """A bound for a machine at rest, longer by as much as there is more to run than processors."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Patience:
    """So many seconds of a machine at rest: more on a busy one, and while all stands still none pass.

    It ends in time for last words: a test that CTest ends has none.
    """

    def __init__(self, seconds, longest_step=2.0):
        self.seconds, self.longest_step = seconds, longest_step
        self.began = self.looked_at = time.monotonic()
        self.spent = 0.0

    def over(self):
        now = time.monotonic()
        self.spent += min(now - self.looked_at, self.longest_step)
        self.looked_at = now
        return self.spent >= when_busy(self.seconds) or now >= last_moment

    def __str__(self):
        return f"{self.seconds} s (it was waited for {time.monotonic() - self.began:.0f} s, load {os.getloadavg()[0]:.1f})"


def eventually(condition, seconds, what, step=0.05):
    """Waits until condition() is true and returns what it returned; fails, naming `what`, when the patience is over.

    What is asked about may not be there yet: a KeyError is no answer.
    """
    patience = Patience(seconds, longest_step=step + 2)
    while True:
        try:
            result = condition()
        except KeyError:
            result = None
        if result:
            return result
        if patience.over():
            raise AssertionError(f"not within {patience}: {what() if callable(what) else what}")
        time.sleep(step)


def say_what_happened(err=None):
    if err is not None:
        print("".join(traceback.format_exception(*err)), file=sys.stderr, flush=True)
    for name, text in list(witnesses.items()):
        try:
            print(f"--- {name}:\n{text()}", file=sys.stderr, flush=True)
        except Exception as error:  # whatever it is, the others are to be heard
            print(f"--- {name}: {error!r}", file=sys.stderr, flush=True)


class Result(unittest.TextTestResult):
    """Whatever runs in a test that fails says at once what it knows: later it is gone."""

    def addFailure(self, test, err):
        say_what_happened(err)
        super().addFailure(test, err)

    def addError(self, test, err):
        say_what_happened(err)
        super().addError(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            say_what_happened(err)
        super().addSubTest(test, subtest, err)


def say_where_it_hangs():
    print("--- it does not come to an end; where it is:", file=sys.stderr, flush=True)
    faulthandler.dump_traceback(all_threads=True)
    say_what_happened()


unittest.TextTestRunner.resultclass = Result
if last_moment < float("inf"):
    watchdog = threading.Timer(max(0.0, last_moment + LAST_WORDS_SECONDS / 2 - time.monotonic()), say_where_it_hangs)
    watchdog.daemon = True
    watchdog.start()


def skip_without_lab():
    """Ends the program as skipped where namespaces are not permitted, except where a lab is demanded (CI)."""
    check = subprocess.run([SCRIPT, "check", "--prefix", f"dt{os.getpid()}"], capture_output=True, text=True, timeout=180)
    if check.returncode == 0:
        return
    print(check.stdout.strip() or check.stderr.strip())
    sys.exit(1 if os.environ.get("CI") == "true" or os.environ.get("DAVYLAMP_REQUIRE_LAB") else SKIPPED)


class Account:
    """One line of hooks.log: a connect, or a disconnect with OpenVPN's final counters."""

    def __init__(self, fields):
        self.event, self.server, self.common_name = fields[0], fields[1], fields[2]
        self.opened_at = int(fields[3])
        self.real_address, self.virtual_address = fields[4], fields[6]
        self.rx_bytes, self.tx_bytes, self.seconds = int(fields[8]), int(fields[9]), int(fields[10])

    @property
    def key(self):
        return (self.server, self.common_name, self.opened_at, self.virtual_address)


class Lab:
    def __init__(self, clients=8, **options):
        self.directory = tempfile.mkdtemp(prefix="davylamp-lab-")
        os.chmod(self.directory, 0o755)
        self.prefix = f"dt{os.getpid()}"
        arguments = ["--clients", str(clients)]
        for name, value in options.items():
            arguments += ["--" + name.replace("_", "-"), str(value)]
        self.arguments = arguments

    def __enter__(self):
        try:
            self.call("up", *self.arguments, seconds=180)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.call("down")
        subprocess.run(["rm", "-rf", self.directory], check=False)

    def call(self, *words, seconds=120):
        command = [SCRIPT, "--dir", self.directory, "--prefix", self.prefix, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=when_busy(seconds))
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    @property
    def state(self):
        with open(os.path.join(self.directory, "lab.json"), encoding="utf-8") as file:
            return json.load(file)

    def client(self, index):
        return next(client for client in self.state["clients"] if client["index"] == index)

    def server(self, name):
        return next(server for server in self.state["servers"] if server["name"] == name)

    def accounts(self, event=None, server=None):
        with open(os.path.join(self.directory, "hooks.log"), encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")[1:-1]
        accounts = [Account(line.split("\t")) for line in lines]
        return [a for a in accounts if event in (None, a.event) and server in (None, a.server)]

    def finals(self, server=None):
        return self.accounts("client-disconnect", server)

    def open_count(self, server=None):
        return len(self.accounts("client-connect", server)) - len(self.finals(server))

    def wait_open(self, count, server=None, seconds=30):
        eventually(lambda: self.open_count(server) == count, seconds, lambda: f"{count} clients of {server} connected, there are {self.open_count(server)}")

    def start_traffic(self, rate="500k"):
        self.call("traffic", "start", "--rate", rate)

    def send_down(self, index, rate, seconds):
        """A stream of `rate` bit/s towards a client that does not care whether anybody listens; the process."""
        command = [SCRIPT, "--dir", self.directory, "--prefix", self.prefix, "traffic", "--client", str(index),
                   "--direction", "down", "--rate", str(rate), "--seconds", str(seconds), "--blind"]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def install_hook(self, program):
        """davylamp-hook for both servers, where `user nobody` can reach it; the folder of the servers' hook folders."""
        folders = os.path.join(self.directory, "hook")
        os.mkdir(folders)
        os.chmod(folders, 0o755)
        hook = os.path.join(self.directory, "davylamp-hook")
        subprocess.run(["cp", program, hook], check=True)
        with open(os.path.join(self.directory, "next-hook"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec "{hook}" "{folders}/$1"\n')
        os.chmod(file.name, 0o755)
        return folders

    def stop_traffic(self):
        self.call("traffic", "stop")

    def management(self, server, command):
        """Sends one command as another management client would, and returns the first line of its answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(self.server(server)["management"])
            stream = connection.makefile("rwb")
            greeting = stream.readline()
            if not greeting.startswith(b">INFO"):
                raise AssertionError(f"no greeting from {server}: {greeting!r}")
            stream.write(command.encode() + b"\n")
            stream.flush()
            while (line := stream.readline().rstrip()).startswith(b">"):
                pass
            answer = [line.decode()]
            while command.startswith("status") and line not in (b"END", b""):
                line = stream.readline().rstrip()
                answer.append(line.decode())
            return answer if command.startswith("status") else answer[0]

    def client_ids(self, server):
        """common name -> client id, as `status 3` gives them now."""
        rows = [line.split("\t") for line in self.management(server, "status 3") if line.startswith("CLIENT_LIST\t")]
        return {row[1]: int(row[10]) for row in rows}
