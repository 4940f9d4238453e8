"""The demonstration county: its house, and its stories as tables. All people, numbers and employers are made up.

A story is a list of steps (day, verb, facts); ``day`` counts from the day on which the request came in. The banner's
published year 2025 is fixed: ten cases accepted, six settled, 150,000 yuan arrived, two of them commissioned by the
court, three mediated together with other bodies, one group wage case. The live cases move with today.
"""
from __future__ import annotations

from typing import NamedTuple

STATIONS = (
    # code, kind, name, short name, parent, further columns
    ("nm", "region", "内蒙古自治区总工会", "区总工会", "", {}),
    ("bayannur", "league", "巴彦淖尔市总工会", "市总工会", "nm", {}),
    ("urad-middle", "union", "乌拉特中旗总工会", "中旗总工会", "bayannur",
     {"number_form": "乌中工调〔{year}〕{n}号", "county": "150824", "phone": "0478-5910001",
      "address": "乌拉特中旗海流图镇", "legal_body": "乌拉特中旗总工会劳动争议调解委员会"}),
    ("urad-middle-practice", "practice_station", "乌拉特中旗工会实践站", "实践站", "urad-middle",
     {"channel": "I", "county": "150824", "phone": "0478-5910012", "address": "海流图镇工会实践站一楼",
      "legal_body": "乌拉特中旗总工会劳动争议调解委员会"}),
    ("urad-middle-window", "window", "乌拉特中旗综治中心工会维权窗口", "综治窗口", "urad-middle",
     {"channel": "I", "county": "150824", "phone": "0478-5910023", "address": "旗综治中心3号窗口",
      "legal_body": "乌拉特中旗总工会劳动争议调解委员会"}),
    ("urad-middle-studio", "studio", "北疆工·和调解工作室", "工作室", "urad-middle",
     {"channel": "B", "county": "150824", "phone": "0478-5910034", "address": "海流图镇职工之家二楼",
      "legal_body": "乌拉特中旗职工人民调解委员会"}),
    ("example", "union", "示例旗总工会", "示例旗总工会", "bayannur", {"number_form": "示工调〔{year}〕{n}号"}),
    ("example-practice", "practice_station", "示例旗工会实践站", "示例实践站", "example",
     {"channel": "I", "legal_body": "示例旗总工会劳动争议调解委员会"}),
    ("urad-front", "union", "乌拉特前旗总工会", "前旗总工会", "bayannur", {"number_form": "乌前工调〔{year}〕{n}号"}),
    ("urad-front-practice", "practice_station", "乌拉特前旗工会实践站", "前旗实践站", "urad-front",
     {"channel": "I", "legal_body": "乌拉特前旗总工会劳动争议调解委员会"}),
)
AGENCIES = (
    # code, kind, name, short name, contact, telephone, address, what people are sent there for
    ("court", "court", "乌拉特中旗人民法院", "法院", "立案庭 高法官", "0478-5912001", "海流图镇法院街1号", "起诉、司法确认、支付令"),
    ("procuratorate", "procuratorate", "乌拉特中旗人民检察院", "检察院", "民事检察 白检察官", "0478-5912002", "海流图镇法院街3号", "支持起诉"),
    ("petition", "petition", "乌拉特中旗信访局", "信访局", "接访科", "0478-5912003", "海流图镇党政大楼一层", "信访事项"),
    ("hr", "hr", "乌拉特中旗人力资源和社会保障局", "人社局", "劳动监察大队 苏队长", "0478-5912004", "海流图镇人社大楼二层", "劳动监察投诉、工伤认定"),
    ("justice", "justice", "乌拉特中旗司法局", "司法局", "法律援助中心", "0478-5912005", "海流图镇司法局一层", "法律援助、人民调解、民事劳务"),
    ("hailiutu", "township", "海流图镇人民政府", "海流图镇", "综治办", "0478-5912006", "海流图镇政府", "属地协调"),
    ("commission", "commission", "中共乌拉特中旗委员会政法委员会", "政法委", "综治科", "0478-5912007", "海流图镇党政大楼三层", "统筹协调"),
    ("arbitration", "arbitration", "乌拉特中旗劳动人事争议仲裁委员会", "仲裁委", "仲裁院", "0478-5912008", "海流图镇人社大楼三层仲裁院", "劳动仲裁"),
)
ACCOUNTS = (
    # username, name, role, station, agency
    ("mediator", "王秀英", "mediator", "urad-middle-practice", ""),
    ("lead", "赵强", "lead", "urad-middle-practice", ""),
    ("wulan", "乌兰", "mediator", "urad-middle-practice", ""),
    ("window", "孙丽", "mediator", "urad-middle-window", ""),
    ("supervisor", "刘建国", "supervisor", "urad-middle", ""),
    ("liaison", "高法官", "liaison", "urad-middle", "court"),
    ("bureau", "苏队长", "liaison", "urad-middle", "hr"),
    ("auditor", "陈会计", "auditor", "nm", ""),
    ("admin", "周工", "admin", "nm", ""),
    ("mediator2", "李示例", "mediator", "example-practice", ""),
    ("supervisor2", "何主席", "supervisor", "example", ""),
    ("front", "贾玉梅", "mediator", "urad-front-practice", ""),
    ("city", "云志国", "supervisor", "bayannur", ""),
)
EMPLOYERS = (
    # key, name, first 17 characters of the credit code, sector, ownership, legal person
    ("hongyuan", "乌拉特中旗宏远劳务有限公司", "91150824MA0N1C2D3", "construction", "private", "李宏"),
    ("jianan", "巴彦淖尔市建安建筑工程有限公司", "91150802MA0N4E5F6", "construction", "private", "王建安"),
    ("mine", "乌拉特中旗金泉矿业有限公司", "91150824MA0P7G8H9", "mining", "private", "张泉"),
    ("hotel", "海流图草原人家餐饮店", "92150824MA0Q2J3K4", "catering", "individual", "其木格"),
    ("rider", "巴彦淖尔市快送网络科技有限公司", "91150802MA0R5L6M7", "platform", "private", "孙凯"),
    ("coop", "乌拉特中旗牧丰养殖有限公司", "91150824MA0T8N9P2", "farming", "private", "那顺"),
    ("port", "甘其毛都顺达物流有限公司", "91150824MA0U3Q4R5", "transport", "private", "马顺"),
)


class Story(NamedTuple):
    """One case: the day it came in (a date, or days before today), the facts of the request, the steps after it."""

    key: str
    came: str | int
    by: str
    intake: dict
    steps: tuple[tuple, ...]
    is_left: bool = False  # entered on its own days, not today: nobody has touched it since


def request(name: str, told: str, head: str, yuan: int | None, narrative: str, **more: object) -> dict:
    """The facts of an ordinary request; ``more`` adds or replaces fields of the intake."""
    return {"source": "walk_in", "name": name, "told": told, "part": "employer", "head": head, "yuan": yuan,
            "narrative": narrative, **more}


TWELVE = """巴特尔 15500 13847862213
苏和 15500 13847860002
那木拉 15500 13847860003
阿拉坦·乌拉 15500 13847860004
额尔德木图 15500 13847860005
王铁柱 15500 13847860006
李二小 15500 13847860007
赵来福 15500 13847860008
孙德胜 15500 13847860009
周满仓 15500 13847860010
吴长青 15500 13847860011
郑有田 15500 13847860012"""
TEN = "\n".join(f"{name} 8640 138478611{n:02d}" for n, name in enumerate(
    ("朝鲁", "达来", "格日勒", "哈斯", "呼和", "毕力格", "宝音", "张有福", "马三", "高明"), 1))

TAKE = ((0, "agrees", {}), (0, "accept", {}), (0, "take_up", {}))

YEAR_2025: tuple[Story, ...] = (
    Story("y1", "2025-01-09", "mediator", request(
        "斯琴", "草原人家饭店", "wages", 18000, "去年六月去的饭店做面点，讲好每月3000元。\n干到年底，六个月工资没给，老板说年后再说。"), (
        *TAKE, (4, "session", {"said": "老板其木格承认欠六个月，说账上没钱，愿意分两次给。"}),
        (4, "resolve", {"employer": "hotel"}),
        (5, "agree", {"yuan": 18000, "count": 2, "first": 8, "rhythm": "month"}),
        (8, "pay", {"whole": True}), (12, "reconcile", {"seq": 1}), (36, "pay", {"whole": True}),
        (38, "reconcile", {"seq": 2}), (40, "visit", {}), (40, "close", {}), (60, "archive",
                                                                                                          {}))),
    Story("y2", "2025-02-20", "mediator", request(
        "王海", "金泉矿业", "severance", 12000, "干了四年，二月通知不用来了，没给补偿。", source="court", channel="E",
        source_number="（2025）内0824诉前调31号", source_body="乌拉特中旗人民法院"), (
        *TAKE, (6, "session", {"said": "单位说是违纪，拿不出制度；双方各退一步。"}), (6, "resolve", {"employer": "mine"}),
        (9, "agree", {"yuan": 9500, "count": 1, "first": 12}), (12, "pay", {"whole": True}),
        (15, "visit", {}), (15, "close", {}), (40, "archive", {}))),
    Story("y3", "2025-03-11", "mediator", request(
        "朝鲁", "宏远劳务，一中工地", "wages", 8640, "十个人在一中工地砌墙，干到去年十一月，工钱一直没结。",
        roster=TEN, headcount=10, part="labour_contractor", source="governance", flags=["rural"]), (
        *TAKE, (6, "consult", {"agenda": "核实一中工地十人用工和欠薪数额，未结工程款能否先付工资", "conclusion": "欠薪属实，由总包从未结工程款中优先支付，镇里跟到付清。",
                               "bodies": (
            ("hr", "劳动监察大队 苏队长", "工资表与考勤对得上，应由总包先行清偿。"), ("hailiutu", "综治办", "未结工程款够付，镇里协调。"))}),
        (6, "session", {"said": "人社局、镇里到场，总包答应从未结工程款里付。", "others": "人社局 苏队长、海流图镇综治办"}),
        (6, "resolve", {"employer": "hongyuan"}),
        (10, "agree", {"each": 8640, "count": 2, "first": 20, "rhythm": "month"}),
        (20, "pay", {"whole": True}), (50, "pay", {"whole": True}), (52, "reconcile", {"seq": 2}), (55, "visit", {}),
        (55, "close", {}))),  # its first slip is corrected and the file put away after the books were closed
    Story("y4", "2025-04-02", "lead", request(
        "乌云其其格", "牧丰养殖", "injury_medical", 15000, "接羔时被撞伤，住院花了一万五，单位只垫了两千。", flags=["injury"]), (
        *TAKE, (8, "consult", {"agenda": "工伤认定怎么走，医药费谁先垫", "conclusion": "医药费由单位先付，工伤认定由本人申请。", "bodies": (
            ("hr", "工伤科", "符合申请条件，三十日内提出。"),)}),
        (8, "session", {"said": "单位愿付医药费，工伤认定另行申请。", "others": "人社局"}), (8, "resolve", {"employer": "coop"}),
        (11, "agree", {"yuan": 12600, "count": 1, "first": 14}), (14, "pay", {"whole": True}),
        (20, "visit", {}), (20, "close", {}), (45, "archive", {}))),
    Story("y5", "2025-05-15", "mediator", request(
        "马小军", "快送站点", "wages", 6200, "送外卖三个月，站点扣了押金和最后一个月的单钱。", flags=["new_form"],
        source="hotline"), (
        *TAKE, (3, "session", {"said": "站长把扣款明细拿来，差额双方对清。", "way": "phone"}), (3, "resolve", {"employer": "rider"}),
        (4, "agree", {"yuan": 5500, "count": 1, "first": 4}), (4, "pay", {"whole": True}),
        (6, "visit", {}), (6, "close", {}), (30, "archive", {}))),
    Story("y6", "2025-06-18", "mediator", request(
        "孟和", "顺达物流", "wages", 21000, "跑口岸的煤车，三个月运费提成没结。", source="court", channel="E",
        source_number="（2025）内0824诉前调102号", source_body="乌拉特中旗人民法院"), (
        *TAKE, (9, "consult", {"agenda": "提成怎么算，法律援助律师到场", "conclusion": "按磅单算提成，双方认可一万八千元。", "bodies": (
            ("justice", "法律援助中心律师", "有磅单和转账记录，数额可以算清。"),)}),
        (9, "session", {"said": "法援律师到场算清提成，单位认1.8万。", "others": "司法局法律援助中心"}),
        (9, "resolve", {"employer": "port"}), (13, "agree", {"yuan": 18000, "count": 1, "first": 20}),
        (20, "pay", {"whole": True}), (27, "visit", {}), (27, "close", {}), (50, "archive", {}))),
    Story("y7", "2025-03-25", "mediator", request(
        "丁文", "金泉矿业", "unlawful_ending", 46000, "被辞退，要赔偿金。"), (
        *TAKE, (6, "session", {"said": "差距太大，单位只肯给一个月工资。"}),
        (12, "fail", {"reason_code": "too_far"}), (13, "notify", {}), (13, "close", {"way": "arbitration"}), (40,
                                                                                                              "archive",
                                                                                                              {}))),
    Story("y8", "2025-05-06", "lead", request(
        "刘芳", "草原人家饭店", "overtime", 7800, "每天干十二个小时，从没给过加班费。"), (
        *TAKE, (5, "session", {"said": "饭店不认加班时间，没有考勤。"}),
        (10, "fail", {"reason_code": "refusal"}), (11, "notify", {}), (11, "close", {"way": "informed"}), (40,
                                                                                                           "archive",
                                                                                                           {}))),
    Story("y9", "2025-06-30", "mediator", request(
        "陈立", "建安公司", "wages", 5600, "说好工程完了给钱，拖了三个月。"), (
        *TAKE, (4, "withdraw", {"reason": "单位私下结清，申请人说不用再办了"}), (6, "close", {"way": "given_up"}),
        (30, "archive", {}))),
    Story("y10", "2025-07-14", "mediator", request(
        "布仁", "建安公司", "injury_grants", 88000, "工伤十级，伤残补助没给。", flags=["injury"]), (
        *TAKE, (8, "session", {"said": "单位说等保险，双方都想要仲裁的结论。"}),
        (14, "refer", {"to": "TO_ARBITRATION", "agency": "arbitration", "reason": "双方愿意由仲裁裁决伤残待遇"}),
        (20, "close", {"way": "arbitration"}), (45, "archive", {}))),
)

LIVE: tuple[Story, ...] = (
    Story("l1", 0, "mediator", request(
        "其其格", "李老板，城南工地", "wages", 9600, "在城南工地做饭，三月到八月，讲好每天100元，只给过2000元。",
        part="labour_contractor", evidence=["workmates"], tried=["none"], flags=["rural"]), ()),
    Story("l2", 2, "window", request(
        "杨秀兰", "快送站点", "deposit", 500, "离职了，站点不退押金。", source="hotline", external="12351-2026-07731",
        part="employer", flags=["new_form"]), ()),
    Story("l3", 4, "mediator", request(
        "郝建军", "老魏（包工头）", "wages", 14200, "五六个人跟老魏在新区铺路，两个月工钱没结，电话打不通。",
        part="labour_contractor", headcount=5, as_told={"headcount": "五六人"}), (
        (1, "no_answer", {"next": 2}), (2, "no_answer", {"next": 4}))),
    Story("l4", 3, "window", request(
        "萨仁", "牧丰养殖", "wages", 11000, "放羊五个月，只给了一个月工钱。", source="governance", external="综治2026-1102"), (
        (1, "agrees", {}), (2, "accept", {}))),
    Story("l5", 6, "lead", request(
        "高翔", "金泉矿业", "overtime", 23500, "井下倒班，加班费按平时算的。"), (
        (1, "agrees", {}), (2, "accept", {}), (3, "assign", {"to": "mediator"}))),
    Story("l6", 21, "mediator", request(
        "巴特尔", "宏远劳务，职教中心工地", "wages", 15500, "十二个人在职教中心工地绑钢筋，七月到十月的工钱一分没给。\n"
        "李某说总包没给他钱，总包说已经给过了。", roster=TWELVE, headcount=12, part="sub_contractor", source="court",
        channel="E", source_number="（2026）内0824诉前调123号", source_body="乌拉特中旗人民法院", language="mongolian",
        interpreter="其其格", flags=["rural"], second=("建安公司", "general_contractor")), (
        (0, "agrees", {}), (0, "accept", {}), (0, "take_up", {}), (1, "representatives", {"count": 3}),
        (9, "letter", {"agency": "hr", "kind": "task", "direction": "out", "purpose": "核实总包是否已拨付人工费",
                       "number": "乌中工函〔2026〕12号", "due": 18}),
        (11, "session", {"said": "双方各说一遍。李某承认欠款，数目对得上，要等总包拨款。", "next": 17}),
        (17, "session", {"said": "总包来人，愿看银行流水再定。", "next": 22,
                         "concession": "总包私下表示可以先垫一半，不愿写进笔录。"}),
        (18, "resolve", {"employer": "hongyuan", "part": "sub_contractor"}),
        (19, "contact", {"reached": False, "whom": "respondent", "next_step": "再打李老板，问流水", "next": 21}),
        (19, "call", {"agenda": "总包说已拨款、分包说没收到：流水怎么查，总包先付多少", "planned": 24,
                      "bodies": ("court", "hr", "procuratorate")}),
        (20, "entered", {"agency": "procuratorate", "who": "白检察官", "said": "材料齐了可以支持起诉。"}))),
    Story("l7", 24, "wulan", request(
        "韩梅", "草原人家饭店", "severance", 7200, "饭店换老板，原来的人都不要了，没给补偿。"), (
        (2, "agrees", {}), (3, "accept", {}), (3, "take_up", {}), (8, "session", {"said": "新老板说不归他管。"}))),
    Story("l8", 40, "mediator", request(
        "赵铁", "建安公司", "injury_benefit", 60000, "从架子上摔下来，腰椎骨折，还没认定工伤。", flags=["injury"]), (
        (1, "agrees", {}), (2, "accept", {}), (2, "take_up", {}), (6, "session", {"said": "等工伤认定结论。"}),
        (7, "pause", {"ground": "injury_finding", "document": "工伤认定申请受理通知"}),
        (8, "letter", {"agency": "hr", "kind": "task", "purpose": "工伤认定办到哪一步", "number": "乌中工函〔2026〕9号"}),
        (12, "reply", {"agency": "hr", "said": "已受理，正在核对事故材料，预计六十日内作出结论。", "number": "中人社函〔2026〕31号"}))),
    Story("l9", 75, "mediator", request(
        "宝力道", "顺达物流", "wages", 36000, "跑车半年，工资只给了一半。"), (
        (1, "agrees", {}), (1, "accept", {}), (1, "take_up", {}), (6, "session", {"said": "单位认账，要求分三期。"}),
        (6, "resolve", {"employer": "port"}), (9, "agree", {"yuan": 36000, "count": 3, "first": 43, "rhythm": "month"}),
        (20, "procedure", {"kind": "jud_confirm", "document": "司法确认申请书",
                           "steps": ((3, "accept", ""), (18, "decide", "granted"))}),
        (43, "pay", {"whole": True}))),
    Story("l10", 18, "mediator", request(
        "温都苏", "牧丰养殖", "wages", 8000, "剪羊毛的工钱没结。"), (
        (1, "agrees", {}), (1, "accept", {}), (1, "take_up", {}), (5, "session", {"said": "答应卖了羊就给。"}),
        (5, "resolve", {"employer": "coop"}), (5, "account", {"account": "6217000010001235451"}),
        (6, "agree", {"yuan": 8300, "count": 1, "first": 32}),
        (8, "letter", {"agency": "hailiutu", "kind": "task", "task": "help", "purpose": "卖羊时帮着看一眼，钱到了告诉我们"}),
        (10, "phoned", {"agency": "hailiutu", "said": "嘎查已知道，月底羊贩子来时在场。"}),
        (11, "account", {"account": "6217000010001234551", "reason": "本人拿来银行卡，登记时抄错了两位",
                         "compared": "站长当面看过卡"}))),
    Story("l11", 120, "lead", request(
        "牛志强", "宏远劳务", "wages", 26000, "去年的尾款一直拖。", part="sub_contractor", flags=["rural"]), (
        (2, "agrees", {}), (2, "accept", {}), (2, "take_up", {}), (10, "session", {"said": "写了还款计划。"}),
        (10, "resolve", {"employer": "hongyuan"}), (12, "agree", {"yuan": 26500, "count": 1, "first": 78}),
        (13, "explain", {"reason": "含单位答应补的交通费500元，登记时本人没有提"}),
        (85, "contact", {"reached": True, "whom": "respondent", "next_step": "问下周的工程款", "next": 118}))),
    Story("l12", 30, "mediator", request(
        "包玉兰", "草原人家饭店", "wages", 4500, "一个半月工资没给就关门了。"), (
        (0, "agrees", {}), (0, "accept", {}), (0, "take_up", {}), (5, "session", {"said": "其木格当面认账。"}),
        (5, "resolve", {"employer": "hotel"}), (6, "agree", {"yuan": 4500, "count": 1, "first": 20}),
        (20, "pay", {"whole": True}), (20, "pay", {"yuan": 200, "reason": "另给的路费，本人已签收"}))),
    Story("l13", 26, "mediator", request(
        "田野", "快送站点", "unlawful_ending", 30000, "站点说是承揽关系，不认辞退。", flags=["new_form"]), (
        (1, "agrees", {}), (2, "accept", {}), (2, "take_up", {}), (9, "session", {"said": "站点不认劳动关系，分歧大。"}),
        (14, "fail", {"reason_code": "too_far"}))),
    Story("l14", 33, "window", request(
        "葛根", "老魏（包工头）", "wages", 6000, "打零工的钱。", part="labour_contractor"), (
        (1, "refuses", {}), (2, "refuse", {"next_door": "arbitration"}), (3, "notify", {}),
        (3, "close", {"way": "informed"}))),
    Story("l15", 20, "wulan", request(
        "金莲", "金泉矿业", "annual_leave", 5200, "五年没休过年假。"), (
        (1, "agrees", {}), (2, "accept", {}), (2, "take_up", {}), (10, "session", {"said": "单位去查考勤。"}),
        (15, "extend", {"days": 15}))),
    Story("l16", 1, "lead", request(
        "彭德", "张三（盖自家房）", "service_fee", 3000, "给张三家盖房，工钱没给。", part="household"), (
        (1, "decline", {"ground": "not_labour", "next_door": "justice"}),)),
    Story("l17", 16, "mediator", request(
        "姚静", "金泉矿业", "wages", 9800, "选矿车间化验员。反映班长骚扰后被调去看库，工资少了一半。\n本人要求不要让厂里和镇上的人知道。"), (
        (1, "agrees", {}), (2, "accept", {}), (2, "take_up", {}),
        (3, "seal", {"by": "supervisor", "reason": "涉及个人隐私，本人书面要求"}),
        (9, "session", {"said": "厂里人事科长单独来谈，答应补工资差额，骚扰的事本人另向公安报案。", "next": 20}))),
    Story("l18", 25, "wulan", request(
        "佟海", "刘工头（外省）", "wages", 5400, "给外省来的刘工头拉沙子，活干完人就走了。", part="labour_contractor", flags=["rural"]), (
        (1, "no_answer", {"next": 2}), (2, "no_answer", {"next": 4}), (4, "no_answer", {}),
        (5, "unreachable", {"next_door": "hr"}), (6, "notify", {}), (6, "close", {"way": "informed"}))),
    Story("l19", 38, "lead", request(
        "白乙拉", "宏远劳务", "overtime", 6600, "工地看夜，三个月没有加班费，也没有休过一天。", flags=["rural"]), (
        (2, "agrees", {}), (3, "accept", {}), (3, "take_up", {}), (8, "session", {"said": "单位要回去翻考勤，说下周给话。"})),
        is_left=True),
    # With l6 and l11 the third within a year at one employer, which then has all three flags of repetition.
    Story("l20", 95, "wulan", request(
        "胡日查", "宏远劳务，西环路工地", "wages", 7200, "七月在西环路铺砖，工钱说等验收，验收完又说等拨款。", part="sub_contractor",
        flags=["rural"]), (
        (1, "agrees", {}), (1, "accept", {}), (1, "take_up", {}), (6, "session", {"said": "认账，答应下月一次付清。"}),
        (6, "resolve", {"employer": "hongyuan", "part": "sub_contractor"}),
        (8, "agree", {"yuan": 7200, "count": 1, "first": 30}), (30, "pay", {"whole": True}), (34, "visit", {}),
        (34, "close", {}))),
)
# What is seldom: each once.
LOADERS = "\n".join(f"{name} 8800 138478713{n:02d}" for n, name in enumerate(
    ("陈有田", "冯来喜", "胡德海", "常胜利", "白永福", "敖其尔", "乌力吉", "扎木苏", "田守业", "康二旦"), 1))
UNUSUAL: tuple[Story, ...] = (
    # A worker who died; his widow and his son ask, each with an own share.
    Story("u1", 45, "mediator", request(
        "乌日娜", "牧丰养殖", "wages", 18000, "丈夫那日松给牧丰放了两年羊，上月初病故，半年工资没有结。", for_name="那日松",
        for_died_told="上月初", kinship="wife", kin_share="2/3"), (
        (0, "kin", {"name": "苏日塔拉", "kinship": "son", "kin_share": "1/3"}),
        *TAKE, (5, "session", {"said": "单位认账，愿意分两次付给他的家人。"}), (5, "resolve", {"employer": "coop"}),
        (7, "agree", {"yuan": 18000, "count": 2, "first": 30, "rhythm": "month"}), (30, "pay", {"whole": True}))),
    # Two who owe each an own part, two workers with own days, and a day that was agreed in words.
    Story("u2", 34, "mediator", request(
        "陈有田", "顺达物流", "wages", 8800, "十个人给顺达在金泉的煤场装车，两家互相推，工钱拖了三个月。", roster=LOADERS,
        headcount=10, flags=["rural"], second=("金泉矿业", "developer")), (
        (2, "agrees", {}), (2, "accept", {}), (2, "take_up", {}),
        (8, "session", {"said": "顺达认六万六，金泉认两万二，各付各的；两个人家里有病人，请求先付一半。"}),
        (8, "resolve", {"employer": "port"}), (8, "resolve", {"employer": "mine", "part": "developer", "place": 1}),
        (10, "agree", {"lines": (
            ("陈有田、冯来喜", 6600, 20, "顺达物流"), ("陈有田、冯来喜", 6600, "春节前", "顺达物流"), ("其余", 52800, 60, "顺达物流"),
            ("全部", 22000, "煤场验收后", "金泉矿业"))}),
        (20, "pay", {"whole": True}))),
    # Work without a labour relationship; the court that sent it is none of this banner's bodies and is shown nothing.
    Story("u3", 13, "window", request(
        "邬兰柱", "刘喜（果园主）", "service_fee", 12000, "给刘喜的果园修渠，活干完少给一万二，没有签合同。", part="household",
        source="court", channel="E", source_number="（2026）内08诉前调66号", source_body="巴彦淖尔市中级人民法院",
        confirmed=frozenset({"sender_unlisted"})), (
        (1, "agrees", {}), (1, "accept", {"relation": "civil"}), (1, "take_up", {}),
        (7, "session", {"said": "刘喜只认七千，要量过渠再说。", "next": 15}))),
    # The same sum twice on one day, both real; then too much, of which the surplus went back.
    Story("u4", 36, "lead", request(
        "白玉柱", "草原人家饭店", "wages", 6000, "后厨帮工三个月，工钱压着没给。"), (
        (1, "agrees", {}), (2, "accept", {}), (2, "take_up", {}), (6, "session", {"said": "店里答应月内付清。"}),
        (6, "resolve", {"employer": "hotel"}), (7, "agree", {"yuan": 6000, "count": 1, "first": 20}),
        (15, "pay", {"yuan": 3000, "reason": "上午付的一半"}), (15, "pay", {"yuan": 3000, "reason": "下午又付一半，两张收条"}),
        (18, "pay", {"yuan": 500, "reason": "会计不知道已付清，又打了五百"}),
        (22, "pay", {"yuan": 500, "direction": "to_employer", "reason": "多打的五百，本人退回，店里出了收条"}),
        (26, "visit", {}), (26, "close", {}))),
    # Asked again by telephone, about the dispute of the eighth live story, with the same person's numbers.
    Story("u5", 6, "mediator", request(
        "赵铁", "建安公司", "injury_benefit", 60000, "爱人打12351又问工伤的事。", source="hotline", external="12351-2026-08840",
        flags=["injury"], person=18), (
        (1, "merge", {"reason": "同一次受伤，已经在办"}),)),
)
EXAMPLE: tuple[Story, ...] = (
    Story("e1", 9, "mediator2", request(
        "示例甲", "示例公司", "wages", 7777, "邻旗的案子，中旗的人看不到。"), (
        (1, "agrees", {}), (2, "accept", {}), (2, "take_up", {}))),
)
# The same rider asked in the next banner too, where the employer has its depot: only the city, above both, is shown it.
FRONT: tuple[Story, ...] = (
    Story("f1", 1, "front", request(
        "杨秀兰", "快送站点", "deposit", 500, "在中旗送单，押金交在前旗的站点，离职不退；中旗工会也去问过。", flags=["new_form"],
        person=12), ()),  # the twelfth story's numbers: the same telephone and identity number
)

# Away from today on: who, how many days, who stands in, why.
AWAY = ("wulan", 6, "mediator", "参加自治区总工会调解员培训")

# A quarter that was closed, and what was found in it afterwards: the slip of the group's first instalment is of the
# next day, which lies in the next quarter. The year is the same.
CLOSED = ("2025Q1", "2025-04-10", "supervisor")
CORRECTED = ("y3", "2025-05-06", "2025-04-01", "核对时看回单，到账是4月1日，不是3月31日", "2025-05-20")

# Before and beside the cases: days before today. Inquiries: how, topic, people, name, question, answer, next, the
# applicant whose case it became.
INQUIRIES = (
    (12, "phone", "wages", 3, "", "三个人在工地干了两个月没给钱，没有合同怎么办？", "先收集考勤、转账、工友证言，可以来登记调解。", "come", ""),
    (9, "outreach", "overtime", 6, "", "夜班加班费该按多少算？", "不低于工资的一倍半；把排班表留好。", "done", ""),
    (5, "walk_in", "injury_benefit", 1, "白音", "上班路上摔伤算不算工伤？", "看是否本人主要责任；一个月内由单位申请认定，"
     "单位不申请本人一年内可申请。", "elsewhere", ""),
    (2, "phone", "wages", 1, "其其格", "在工地做饭，半年只给过2000元，老板姓李。", "带上身份证来实践站登记。", "come", "其其格"),
)
ACTIVITIES = (
    (20, "visit", "port", "和人社局走访口岸物流企业，看工资支付台账", "人社局", 6, 30),
    (34, "lecture", "", "工地普法夜校：欠条怎么写、证据怎么留", "司法局", 45, 60),
    (48, "check", "mine", "劳动用工体检：合同、考勤、社保对一遍", "人社局", 3, 0),
    (61, "stand", "", "12351 宣传日：海流图广场", "司法局、法院", 120, 200),
)
# Sent by the court with its own account, not yet registered: days before today, kind, its numbers, what it told, its
# paper.
HANDOVERS = ((1, "before_filing", "（2026）内0824诉前调139号", "乌中法委〔2026〕27号", {
    "name": "苏雅", "phone": "13847815120", "told": "草原人家饭店", "head": "wages", "amount": "6400",
    "narrative": "端盘子四个月，说好月底结，店里换老板后不认账。"},
    ("委派调解函.txt", "乌中法委〔2026〕27号：现将苏雅与草原人家饭店劳务报酬一案委派你会调解。")),)
# Employer (or as told), source, risk, people, what was found, how it was settled, the applicant whose case it became.
LEADS = (
    (19, "port", "", "visit", "wages", 8, "运费提成压了两个月，说等结算。", "", ""),
    (33, "mine", "", "check", "overtime", 12, "倒班加班费按平时算。", "补发差额，改了工资表。", ""),
    (26, "", "老魏（包工头），新区铺路", "report", "wages", 5, "几个人说老魏电话打不通了。", "", "郝建军"),
)
# The chain of letters to one employer; each: days before, kind, facts, demand, basis, days before of its review and
# what was found (None: nobody has reviewed it).
CHAINS = (
    ("hongyuan", (
        (88, "reminder", "两起案件中都没有按月足额支付工人工资，没有建立实名制工资台账。", "请按月足额支付工资，建立台账，十个工作日内答复本会。",
         "《保障农民工工资支付条例》第十一条、第十五条", (72, False, "台账仍未建立，工资仍按工程款结。")),
        (70, "opinion", "提示以后仍未按月支付，拖欠尾款。", "三十个工作日内付清拖欠工资，建立台账，书面答复本会。",
         "《工会法》第二十二条；《保障农民工工资支付条例》第十一条", None),
        (4, "recommendation", "两次发函后仍拖欠工资，意见书逾期没有答复。", "建议依法立案查处，责令限期支付。",
         "《保障农民工工资支付条例》第三十八条", None))),
    ("hotel", (
        (35, "opinion", "换老板后辞退全部职工，没有支付经济补偿。", "依法支付经济补偿，书面答复本会。", "《劳动合同法》第四十六条", None),)),
    ("mine", (
        (60, "reminder", "加班费计算基数偏低。", "请核对工资表，补发差额。", "《劳动法》第四十四条", (30, True, "看过工资表，差额已补发。")),)),
)
INVESTIGATORS, ISSUER = "刘建国 NM0012、王秀英 NM0034", "刘建国（监督委员会主任）"
# A batch: the case that follows, the demonstration case, its mediator, who helps on it and links, why.
BATCH = (("萨仁", "温都苏", "mediator", "window", "同一养殖场、同一批工钱，先办温都苏一件"),)

# From above, today: whose case, reminder or supervision, by which day from today, what for.
OVERSIGHT = (
    ("韩梅", "urge", 2, "已超期，先约新老板谈一次，谈不成就办延期或者结果。"),
    ("牛志强", "supervise", 5, "尾款拖了四十多天：请写明单位现在能付多少、哪天付，要不要申请支付令。"),
)
