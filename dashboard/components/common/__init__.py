"""Parts that pages about one organisation and national pages share."""
