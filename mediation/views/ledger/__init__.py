"""The sheets of the ledger: columns, exports, import."""
