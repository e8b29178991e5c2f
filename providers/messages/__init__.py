"""Telling people: an outbox of mail, digests and alerts that they asked for, webhooks."""
