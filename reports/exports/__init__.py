"""Ledgers as Excel: what there is to export, small ones at once, large ones written by a task and fetched by their owner."""
