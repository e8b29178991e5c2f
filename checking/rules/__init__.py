"""The rules: what a check can say of a file, by name.

The platform's rules bear the names of its issue types; their severity and responsibility are read
from the published table. The others are ours, where the platform says nothing or should.
"""

from checking.rules.registry import RULES, Rule

__all__ = ["RULES", "Rule"]
