"""Optional engines: each is imported by name, when it is asked for."""
