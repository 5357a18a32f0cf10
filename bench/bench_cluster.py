#!/usr/bin/env python3
"""Observations a second through Redis, two workers and into PostgreSQL, beside what Redis and PostgreSQL do alone in the same run.

bench_cluster.py [RATE [SECONDS [SESSIONS]]]      50,000 for 60 s of 20,000 open sessions
Environment: DAVYLAMPD, DAVYLAMP, CLUSTER_LOAD (the programs). Everything is on loopback, and shares this machine's cores.

Sustained is what was stored from 10 s after the beginning to the end of the load; what waits in Redis and how far the store is behind
is shown every 10 s: neither may grow.
"""
import os
import re
import select
import subprocess
import sys
import time

SOURCE_DIRECTORY = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(SOURCE_DIRECTORY, "tests", "e2e"))

from cluster import SHARDS, Davylamp, table  # noqa: E402
from lab import eventually  # noqa: E402
from services import POSTGRES_BINARIES, REDIS, Postgres, Redis, new_folder, remove_folder, skip_without  # noqa: E402

LOAD = os.environ.get("CLUSTER_LOAD", "")
TICKS = os.sysconf("SC_CLK_TCK")
# As a report of one peer's counters is in a stream, and how many are together in one entry under load.
REPORT_BYTES, REPORTS_PER_ENTRY = 200, 100
# What each report adds to its session, see cluster_load.cpp.
RX_BYTES_PER_REPORT = 1_000
LOOK_EVERY_SECONDS = 10


def cpu_seconds(pid):
    """Of a process and those it has waited for."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


def parent_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def group_cpu_seconds(leader):
    """Of all processes that a service forked; those of PostgreSQL are groups of their own."""
    total = 0.0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if leader in (int(pid), os.getpgid(int(pid)), parent_of(pid)):
                total += cpu_seconds(pid)
        except (ProcessLookupError, FileNotFoundError):
            continue
    return total


class Place:
    """What cluster.Davylamp needs of a cluster."""

    def __init__(self, directory):
        self.directory = directory


def raw_redis(redis, seconds=5):
    """Entries written and read by Redis's own program, in reports a second."""
    entry = "x" * (REPORT_BYTES * REPORTS_PER_ENTRY)
    common = ["redis-benchmark", "-h", "127.0.0.1", "-p", str(redis.port), "--user", "davylamp", "-a", redis.password, "-c", "4", "-P", "8", "--csv"]
    def rate(count, *command):
        done = subprocess.run([*common, "-n", str(count), *command], capture_output=True, text=True, timeout=120)
        return float(re.findall(r'"([\d.]+)"', done.stdout.splitlines()[-1])[0])
    write = rate(4_000, "XADD", "davylamp:raw", "*", "o", entry)
    redis.call("XGROUP", "CREATE", "davylamp:raw", "g", "0")
    read = rate(400, "XREADGROUP", "GROUP", "g", "c", "COUNT", "10", "STREAMS", "davylamp:raw", ">") * 10
    redis.call("DEL", "davylamp:raw")
    return write * REPORTS_PER_ENTRY, read * REPORTS_PER_ENTRY


def raw_copy(postgres, rows=200_000):
    """Rows a second by COPY into a table as wide as sessions, with a primary key."""
    postgres.sql("CREATE TABLE raw (id BIGINT PRIMARY KEY, source TEXT, peer TEXT, server TEXT, username TEXT, opened BIGINT, seen BIGINT, rx BIGINT, tx BIGINT, facts TEXT)")
    lines = "".join(f"{row}\tbench/openvpn/load\t1795300000/1795300000/{row}\tload\tuser{row}\t1795300000\t1795300060\t{row * 1000}\t{row * 7000}\tudp AES-256-GCM 198.18.0.1 1194\n"
                    for row in range(rows))
    began = time.monotonic()
    done = subprocess.run([f"{POSTGRES_BINARIES}/psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "davylamp", "-d", "davylamp", "-c",
                           "COPY raw FROM STDIN"], input=lines, text=True, capture_output=True, timeout=300, env={**os.environ, "PGPASSWORD": postgres.password})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    taken = time.monotonic() - began
    postgres.sql("DROP TABLE raw")
    return rows / taken


def stored_rx(postgres):
    return int(postgres.sql("SELECT COALESCE(sum(rx_bytes), 0) FROM sessions")[0][0])


def epochs(postgres):
    return int(postgres.sql("SELECT sum(epoch) FROM shards")[0][0])


def waiting_entries(redis):
    return sum(int(redis.call("XLEN", f"davylamp:observations:{shard}")[1:]) for shard in range(SHARDS))


class Watch:
    """Looks while the load runs: how much waits in Redis, and how many reports are stored."""

    def __init__(self, redis, postgres):
        self.redis, self.postgres = redis, postgres
        self.began, self.before, self.epochs = time.monotonic(), stored_rx(postgres), epochs(postgres)
        self.looks = []

    def look(self):
        waiting = waiting_entries(self.redis)
        stored = (stored_rx(self.postgres) - self.before) // RX_BYTES_PER_REPORT
        self.looks.append((time.monotonic() - self.began, waiting, stored))

    def until_line(self, stream):
        while not select.select([stream], [], [], max(0, (len(self.looks) + 1) * LOOK_EVERY_SECONDS - (time.monotonic() - self.began)))[0]:
            self.look()
        line = stream.readline()
        self.look()
        return line

    def sustained(self):
        """Reports stored a second, from the first look to the last."""
        (first_at, _, first), (last_at, _, last) = self.looks[0], self.looks[-1]
        return (last - first) / (last_at - first_at) if last_at > first_at else last / last_at


def start_workers(folder, redis, postgres):
    lines = (table("[store]", url=postgres.url, password_file=postgres.password_file)
             + table("[bus]", url=redis.url, password_file=redis.password_file, shards=SHARDS))
    workers = [Davylamp(Place(folder), f"worker-{number}", lines, "process") for number in (1, 2)]
    for worker in workers:
        worker.start()
    held = "SELECT count(*), count(DISTINCT holder) FROM shard_leases WHERE holder IS NOT NULL"
    eventually(lambda: postgres.sql("SELECT to_regclass('shard_leases') IS NOT NULL") == [["t"]], 60, "the workers have made the schema", step=0.5)
    eventually(lambda: postgres.sql(held) == [[str(SHARDS), "2"]], 60, lambda: f"two workers share {SHARDS} shards: {postgres.sql(held)}", step=0.5)
    return workers


def measure(folder, redis, postgres, rate, seconds, sessions):
    services = {"redis": redis, "postgres": postgres}
    workers = start_workers(folder, redis, postgres)
    services.update({worker.name: worker for worker in workers})
    load = subprocess.Popen([LOAD, redis.url, redis.password_file, str(sessions), str(rate), str(seconds)], stdout=subprocess.PIPE, text=True)
    try:
        if load.stdout.readline().strip() != "arrived":
            raise AssertionError("the load did not begin")
        watch = Watch(redis, postgres)
        began, before = watch.began, {name: group_cpu_seconds(one.process.pid) for name, one in services.items()}
        before["load"] = cpu_seconds(load.pid)
        said = watch.until_line(load.stdout).split()
        used = {name: group_cpu_seconds(one.process.pid) - before[name] for name, one in services.items()}
        used["load"] = cpu_seconds(load.pid) - before["load"]
        passed = time.monotonic() - began
        observations, unsent, dropped, expected = int(said[1]), int(said[3]), int(said[5]), int(said[7])
        load.wait(120)
        eventually(lambda: stored_rx(postgres) == expected, 180, lambda: f"{expected} bytes are stored: {stored_rx(postgres)}; it said {said}; shards changed hands {epochs(postgres) - watch.epochs} times", step=0.2)
        whole = time.monotonic() - began
        return {"observations": observations, "unsent": unsent, "dropped": dropped, "looks": watch.looks, "moves": epochs(postgres) - watch.epochs, "sustained": watch.sustained(), "seconds": passed, "whole": whole,
                "cpu": {name: share / passed for name, share in used.items()}}
    finally:
        load.kill()
        load.wait()
        for worker in workers:
            worker.stop()


def main():
    skip_without(REDIS, f"{POSTGRES_BINARIES}/postgres", LOAD)
    rate, seconds, sessions = (int(word) for word in (sys.argv[1:] + ["50000", "60", "20000"][len(sys.argv) - 1:]))
    folder = new_folder("davylamp-bench-")
    try:
        with Redis(folder) as redis, Postgres(folder, settings=("shared_buffers=256MB", "max_wal_size=4GB")) as postgres:
            write, read = raw_redis(redis)
            copy = raw_copy(postgres)
            found = measure(folder, redis, postgres, rate, seconds, sessions)
    finally:
        remove_folder(folder)
    report(found, {"rate": rate, "sessions": sessions}, {"Redis writes": write, "Redis reads": read, "COPY takes": copy})


def report(found, asked, alone):
    label = f"cluster/{asked['sessions']}_sessions/{asked['rate']}_per_s"
    given, late = found["observations"] / found["seconds"], found["whole"] - found["seconds"]
    print(f"{label}  given {given:,.0f} observations/s for {found['seconds']:.1f} s, sustained {found['sustained']:,.0f} stored/s; the last was stored {late:.1f} s after the end, "
          f"so {found['observations'] / found['whole']:,.0f}/s from the first to the last; limit 50,000, or half of what the slowest engine does alone")
    for at, waiting, stored in found["looks"]:
        print(f"{label}  after {at:4.0f} s: {waiting} entries wait in Redis, the store is {max(0.0, at - stored / given):.1f} s behind")
    print(f"{label}  when the load ended {found['unsent']} were not yet sent; dropped {found['dropped']}; shards changed hands {found['moves']} times")
    print(f"{label}  CPU, in cores: " + ", ".join(f"{name} {share:.2f}" for name, share in sorted(found["cpu"].items(), key=lambda item: -item[1])))
    print(f"{label}  reference, in the same run: " + ", ".join(f"{name} {rate:,.0f}/s alone ({rate / found['sustained']:.1f} times as many)" for name, rate in alone.items())
          + f"; reports of {REPORT_BYTES} bytes, {REPORTS_PER_ENTRY} in an entry")


if __name__ == "__main__":
    main()
