"""How far an import has come, and what becomes of each of its rows."""
from __future__ import annotations

from mediation.rules.language import Text, Word, vocabulary

STATES = vocabulary(
    Word("draft", "待核对", "To be checked"),
    Word("running", "导入中，未完成", "Under way, unfinished"),
    Word("done", "已导入", "Imported"),
    Word("undoing", "撤销中，未完成", "Being undone, unfinished"),
    Word("undone", "已撤销", "Undone"),
    Word("dropped", "已放弃", "Given up"),
)
STANDING = frozenset({"running", "done", "undoing"})  # its file may not come a second time
MARKS = vocabulary(
    Word("good", "可以导入", "To be taken"),
    Word("hold", "有问题", "Has problems"),
    Word("part", "并入上一行的案件", "Part of another row's case"),
    Word("left", "不是案件", "No case"),
    Word("taken", "已导入", "Taken"),
)

MOST_ROWS = 200_000
HALF_STAGED = -1  # stands for the row read last, until the whole sheet is staged
MARKED_BEFORE = -2  # the same, while rows still bear marks of an earlier reading by other columns
BROKEN_OFF = Text("这个文件只读入了一半就断了：请放弃这一批，把文件再读入一次",
                  "Only a part of this file was read before it broke off: give this one up, and read the file again")
AGAIN = Text("这个文件（{sheet}）{day}已导入过（第{id}批，{taken}件），没有再导入",
             "This file ({sheet}) was imported on {day} already (import {id}, {taken} cases); nothing was taken again")
UNFINISHED = Text("这个文件（{sheet}）正在导入（第{id}批），请接着导完或撤销",
                  "This file ({sheet}) is being imported (import {id}): go on with it, or undo it")
PART, PARTS = 1000, "parts"  # rows that are added up at one go, and where the sums of these parts are kept
NOTHING = Text("没有可以导入的行", "There is no row that can be taken")
NOT_NOW = Text("现在是“{state}”，不能这样做", "It is '{state}' now: that is not possible")
UNSETTLED = Text("还有{n}列没有说明放到哪里", "{n} columns have no place yet")
NO_STATION = Text("请选您管得到的站点", "Choose a station within your reach")
UNREAD = Text("还没有读完全部的行，请先核对", "Not every row was read yet: check the sheet first")
NO_ROW = Text("没有这一行，或已经导入", "There is no such row, or it was taken already")
NO_CLERK = Text("还没有账号可以记在名下：先 user add", "There is no account in whose name to import: 'user add' first")
NO_CASES = Text("没有找到一件案件：看看标题行选得对不对", "Not one case was found: is the row of headings the right one?")
KNOWN = Text("与已有案件{number}像是同一件（{why}）", "It looks like the case {number} ({why})")
TWICE = Text("与本表第{row}行像是同一件", "It looks like the same case as row {row}")
CAME = Text("以前的导入里已有这一件（{number}）", "An earlier import has brought this case in already ({number})")
WORKED = Text("{n}件已有人办过，不能整批撤销：{numbers}", "{n} cases have been worked on, so the import cannot be undone: {numbers}")
OTHER_CURRENCY = Text("本工会已有的案件用{ours}，这张表是{theirs}，两种货币不能相加：放到用这种货币的站点，或先换算",
                      "The cases of this union are in {ours}, this sheet is in {theirs}; two currencies are never "
                      "added: choose a union with this currency, or convert first")


def part_of(number: int) -> str:
    """The part of a file in which a row lies."""
    return str(number // PART)
