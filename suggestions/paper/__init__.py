"""The paper forms of the office (A4), filled from the case, and the lists of a period that go on paper."""
