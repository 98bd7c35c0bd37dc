"""Speed and size, each beside the plain way in the same run: ``python -m benchmarks``."""
