"""Submissions: what providers send to the data team, and what has become of it."""
