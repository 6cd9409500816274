"""Receipts, pro-forma invoices, invoices and credit notes of orders: what each says, as a page and as a PDF."""
