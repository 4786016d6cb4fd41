"""Pages about the record: its entries, their proof, and where they were sent."""
