"""What is particular to orders: lines and totals, stock that follows the status, delivery, points."""
