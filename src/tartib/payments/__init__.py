"""What came in: payments and refunds of cases, told to the engine as events."""
