"""The door to the store: questions asked and cached, and what to do when it does not answer."""
