"""Why an address could not be fetched: one class a reason, one sentence each.

The sentence may be shown to whoever typed the address. It never says which address of our own
network a name led to.
"""

from __future__ import annotations


class FetchError(Exception):
    """Nothing came, or not all. ``passing``: the same address may answer another time."""

    passing = False

    @property
    def sentence(self) -> str:
        """What to tell whoever typed the address."""
        return str(self)


class BadAddress(FetchError):
    """The text is no web address, or one of a form that is not fetched."""


class ForbiddenAddress(FetchError):
    """The name leads to a machine that is not on the public internet."""


class NameNotResolved(FetchError):
    """Nobody knows the name, now."""

    passing = True


class Unreachable(FetchError):
    """No connection, or none that is safe."""

    passing = True


class UnsafeConnection(Unreachable):
    """Its certificate is not to be believed, or it speaks no encryption that we do."""

    passing = False


class WrongAnswer(FetchError):
    """The server answered, but not with data that anyone can download."""


class Busy(WrongAnswer):
    """The server answers, and has nothing to give now."""

    passing = True


class TooSlow(FetchError):
    """A time limit ended it."""

    passing = True


class TooLarge(FetchError):
    """More bytes than are taken in, on the wire or unpacked."""


class TooManyRedirects(FetchError):
    """It sends us on and on."""


class BrokenAnswer(FetchError):
    """What came does not follow the rules of HTTP, or broke off."""

    passing = True
