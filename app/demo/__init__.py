"""The confederal cycle, played by real members through the pages of real servers."""
