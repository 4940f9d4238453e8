"""The law and the house rules: tables of data with their sources, and pure functions over them."""
