"""Addresses of which the gate asks something else than of the others, each with its reason."""
from __future__ import annotations

# Where a log-in may go that is not whole yet, by what it still lacks.
ALWAYS_OPEN = frozenset({"auth.log_out", "auth.set_language", "static"})
FORCED_OPEN = ALWAYS_OPEN | {"auth.password", "auth.change_password"}
HALF_OPEN = ALWAYS_OPEN | {"auth.code", "auth.enter_code"}
CODES_OPEN = ALWAYS_OPEN | {"codes.show", "codes.begin", "codes.confirm", "auth.ask_proof", "auth.prove"}
# What is sent to an address and is no form that goes through the press (press.py), each with the reason. Nothing of it
# is kept when the log-in has lapsed.
UNPRESSED = {
    "auth.log_in": "nobody is known yet, and a wrong password is counted before the page is shown again",
    **dict.fromkeys(("auth.enter_code", "auth.prove"), "a wrong one is counted before the page is shown again"),
    "auth.log_out": "ends the log-in; nothing is typed",
    "auth.set_language": "one choice, also of those who are not logged in",
    **dict.fromkeys(("cases.reveal", "papers.show_with_numbers", "papers.show_kept_with_numbers",
                     "papers.word_file_with_numbers"),
                    "shows numbers, and is on record before it does"),
    "supervision.create_feed": "shows a secret address once",
    "lists.find": "a search: words are kept and nothing of the office changes",
    "admin.read_notice": "shows how a pasted notice is read; nothing changes",
    "intake.remind": "a piece of the page while it is filled in",
    "intake.save_draft": "the draft while the page is filled in; it keeps itself",
    "late_entries.remind": "a piece of the page while it is filled in",
    "late_entries.save_draft": "the draft while the page is filled in; it keeps itself",
    **dict.fromkeys(("intake.drop_draft", "late.drop"), "throws a draft away; nothing is typed"),
}
SECRET = dict.fromkeys(("auth.change_password", "codes.confirm"), "a password or code")  # pressed, and never kept
