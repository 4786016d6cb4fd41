"""What everything else is made of: ids, instants, refusals, canonical JSON. Imports nothing of ours."""
