"""What the mail with a link and a code says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's subject and its text."""

    subject: str
    text: str


def letter(link: str, code: str, organisation: str | None, minutes: int) -> Letter:
    """The mail to somebody who wants to sign in. In: the link, the code, and the name of the
    organisation whose page they came from. The code is not in the subject: screens that are
    locked show it."""
    whence = f", from the page of {organisation}" if organisation else ""
    return Letter(
        "Sign in to Planning Data Performance",
        f"""Somebody asked to sign in to Planning Data Performance with this address{whence}.

To sign in, open this link and select the button on the page:

{link}

Or, in the browser where you asked, enter this code:

{code[:3]} {code[3:]}

Both work once and end {minutes} minutes after you asked. If you ask again, only the newest works.

If it was not you, ignore this mail: nothing happens.
""",
    )
