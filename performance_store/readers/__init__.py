"""Readers: each turns one kind of input into the typed stream of :mod:`.stream`."""
