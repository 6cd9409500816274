"""The tenant: shops, their branches, the people who work there and what each may do."""
