"""Which texts are mail addresses, and how two of them are told to be the same."""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

LONGEST = 254


class AddressError(ValueError):
    """A text is no address that we send mail to."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address: `text` to send to and to show, `key` (in small letters) to compare by, and
    its domain in small letters."""

    text: str
    key: str
    domain: str


def parse(text: str) -> Address:
    """The address that somebody typed. Raises AddressError.

    Letters beyond ASCII are refused: they make look-alikes, and no authority's address has any.
    """
    bare = text.strip(" \t")
    if len(bare) > LONGEST or not bare.isascii() or not bare.isprintable():
        raise AddressError("not an address")
    try:
        # Asking other machines whether it is there would tell by time, and them who signs in.
        valid = validate_email(bare, allow_smtputf8=False, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise AddressError("not an address") from error
    domain = str(valid.ascii_domain).lower()
    address = f"{valid.local_part}@{domain}"
    return Address(text=address, key=address.lower(), domain=domain)
