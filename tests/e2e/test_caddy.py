"""Davylamp behind a real Caddy with the configuration that is shipped: all that holds behind nginx holds behind it, too."""
import unittest

import test_front
from services import CADDY, Caddy, skip_without


class FrontOfCaddy(test_front.Front):
    program = Caddy


if __name__ == "__main__":
    skip_without(CADDY)
    unittest.main()
