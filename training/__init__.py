"""Training of the reader that ``brief_qa`` ships: see README.md beside this file."""
