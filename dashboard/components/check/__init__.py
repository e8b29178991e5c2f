"""What the pages of a check are made of."""
