"""A customer as the shop knows them: what is held of them, handed over or erased when they ask."""
