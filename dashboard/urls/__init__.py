"""Addresses: of pages, and of the choices in a query string."""
