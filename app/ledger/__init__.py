"""The append-only record: Merkle tree, signed checkpoints, key logs. Pure (protocol.md §5)."""
