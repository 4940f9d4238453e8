"""What comes in from files: tables as they are written, what their columns mean, what each row says."""
