"""The wire forms of acts, one file per family: how each is read strictly and how it is written."""
