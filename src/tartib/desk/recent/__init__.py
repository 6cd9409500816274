"""What one did lately, and taking it back."""
