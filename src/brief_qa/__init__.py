"""Answers in French from a news archive, every sentence with its source."""
