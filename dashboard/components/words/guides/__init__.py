"""Guidance for providers, in words: what each dataset is, who must provide it, what its fields
hold, how to publish it. Facts of the specification are in `performance_store.definitions`.

`datasets` has one guide a dataset, `fields` what each field holds, `publishing` what is the same
for all of them.
"""

from dashboard.components.words.guides.datasets import GUIDES, Guide
from dashboard.components.words.guides.fields import FieldGuide, field_guide
from dashboard.components.words.guides.publishing import AGAIN, STEPS, Advice, systems

__all__ = ["AGAIN", "GUIDES", "STEPS", "Advice", "FieldGuide", "Guide", "field_guide", "systems"]
