"""From an address to an answer: the router, the document, headers, kept pages, scripts."""
