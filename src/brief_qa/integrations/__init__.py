"""The archive inside other programs' frameworks: each file and its package are optional."""
