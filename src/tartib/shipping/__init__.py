"""How goods reach a customer: the shop's ways of delivery and what each costs."""
