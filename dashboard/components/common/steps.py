"""Steps that a provider can take, with the ways to the data team that they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.components.design import text
from dashboard.components.design.element import Children
from dashboard.urls import addresses
from providers.submissions.rows import Kind

# What a step has the data team do: to take an address, or what it is asked for.
_WAY = re.compile(r"give\b[^.]*? to the data team|ask us\b[^.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """What steps are about: a dataset of an organisation (blank: anybody's), the registered address
    by its hash and the task where there is one, and as what an address is given."""

    dataset: str
    organisation: str = ""
    endpoint: str = ""
    task: str = ""
    giving: Kind = "provide"

    def way(self, words: str) -> str:
        """Where the words of a step lead."""
        if not words.lower().startswith("ask us"):
            return self.give
        if " retire" in words:
            return self.retire
        return self._send("correct" if " register" in words else "help")

    @property
    def give(self) -> str:
        """Where an address is given."""
        return self._send(self.giving)

    @property
    def retire(self) -> str:
        """Where the address is asked to be retired."""
        return self._send("retire")

    def _send(self, kind: Kind) -> str:
        return addresses.start_submission(
            self.dataset,
            self.organisation,
            task=self.task,
            kind=kind,
            endpoint="" if kind == "help" else self.endpoint,
        )


def linked(sentences: Sequence[str], about: About) -> list[Children]:
    """Steps with links to where they are taken."""
    return [with_links(sentence, about) for sentence in sentences]


def with_links(sentence: str, about: About) -> Children:
    """A step with a link to where it is taken, if that is here."""
    match = _WAY.search(sentence)
    if match is None:
        return sentence
    words = match[0]
    return [sentence[: match.start()], text.link(words, about.way(words)), sentence[match.end() :]]
