# SPDX-License-Identifier: GPL-2.0-or-later
"""All scenarios; importing this module registers them."""
import applications  # noqa: F401
import devices  # noqa: F401
import gateways  # noqa: F401
import handshakes  # noqa: F401
import lwips  # noqa: F401
import oddities  # noqa: F401
import paths  # noqa: F401
import programs  # noqa: F401
import slirps  # noqa: F401
from world import SCENARIOS

__all__ = ["SCENARIOS"]
