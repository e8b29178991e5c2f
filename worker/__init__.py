"""Carries out the jobs of the queue. Nobody imports it."""
