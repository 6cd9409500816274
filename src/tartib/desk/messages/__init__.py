"""What the shop says and over what: texts, what is sent and what is not, the SMS service, a trial message."""
