"""The desk's reports."""
