"""Pages about votes: ballots, the close, and why a count came out as it did."""
