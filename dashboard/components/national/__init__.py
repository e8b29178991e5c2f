"""Parts of national pages."""
