"""Work lists of each role, supervision, duty, the calendar of sessions."""
