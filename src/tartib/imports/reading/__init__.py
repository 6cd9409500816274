"""What the platforms share: bytes to text, text to rows and records, cells to values."""
