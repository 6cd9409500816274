"""Pro-forma invoices, invoices and credit notes of orders, numbered without gaps, and what each of them says."""
