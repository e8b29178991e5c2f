"""What a page may meet that is not its fault; `dashboard.web.router` turns each into a page."""

from __future__ import annotations


class NotFound(Exception):
    """There is nothing at this address. In: a sentence for the reader about what was asked for."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence


class StoreUnavailable(Exception):
    """The database cannot be reached, or did not answer in time."""


class DataMoved(Exception):
    """A load replaced the data while a request was answered: it is to be answered anew."""
