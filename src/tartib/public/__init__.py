"""What the pages of a shop's customers share: the visit, its limits and proofs, and their frame."""
