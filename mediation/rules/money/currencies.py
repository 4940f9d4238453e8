"""In what a union reckons: one currency for all its sums, so that no two are ever added (practice.md 2.1)."""
from __future__ import annotations

from mediation.rules.language import Text, Word, vocabulary

YUAN = "CNY"
CURRENCIES = vocabulary(
    Word("CNY", "人民币", "Chinese yuan"), Word("USD", "美元", "US dollars"), Word("EUR", "欧元", "euros"),
    Word("HKD", "港元", "Hong Kong dollars"), Word("RUB", "卢布", "Russian roubles"),
    Word("MNT", "图格里克", "Mongolian tugriks"), Word("JPY", "日元", "Japanese yen"))
SEVERAL = Text("这里的工会用几种货币（{codes}），金额不能相加：请选一个站点",
               "The unions here have several currencies ({codes}), which are never added: choose one station")
