"""The record: acts sealed, received, read, checked, rebuilt, erased, bundled."""
