"""Documents people print and keep: data in, a page or a PDF out."""
