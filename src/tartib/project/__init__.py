"""How the rooms are put together: settings, addresses, the web application and the embedded database."""
