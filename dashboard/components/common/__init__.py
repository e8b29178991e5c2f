"""Parts that pages for providers and national pages share."""
