"""The words on the pages on which something is sent to the data team."""

from __future__ import annotations

from providers.submissions.rows import Kind

QUESTION: dict[Kind, str] = {
    "provide": "Give the address of data that is not collected yet",
    "replace": "Give a new address in place of one that is collected now",
    "take_back": "Ask for an address that has ended to be collected again",
    "retire": "Ask for an address not to be collected any more",
    "correct": "Correct the documentation page or the licence of an address",
    "help": "Ask the data team for help",
}
"""What somebody may want, as the choices of the first page."""
NEEDS: dict[Kind, tuple[str, ...]] = {
    "provide": (
        "the web address of the data, which we check before you send it",
        "the address of the page on your website that says what the data is",
        "to know whether the data is under the Open Government Licence",
    ),
    "replace": (
        "the new web address of the data, which we check before you send it",
        "which address it replaces",
        "the address of the page on your website that says what the data is",
    ),
    "take_back": ("to know which address it is: we check it before you send it",),
    "retire": ("to know which address it is",),
    "correct": ("to know which address it is, and what is right",),
    "help": ("your question",),
}
"""What one needs for it."""
NEXT = {
    "provide": "Check this address",
    "replace": "Check this address",
    "take_back": "Check this address",
    "retire": "Continue",
    "correct": "Continue",
    "help": "Continue",
}
NOTE: dict[Kind, tuple[str, str]] = {
    "provide": ("Anything the data team should know (optional)", "Such as what is not in it yet."),
    "replace": (
        "Anything the data team should know (optional)",
        "Such as what is not in it yet, or from when the old address stops.",
    ),
    "take_back": ("Anything the data team should know (optional)", "Such as why it had ended."),
    "retire": (
        "Why it is not needed any more (optional)",
        "Such as that the same data is at another address.",
    ),
    "correct": ("Anything the data team should know (optional)", "Such as what is wrong now."),
    "help": (
        "What do you need help with?",
        "Say what you tried and what happened.",
    ),
}
"""What the note is called, and the hint below it."""
FIELDS = {"documentation": "The page about the data", "licence": "The licence"}
"""What a correction may be of."""
DECLARATION = (
    "By sending this you say that the details are right as far as you know, and that you may say "
    "so for the authority."
)
