"""How fast the pages are: ``make bench``, or ``python -m bench --help``."""
