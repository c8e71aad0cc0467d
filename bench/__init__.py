"""Benchmarks: ratios within one run, against plain Odoo and its peers."""
