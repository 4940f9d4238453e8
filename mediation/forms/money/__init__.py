"""Claims, agreements, instalments, payments, and what each worker is owed."""
