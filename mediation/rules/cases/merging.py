"""并案: what goes over into the other case, what stands against it, what is asked back; what a merged case still takes.

The file of the merged case stays what it was: who asked, what was printed and served, its own time limits. Whatever is
still worked with goes over, each row once, so that no sum is counted in both.
"""
from __future__ import annotations

from mediation.rules.access import GRANTS
from mediation.rules.cases.numbers import known_as
from mediation.rules.language import Problem, Text, Word, vocabulary

MERGED = Text("本案已并入{number}，不再收登记和材料，请到{number}里办",
              "This case was merged into {number} and takes nothing more; go on in {number}")
IN_A_RING = Text("本案的并案绕成了圈，请管理员运行 check", "The merger of this case runs in a circle; let the administrator run check")

# What may still be done in a merged case: read it, narrow who may, say why a contradiction is none.
LEFT = frozenset({name for name in GRANTS if name.endswith(".read")} | {
    "paper.print", "note.concession", "party.phone", "party.reveal", "case.seal", "money.explain"})
# Its last event, those of its sight and of an upgrade; what is left to do where a merger of before left it open.
LAST_EVENTS = frozenset({"merged", "sealed", "unsealed", "rebased", "closed",
                         "contradiction_explained", "carried_over"})

# What goes over, in the order in which it is told.
CARRIED = vocabulary(
    Word("people", "当事人", "parties"),
    Word("claims", "诉求", "claims"),
    Word("payments", "到账", "payments"),
    Word("sessions", "调解记录", "sessions"),
    Word("contacts", "联系", "contacts"),
    Word("visits", "回访", "follow-ups"),
    Word("procedures", "程序", "procedures"),
    Word("supervisions", "催办督办", "reminders"),
    Word("files", "附件", "files"),
    Word("commissions", "来往函", "requests"),
    Word("numbers", "外部编号", "outside numbers"),
)

GOES_ON = Text("已并入{number}，在那里接着办。并案不能撤回：并错了的，在那里划去并来的人和诉求，另登记一件。",
               "Merged into {number}: it goes on there. A merger is not undone: where it was wrong, strike out there "
               "who and what came over, and register anew.")
LEFT_BEHIND = Text("已并入{number}，还有人、诉求或到账没有并过去：按一下，都并过去。",
                   "Merged into {number}; people, claims or payments were left behind: one press carries them over.")
NO_SUCH = Text("没有这个登记号", "There is no such number")
NOT_YOURS = Text("{number}不由您办，不能把案件并进去；请它的承办人来并，或请站长改派",
                 "{number} is not in your hands, so nothing can be merged into it; its mediator may, or the lead "
                 "reassigns it")
ITSELF = Text("不能并入自己", "A case cannot be merged into itself")
COMES_BACK = Text("{number}已经并入本案", "{number} was merged into this case")
RING = Text("{number}的并案绕成了圈，请管理员运行 check", "The merger of {number} runs in a circle; let the administrator run check")
OUT_OF_SIGHT = Text("{number}已并入您看不到的案件", "{number} was merged into a case that you may not see")
NOT_LIVE = Text("{number}是“{state}”，并不进去；要并，先恢复办理",
                "{number} is '{state}': nothing can be merged into it unless it is reopened")
HAS_AGREEMENT = Text("本案有协议，协议并不过去：请把{number}并入本案",
                     "This case has an agreement, which cannot go over: merge {number} into this case instead")
BOTH_AGREED = Text("两件都有协议，并不了：可以把一件归入另一件，作同批案件办",
                   "Both cases have an agreement and cannot be merged: let one follow the other as its lead case")
HAS_FINDING = Text("本案还有没了结的审计发现，先答复、了结", "A finding of an audit is still open here: have it answered and closed first")
HAS_CONSULTATION = Text("会诊{number}已召集还没有开：先开完或取消",
                        "The consultation {number} was called and not held: hold or drop it first")
HAS_FOLLOWERS = Text("本案是示范案，下面还有归入的案件：先取消归入", "Other cases follow this one as their lead: undo that first")
IS_RESTRICTED = Text("本案限定知悉，{number}没有：先请分管负责人把{number}也限定",
                     "This case is restricted and {number} is not: have the supervisor restrict {number} first")
HAS_RECUSED = Text("{number}的承办人在本案已经回避：先改派", "The mediator of {number} recused from this case: reassign it first")
TOO_MANY_FILES = Text("两件的附件合起来超过{n}个", "The files of both are more than {n}")
COMES_ALONG = Text("并过去以后，这些单位凭原来的函也看得到{number}：{which}。不该看的，先收回",
                   "After this the following see {number} too, by the letters they have: {which}. Recall first what "
                   "they should not")
UNRELATED = Text("{number}和本案没有相同的人、相同的单位，确是同一件事",
                 "{number} shares no person and no employer with this case; it is the same dispute all the same")
NAMESAKES = Text("两边都有{which}，证件号或电话不同，会当作不同的人。是同一个人的，先更正一边的号码",
                 "{which} stand in both with other numbers and go over as other people. Correct the numbers on one "
                 "side first where they are the same")
CLAIMS_DIFFER = Text("{number}里已有这几项，金额不同，两项都会留着：{which}。是同一笔的，先撤一项",
                     "{number} has these claims with another sum, and both will stand: {which}. Drop one first where "
                     "they are the same")
PAID_TWICE = Text("两边都有同一天、同样金额的到账：{which}。是同一笔的，先在本案冲销，否则算两笔",
                  "Both cases hold payments of the same day and sum: {which}. Reverse it here where it is the same, "
                  "else it counts twice")
NUMBERS_STAY = Text("{number}在这些系统里另有编号，本案的留在本案：{which}",
                    "{number} has other numbers in these registers, and those of this case stay here: {which}")
NOT_BOUND = Text("{number}已有协议：并过去的人不受它约束，并过去的到账算在各人名下",
                 "{number} has an agreement already: those who come over are not bound by it, and money that comes "
                 "over counts for each of them")
SAME_CLAIM = Text("并案：与{number}同一项", "merged: the same claim stands in {number}")
FILLED_IN = Text("并案时从{number}补上", "filled in from {number} when it was merged")
WENT_OVER = Text("已并入{number}", "went over into {number}")
ALONG = Text("{into}（{typed}已并入它）", "{into} (into which {typed} was merged)")


def refusal(number: str) -> Problem:
    """The one sentence of every write on a merged case; ``number`` '' where its mergers run in a ring."""
    return Problem("", MERGED.fill(number=known_as(number)) if number else IN_A_RING)


def said(carried: dict[str, int]) -> Text:
    """What came over, in words: 诉求2项、到账1笔 as 诉求 2、到账 1."""
    rows = [(word, carried[code]) for code, word in CARRIED.items() if carried.get(code)]
    return Text("、".join(f"{word.zh} {n}" for word, n in rows) or "没有别的", ", ".join(
        f"{word.en} {n}" for word, n in rows) or "nothing else")
