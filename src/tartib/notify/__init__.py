"""What customers and shops are told: messages with their fate, templates in every language, channels."""
