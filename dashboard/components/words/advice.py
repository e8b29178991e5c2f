"""What a provider can do that the platform's status says nothing of."""

from __future__ import annotations

from dashboard.components.words import amounts, formatting
from performance_store.rows import DatasetStatus

UNPROCESSED = (
    "Check that the address below is right and still leads to your data.",
    "If it is not, give the right one to the data team.",
    "If it is, you do not need to publish the data again.",
    "Ask us why it is not processed.",
)
"""Steps where an address is registered that the platform does not process."""


def is_unprocessed(row: DatasetStatus) -> bool:
    """Whether an address is registered for the dataset that the platform does not process."""
    return "endpoint_not_processed" in row.reasons


def beside_status(row: DatasetStatus, missing: int) -> list[str]:
    """Steps that leave the status as it is, but are worth taking once the data is collected.

    In: how many required fields the data lack.
    """
    if row.status in ("error", "processing"):
        return []
    steps = []
    if missing:
        fields = formatting.plural(missing, "required field that is", "required fields that are")
        steps.append(f"Add the {fields} missing. See below which.")
    if row.freshness_band == "stale":
        steps.append(
            "Check that the content is still right. If it is not, publish it again at the same "
            "address."
        )
    if row.warnings:
        words = amounts.with_warning(row.warning_rows, row.warnings)
        steps.append(f"{words}. See below what to fix.")
    return steps
