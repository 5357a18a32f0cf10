#!/usr/bin/env python3
"""Moves UDP payload through the lab's tunnels, from one process with a socket in every namespace.

Fixed rate for a while, or a wandering background load. Bounded in rate and time; stops on SIGTERM.
"""
import argparse
import ctypes
import json
import os
import random
import select
import signal
import socket
import struct
import sys
import time

PAYLOAD_BYTES = 1200
HELLO = struct.Struct("!4sI")  # magic, client index: tells the far end where that client is now
STEP_SECONDS = 0.02
NEWNET = 0x40000000
TUNNEL = {"udp": "10.8.0.1", "tcp": "10.9.0.1"}


def socket_in(namespace):
    """A non-blocking UDP socket that lives in another network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    away = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if libc.setns(away, NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter the network namespace {namespace}")
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        if libc.setns(home, NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "cannot return from a network namespace")
        return made
    finally:
        os.close(home)
        os.close(away)


def parse_rate(text):
    factor = {"k": 1e3, "m": 1e6, "g": 1e9}.get(text[-1:].lower(), 1)
    rate = float(text[:-1] if factor != 1 else text) * factor
    if not 0 < rate <= 1e9:
        raise argparse.ArgumentTypeError("a rate in bit/s such as 200k or 2M, up to 1G")
    return rate


class Flow:
    """One client: how fast it sends and receives, and what is still owed."""

    def __init__(self, client, rate, directions):
        self.index = client["index"]
        self.target = (TUNNEL[client["server"]], 0)
        self.socket = socket_in(client["namespace"])
        self.base = rate
        self.directions = directions
        self.level = {"up": 1.0, "down": 1.0}
        self.owed = {"up": 0.0, "down": 0.0}
        self.far_address = None
        self.next_hello = self.heard_at = 0.0
        self.sent = {"up": 0, "down": 0}

    def wander(self):
        for direction in self.level:
            # mostly gentle steps; now and then a pause or a burst; downloads outweigh uploads
            mean = 1.0 if direction == "down" else 0.25
            step = self.level[direction] * random.lognormvariate(0, 0.35)
            if random.random() < 0.02:
                step = mean * random.choice((0.01, 0.05, 5.0))
            self.level[direction] = min(6.0, max(0.005, step * 0.9 + mean * 0.1))

    def pay(self, direction, send):
        """Sends what is owed in one direction; what cannot be sent now is forgotten, not queued."""
        payload = HELLO.pack(b"lab ", self.index) + bytes(PAYLOAD_BYTES - HELLO.size)
        while self.owed[direction] >= PAYLOAD_BYTES:
            self.owed[direction] -= PAYLOAD_BYTES
            try:
                send(payload)
                self.sent[direction] += PAYLOAD_BYTES
            except OSError:
                self.owed[direction] = 0.0
                return

    def send_up(self, payload):
        self.socket.sendto(payload, self.target)


def drain(source, learn=None, now=0.0):
    for _ in range(4000):
        try:
            received, address = source.recvfrom(2048)
        except OSError:
            return
        if learn is not None and len(received) >= HELLO.size:
            magic, index = HELLO.unpack_from(received)
            if magic == b"lab " and index in learn:
                learn[index].far_address = address
                learn[index].heard_at = now


class Generator:
    def __init__(self, options, lab):
        chosen = [c for c in lab["clients"] if options.client in (None, c["index"])]
        if not chosen:
            sys.exit(f"lab traffic: no client {options.client}")
        directions = ("up", "down") if options.direction == "both" else (options.direction,)
        self.options = options
        self.hub = socket_in(lab["prefix"] + "-srv")
        self.hub.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.hub.bind(("0.0.0.0", 0))
        port = self.hub.getsockname()[1]
        self.flows = {c["index"]: Flow(c, options.rate, directions) for c in chosen}
        for flow in self.flows.values():
            flow.target = (flow.target[0], port)
        self.poller = select.poll()
        for source in [self.hub] + [f.socket for f in self.flows.values()]:
            self.poller.register(source, select.POLLIN)
        self.by_descriptor = {f.socket.fileno(): f for f in self.flows.values()}
        self.hello_seconds = 0.15 if len(self.flows) <= 20 else 1.0
        self.patience_seconds = 1e9 if options.blind else 3 * self.hello_seconds
        self.next_wander = 0.0
        self.stopped = False

    def stop(self, *_):
        self.stopped = True

    def step(self, now, elapsed):
        wander = self.options.wander and now >= self.next_wander
        if wander:
            self.next_wander = now + 1
        for flow in self.flows.values():
            if now >= flow.next_hello:
                flow.next_hello = now + self.hello_seconds
                try:
                    flow.send_up(HELLO.pack(b"lab ", flow.index))
                except OSError:
                    pass
            if wander:
                flow.wander()
            for direction in flow.directions:
                flow.owed[direction] += flow.base * flow.level[direction] / 8 * elapsed
            flow.pay("up", flow.send_up)
            if flow.far_address and now - flow.heard_at < self.patience_seconds:
                flow.pay("down", lambda payload, flow=flow: self.hub.sendto(payload, flow.far_address))
            else:
                flow.owed["down"] = 0.0

    def run(self):
        began = previous = time.monotonic()
        while not self.stopped and (now := time.monotonic()) - began < self.options.seconds:
            self.step(now, min(now - previous, 0.5))
            previous = now
            for descriptor, _ in self.poller.poll(STEP_SECONDS * 1000 if len(self.flows) <= 50 else 50):
                if descriptor == self.hub.fileno():
                    drain(self.hub, self.flows, time.monotonic())
                else:
                    drain(self.by_descriptor[descriptor].socket)
            time.sleep(0.005)
        return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(prog="lab traffic")
    parser.add_argument("--lab-dir", required=True)
    parser.add_argument("--rate", type=parse_rate, default=parse_rate("2M"), help="bit/s per client and direction")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--client", type=int)
    parser.add_argument("--direction", choices=("up", "down", "both"), default="both")
    parser.add_argument("--blind", action="store_true", help="go on sending down to a client that has fallen silent")
    parser.add_argument("--wander", action="store_true", help="random walk around the rate")
    options = parser.parse_args()
    options.seconds = min(options.seconds, 7 * 86400)
    with open(os.path.join(options.lab_dir, "lab.json"), encoding="utf-8") as file:
        lab = json.load(file)
    generator = Generator(options, lab)
    signal.signal(signal.SIGTERM, generator.stop)
    signal.signal(signal.SIGINT, generator.stop)
    seconds = generator.run()
    up = sum(f.sent["up"] for f in generator.flows.values())
    down = sum(f.sent["down"] for f in generator.flows.values())
    print(f"lab traffic: {len(generator.flows)} clients, {seconds:.1f} s, {up} bytes up, {down} bytes down (payload)")


if __name__ == "__main__":
    main()
