"""One module a channel. ``send(row, contact)`` delivers the row, or raises why not: :class:`errors.TryLater` or
:class:`errors.Never`, with a reason in words that a clerk understands and without any personal data or key."""
