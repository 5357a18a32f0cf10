#!/usr/bin/env python3
"""The program as a whole, release build: what it costs when idle, and how long a management line takes to the page.

bench_daemon.py idle     50 real clients: resident memory and CPU of davylampd, beside OpenVPN's own CPU in the same time
bench_daemon.py crowd    20,000 simulated clients on 64 management sockets, a byte count a second each: CPU and memory of davylampd,
                         beside the CPU of the simulator that says it all
bench_daemon.py latency  from a management line to the live frame, beside a bare round trip on loopback in the same run
Environment: DAVYLAMPD, DAVYLAMP, DAVYLAMP_SIM (the programs).
"""
import os
import socket
import sys
import tempfile
import threading
import time

SOURCE_DIRECTORY = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(SOURCE_DIRECTORY, "tests", "e2e"))

from daemon import Daemon, sources_of  # noqa: E402
from fake_management import GREETING, FakeManagement, answer  # noqa: E402
from lab import Lab, skip_without_lab  # noqa: E402
from live import Live  # noqa: E402
from sim import Simulator  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_bytes(pid):
    """Anonymous and file-backed memory; the second is mostly the mapped place databases."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        rows = dict(line.split(":", 1) for line in file)
    return [int(rows[name].split()[0]) * 1024 for name in ("VmRSS", "RssAnon")]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def idle(clients=50, seconds=30):
    skip_without_lab()
    with Lab(clients) as lab, Daemon(sources_of(lab)) as daemon:
        daemon.wait_servers_up("udp", "tcp")
        daemon.wait_open(clients, seconds=60)
        time.sleep(5)
        pids = {"davylampd": daemon.process.pid, "openvpn udp": lab.server("udp")["pid"]}
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        time.sleep(seconds)
        used = {name: (cpu_seconds(pid) - before[name]) / seconds * 100 for name, pid in pids.items()}
        total, anonymous = resident_bytes(daemon.process.pid)
        print(f"idle/{clients}_clients      RSS {total / 1e6:.1f} MB (of it anonymous {anonymous / 1e6:.1f} MB)   limit 20 MB")
        print(f"idle/{clients}_clients      davylampd {used['davylampd']:.2f} % of a core, limit 0.5 %   "
              f"reference: openvpn server {used['openvpn udp']:.2f} %")


def thread_seconds(pid):
    """CPU seconds of each thread, by its name; names may repeat."""
    used = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat", encoding="utf-8") as file:
            name, rest = file.read().split("(", 1)[1].rsplit(")", 1)
        fields = rest.split()
        used[name] = used.get(name, 0) + (int(fields[11]) + int(fields[12])) / TICKS
    return used


def crowd(clients=20_000, sockets=64, settle=45, seconds=60):
    with Simulator(sockets=sockets, clients=clients, active=1, arrive=10) as sim, Daemon(sim.sources()) as daemon:
        deadline = time.monotonic() + settle
        while sum(server["sessions"] for server in daemon.servers().values()) < clients and time.monotonic() < deadline + 60:
            time.sleep(1)
        time.sleep(max(0, deadline - time.monotonic()))
        began, before, sim_before = time.monotonic(), thread_seconds(daemon.process.pid), cpu_seconds(sim.process.pid)
        time.sleep(seconds)
        passed = (time.monotonic() - began) / 100
        used = {name: (now - before.get(name, 0)) / passed for name, now in thread_seconds(daemon.process.pid).items()}
        total, anonymous = resident_bytes(daemon.process.pid)
        parts = ", ".join(f"{name} {share:.1f}" for name, share in sorted(used.items(), key=lambda item: -item[1])[:4])
        label = f"crowd/{clients}_clients/{sockets}_sockets"
        print(f"{label}  davylampd {sum(used.values()):.1f} % of a core, limit 15 % ({parts})   "
              f"reference: the simulator {(cpu_seconds(sim.process.pid) - sim_before) / passed:.1f} %")
        print(f"{label}  RSS {total / 1e6:.0f} MB (of it anonymous {anonymous / 1e6:.0f} MB)   limit 120 MB")


class Ticker:
    """A healthy server with one client whose byte count is told at chosen moments."""

    def __init__(self):
        self.lock = threading.Lock()
        self.send = None
        self.sent = {}
        self.rx = 10_000

    def behave(self, send, commands):
        send(GREETING)
        for command in commands:
            with self.lock:
                reply = answer(command).replace(b"\t2468\t", b"\t%d\t" % self.rx)
                self.send = send
                send(reply)

    def tick(self):
        with self.lock:
            self.rx += 1000
            self.sent[self.rx] = time.monotonic()
            self.send(b">BYTECOUNT_CLI:0,%d,2459\r\n" % self.rx)


def round_trip(rounds=300):
    """The floor of this machine: one byte there and back over loopback, between two threads."""
    listener = socket.create_server(("127.0.0.1", 0))
    def echo():
        connection, _ = listener.accept()
        with connection:
            while byte := connection.recv(1):
                connection.sendall(byte)
    threading.Thread(target=echo, daemon=True).start()
    taken = []
    with socket.create_connection(listener.getsockname()) as connection:
        for _ in range(rounds):
            began = time.monotonic()
            connection.sendall(b"x")
            connection.recv(1)
            taken.append(time.monotonic() - began)
            time.sleep(0.001)
    return taken


def latency(samples=200):
    ticker = Ticker()
    # Polls seldom, so that the frames are due to the line and not to a listing.
    with tempfile.TemporaryDirectory() as folder, FakeManagement(folder, "fake", ticker.behave) as fake, \
            Daemon([{"name": "fake", "management": fake.path, "poll_seconds": 60}]) as daemon:
        daemon.wait_open(1)
        taken = []
        with Live(daemon) as live:
            live.message()
            for sample in range(samples):
                time.sleep(0.02 + 0.13 * ((sample * 37) % 100) / 100)
                ticker.tick()
                wanted = ticker.rx
                live.until(lambda m: any(u["rx_bytes"] >= wanted for u in m.get("updated", [])), 5, f"rx_bytes {wanted}")
                taken.append(time.monotonic() - ticker.sent[wanted])
    floor = round_trip()
    print(f"latency/line_to_frame   p50 {percentile(taken, .5) * 1e3:.1f} ms   p99 {percentile(taken, .99) * 1e3:.1f} ms   limit p99 250 ms   "
          f"reference: loopback round trip p50 {percentile(floor, .5) * 1e3:.2f} ms p99 {percentile(floor, .99) * 1e3:.2f} ms")


if __name__ == "__main__":
    {"idle": idle, "crowd": crowd, "latency": latency}[sys.argv[1] if len(sys.argv) > 1 else "latency"]()
