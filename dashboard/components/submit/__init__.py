"""Parts of the pages on which something is sent to the data team."""
