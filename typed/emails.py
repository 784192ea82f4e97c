"""One spelling for each e-mail address."""

import re

import idna

from typed.text import plain_code

PUNYCODE = "xn--"
# As mail programs and pages copy an address: Rhea <rhea@example.com>, mailto:rhea@example.com,
# and the end of a sentence with it.
COPIED = re.compile(
    r"(?:[^<>@]*<|(?=mailto:))?(?:mailto:)?([^\s<>@:]+@[^\s<>@]*[^\s<>@.,;:!)])[>.,;:!)]*"
)


def plain_email(text: str) -> str:
    """An address in small letters, without what nobody sees, its domain as people read it.

    `bücher.example` and `xn--bcher-kva.example` are one domain (RFC 5891), so are `ＢÜCHER` and
    `bücher`. What is no domain stays as it is, for a field to refuse.
    """
    text = plain_code(text).lower()
    copied = COPIED.fullmatch(text)
    local, at, domain = (copied[1] if copied else text).rpartition("@")
    return local + at + readable_domain(domain)


def readable_domain(domain: str) -> str:
    if domain.isascii() and PUNYCODE not in domain:
        return domain
    try:
        return idna.decode(ascii_domain(domain))
    except UnicodeError:
        return domain


def ascii_domain(domain: str) -> str:
    """The domain as the internet knows it. Raises UnicodeError for what is none."""
    return idna.encode(domain, uts46=True, std3_rules=True).decode()


def is_domain(domain: str) -> bool:
    """Whether mail can be sent there, as far as its letters go."""
    try:
        ascii_domain(domain)
    except UnicodeError:
        return domain.isascii()
    return True


def deliverable(email: str) -> str:
    """An address as mail servers take it. Django follows the rules of 2003, for which ß is ss."""
    local, at, domain = email.rpartition("@")
    if domain.isascii():
        return email
    try:
        return local + at + ascii_domain(domain)
    except UnicodeError:
        return email
