"""Spreadsheets in: bytes → tables of text → checked rows → one transaction.

:mod:`.sheets` reads CSV and XLSX alike, :mod:`.columns` turns cells into values, ``parse_*`` checks
one of the three files by itself, and ``import_*`` checks it against the database and writes. Every
bad cell is named with sheet, row, column and reason; when there is one, nothing is written.
"""
