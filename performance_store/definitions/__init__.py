"""What figures mean, and what the specifications ask for."""
