"""What servers say to each other: documents, keys, signatures, proofs, discovery. Pure (protocol.md §4)."""
