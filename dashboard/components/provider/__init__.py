"""Parts of the pages about one organisation."""
