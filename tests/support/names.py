"""The numbers of a page by the names they stand under, and those with one name and two values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from lxml import html
from lxml.html import HtmlElement

# "6 of 8 (75%)", "1,204", "+3"; not the day of a date.
_NUMBER = re.compile(r"^[+\u2212-]?\d[\d,]*( of \d[\d,]*)?(?![\d,]| [A-Za-z]+ \d{4}|[-/.:]\d)")
_CLAUSE = re.compile(r"(?<![\w.,:/\u2019-])(\d[\d,]*(?: of \d[\d,]*)?) ([a-z][^.;:,()\d]*)")
# What a sentence says before or after a name that stands alone elsewhere: "141 are reachable and".
_VERBS = re.compile(r"^(of them |of these )?(are|is|have|has) | (and|are|is|have|has)$")


def two_values(page: str) -> dict[str, set[str]]:
    """Names of one page under which two different numbers stand. In: its HTML."""
    root = html.fromstring(page)
    values: dict[str, set[str]] = defaultdict(set)
    for name, value in numbers(root):
        values[name].add(value)
    for name, value in in_sentences(root):
        if name in values:
            values[name].add(value)
    return {name: numbers for name, numbers in values.items() if len(_apart(numbers)) > 1}


def in_sentences(page: HtmlElement) -> Iterator[tuple[str, str]]:
    """Every number of a page's sentences, with the words after it up to the next mark or number:
    17 and "authorities provide something"."""
    for item in page.xpath("//p | //figcaption | //li[not(.//p)]"):
        for number, words in _CLAUSE.findall(_words([item])):
            yield _VERBS.sub("", _name(words)), number


def _apart(values: set[str]) -> set[str]:
    """Values that differ: "3" is the same as "3 of 8"."""
    whole = {value.partition(" of ")[0] for value in values if " of " in value}
    return {value for value in values if value not in whole}


def numbers(page: HtmlElement) -> Iterator[tuple[str, str]]:
    """Every number of a page's stats, stages, facts and tables, with its name. A cell of a table
    is named after its row and its column."""
    for item in page.find_class("stat"):
        yield from _pair(_words(item.find_class("stat-label")), item.find_class("stat-value"))
    for item in page.find_class("funnel-step"):
        yield from _pair(_words(item.xpath("./strong")[:1]), item.find_class("funnel-count"))
    for item in page.find_class("summary-row"):
        yield from _pair(_words(item.xpath("./dt")), item.xpath("./dd")[:1])
    for table in page.xpath("//table"):
        columns = [_words([head]) for head in table.xpath("./thead/tr[last()]/*")]
        for row in table.xpath("./tbody/tr | ./tfoot/tr"):
            head, *cells = row.xpath("./th | ./td")
            name = _words(head.xpath(".//a")[:1] or [head])
            for column, cell in zip(columns[1:], cells, strict=False):
                yield from _pair(f"{name} | {column}", [cell])


def _pair(name: str, cells: list[HtmlElement]) -> Iterator[tuple[str, str]]:
    match = _NUMBER.match(_words(cells))
    if match and name:
        yield _name(name), match[0]


def _name(words: str) -> str:
    return re.sub(r"\W+", " ", words.casefold()).strip()


def _words(elements: list[HtmlElement]) -> str:
    return " ".join(" ".join(item.text_content() for item in elements).split())
