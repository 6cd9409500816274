"""Imports on the desk: a file is uploaded, its columns are understood, it is tried out, and brought in."""
