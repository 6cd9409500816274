"""Cases of every kind: where each stands, who is responsible, and the engine that moves them."""
