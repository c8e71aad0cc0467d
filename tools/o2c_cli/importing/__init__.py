"""A company's own customers, products and orders, out of spreadsheets.

The way of a file: ``reading`` makes rows of it, ``checking`` finds all that is wrong
with them, knowing from ``catalogs`` what the company has, and ``loading`` hands them to
Odoo's own ``load()``. ``columns`` is the one table of what a file may hold.
"""
