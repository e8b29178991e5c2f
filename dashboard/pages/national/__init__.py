"""The national pages, and what they share: the scope they speak of, its heading and its files."""
