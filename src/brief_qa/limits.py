"""What a server allows whoever asks, unless it is told otherwise: the web's and the commands'."""

RATE = 1_200
"""Requests a minute: a whole newsroom may share an address, and results come with each key."""
TIMEOUT = 30
"""Seconds that a request may take to arrive, its body included: a question is sent in one, and a
megabyte, the most there may be, in thirty over a poor line."""
