"""Shops to practise in, one in each language, and the catcher that keeps their messages from leaving."""
