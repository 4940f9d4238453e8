"""The doors to the street: one module per capability, thin."""
