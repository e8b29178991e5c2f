"""The measured figures of six weekly reports of the programme, and what changed between them."""

from __future__ import annotations

from typing import NamedTuple


class Golden(NamedTuple):
    """The programme on one date: organisations, then pairs, then organisations again."""

    organisations: int
    expected: int
    endpoint: int
    some: int
    all_eight: int
    newest_200: int
    within_5_days: int
    collected: int
    no_error: int
    no_external_error: int
    supplied_80: int
    all_matched: int
    no_error_warning_notice: int
    older_than_365: int


GOLDEN = {
    "2025-01-22": Golden(73, 584, 222, 50, 6, 209, 217, 209, 164, 164, 106, 57, 96, 11),
    "2025-01-30": Golden(73, 584, 223, 50, 6, 213, 213, 213, 170, 170, 107, 58, 97, 11),
    "2025-03-05": Golden(73, 584, 249, 55, 7, 239, 240, 239, 197, 197, 131, 73, 115, 15),
    "2025-03-12": Golden(73, 584, 253, 55, 7, 244, 246, 244, 199, 199, 133, 74, 114, 18),
    "2025-03-19": Golden(73, 584, 257, 56, 7, 248, 250, 248, 151, 151, 96, 53, 95, 16),
    "2025-04-02": Golden(119, 952, 275, 61, 8, 267, 268, 267, 161, 215, 144, 82, 107, 21),
}


class Churn(NamedTuple):
    """Events of one date since the date before, by the names of their kinds."""

    newly_provided: int
    newly_broken: int
    recovered: int
    lost: int
    endpoint_replaced: int
    content_updated: int
    joined_denominator: int


CHURN = {
    "2025-01-30": Churn(1, 5, 0, 0, 0, 18, 0),
    "2025-03-05": Churn(27, 0, 1, 1, 5, 31, 0),
    "2025-03-12": Churn(4, 0, 2, 0, 1, 16, 0),
    "2025-03-19": Churn(4, 0, 0, 0, 0, 20, 0),
    "2025-04-02": Churn(15, 0, 0, 1, 6, 40, 46),
}
