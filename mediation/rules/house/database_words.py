"""The settings of the database in words, by the names that it knows them by."""
from __future__ import annotations

from mediation.rules.language import Word, vocabulary

SETTINGS = vocabulary(
    Word("version", "版本", "Version"), Word("journal_mode", "存盘方式", "How changes are kept"),
    Word("synchronous", "写到盘上才算存好", "Saved only when on disk"),
    Word("foreign_keys", "行与行的引用要对得上", "References between rows hold"),
    Word("secure_delete", "删掉的内容随即抹去", "What is deleted is wiped"),
    Word("trusted_schema", "不执行数据库文件里带的代码", "No code in the file is run"),
    Word("cell_size_check", "读的时候检查是否损坏", "Damage is looked for while reading"),
    Word("wal_autocheckpoint", "日志由写入的一方并入", "The writer brings the log over"),
    Word("journal_size_limit", "日志并入后截短", "The log is cut short"),
    Word("server_version", "版本", "Version"), Word("server_encoding", "库里的编码", "Encoding of the database"),
    Word("client_encoding", "传输的编码", "Encoding of the connection"),
    Word("fsync", "写到盘上才算存好", "Saved only when on disk"),
    Word("full_page_writes", "断电也不留半页", "No half page after a power cut"),
    Word("synchronous_commit", "答复以前先写好日志", "The log is written before the answer"),
    Word("collation", "排序规则", "Order of signs"),
)
