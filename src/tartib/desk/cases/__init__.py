"""What the pages of all kinds of cases share: timeline, moves, rows of lists, work."""
