"""Loading: stage, check, derive and publish, in one transaction."""
