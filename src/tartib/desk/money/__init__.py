"""Money on the desk: what came in and went back, what is to be verified, the gateways, and whether the books agree."""
