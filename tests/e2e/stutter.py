"""How much of the time the machine gave to nobody who asked for it."""
import threading
import time

from lab import when_busy

PAUSE_SECONDS = 0.02
WORTH_COUNTING = 0.05  # seconds; less is what any machine takes


class Stutter(threading.Thread):
    """Adds up by how much a thread that wants to run fifty times a second ran too late. `with` runs it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.late = []  # when, and by how much, in seconds
        self.ending = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()

    def run(self):
        before = time.monotonic()
        while not self.ending.wait(PAUSE_SECONDS):
            now = time.monotonic()
            lost = now - before - PAUSE_SECONDS
            before = now
            if lost > WORTH_COUNTING:
                self.late.append((now, lost))

    def lost_since(self, moment):
        """Seconds, since `moment` of time.monotonic()."""
        return sum(min(lost, at - moment) for at, lost in list(self.late) if at > moment)

    def longest(self):
        """Seconds in which it did not run at all."""
        return max((lost for _, lost in list(self.late)), default=0.0)

    def allow(self, seconds, since):
        """A bound for a machine at rest, as it is on this one as it was since then."""
        return when_busy(seconds) + self.lost_since(since)
