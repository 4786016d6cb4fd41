"""One use case each: load, decide, store, announce. The only layer that sees more than one leaf."""
