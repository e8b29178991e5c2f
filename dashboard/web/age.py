"""How old the data are, as the frame around every page tells it."""

from __future__ import annotations

from dashboard.components.common.data_age import sentence
from dashboard.data.door import StoreState, now
from dashboard.data.errors import StoreUnavailable


def store_state() -> StoreState | None:
    """What the store serves, or None while it cannot be asked."""
    try:
        return now()
    except StoreUnavailable:
        return None


def data_age(state: StoreState | None) -> str:
    """One sentence about how old the data is and where it comes from."""
    if state is None:
        return "We cannot tell how old the data is: our database is not answering."
    if state.as_at is None or state.kind is None:
        return "No data has been loaded yet."
    return sentence(state.as_at, state.kind)
