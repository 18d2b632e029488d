"""What is written from the code and committed: schema, types and reference pages of the wire.

``python -m shipinban.generate`` writes them, ``--check`` says which differ from the code.
"""
