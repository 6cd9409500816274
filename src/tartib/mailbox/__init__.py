"""E-mails that come in: what customers answer to messages about their cases, and news of those that did not arrive."""
