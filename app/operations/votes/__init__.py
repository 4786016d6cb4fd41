"""Votes: the roll, ballots, rounds, closing, adding up."""
