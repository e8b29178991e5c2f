"""Benchmarks that print ratios: every figure beside a baseline measured in the same run.

``python -m bench`` runs all parts and writes ``bench/results.md``; ``python -m bench load`` (or
``queries``, ``datasette``, ``pages``) one of them. Nothing here is imported by the product.
"""
