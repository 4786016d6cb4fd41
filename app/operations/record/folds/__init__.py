"""What follows from the record: each module says what one kind of table must hold, by the acts and leaves alone."""
