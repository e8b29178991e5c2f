"""Signing in, the account, and what we say of privacy, cookies and accessibility."""
