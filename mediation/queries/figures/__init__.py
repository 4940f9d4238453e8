"""Every number that is counted: statistics, indicators, returns, issued figures, closed periods."""
