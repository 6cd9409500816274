"""What Tartib is measured with: `python -m bench` prints each figure beside the limit the same server sets in SQL."""
