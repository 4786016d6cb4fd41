"""What an activity from outside does here: one file for each family of activities."""
