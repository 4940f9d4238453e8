"""What the law says without a day to count: rows that people read at the table of rules, each with its articles."""
from __future__ import annotations

from typing import NamedTuple

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.law.laws import cite

GROUPS = vocabulary(
    Word("mediation", "调解怎么办", "How mediation goes"),
    Word("arbitration", "仲裁和裁决", "Arbitration and awards"),
    Word("court", "法院和支付令", "Courts and payment orders"),
    Word("bar", "时效", "Time bars"),
    Word("inspection", "劳动监察和工会监督", "Labour inspection and union supervision"),
    Word("days", "节假日", "Public holidays"),
)


class Statement(NamedTuple):
    """One row: its number in the collection of law, its group, what holds, the articles, how sure it is (H, M, L)."""

    id: str
    group: str
    text: Text
    cites: str
    confidence: str

    @property
    def article(self) -> Text:
        """Law and article in words."""
        return cite(self.cites)


def _s(id: str, group: str, zh: str, en: str, cites: str, confidence: str = "H") -> Statement:
    return Statement(id, group, Text(zh, en), cites, confidence)


STATEMENTS: tuple[Statement, ...] = (
    _s("S37", "mediation", "工会参与劳动争议处理办法第5条以后的条文没有查到：设立、期限、效力、台账均不作依据",
       "Of the union rules of 2023 nothing after article 4 could be read: founders, limits, effect and records rest on"
       " other rules", "U23", "M"),
    _s("S38", "mediation", "支持在乡镇（街道）、工会、行业、区域设调解组织，设仲裁院调解中心、职工法律服务工作站；没有规定期限和效力",
       "Bodies at townships, unions, sectors and regions are supported, and arbitration–court mediation centres and "
       "legal service stations; no limits or effect are said", "R71", "M"),
    _s("S35", "mediation", "委派调解不成的，连同材料书面报告法院，坚持起诉的登记立案；委托调解不成的，转入审判。自己在线申请不成的，建议立案。"
       "双方同意可以延长，鉴定期间不计入",
       "Mediation before filing that fails goes back to the court with papers and report, and is registered if the "
       "party insists; after filing, the trial goes on. An own online request: advise filing. Longer by consent; the "
       "time of an appraisal is left out", "TY 21; TY 26; TY 27; ZX 21; ZX 24; ZX 26"),
    _s("S28", "arbitration", "一裁终局：（一）劳动报酬、工伤医疗费、经济补偿、赔偿金，每项不超过当地月最低工资标准十二个月；"
       "（二）执行国家标准在工作时间、休息休假、社会保险方面的争议，不限数额。两类都有的分别裁决；混在一个裁决里的按非终局",
       "A final award: (1) pay, injury medical costs, severance, damages, each item at most twelve monthly minimum "
       "wages; (2) state standards on hours, leave, insurance, without a cap. Both kinds: two awards; mixed in one: "
       "not final",
       "TJF 47; R33 50; JS1 18; JS1 19; JS1 20"),
    _s("S34", "arbitration", "竞业限制补偿属于经济补偿；赔偿金包括二倍工资的加付部分、违法试用期和违法解除的赔偿金等。年休假、代通知金没有写明；"
       "支付令比照适用，待核",
       "Compensation for a bar on competition is severance; damages are the second half of double pay, unlawful "
       "probation, unlawful ending and the like. Leave and notice pay are not named; for payment orders by analogy, to"
       " be confirmed",
       "R33 50(2)"),
    _s("S40", "arbitration", "新仲裁法（2026年3月1日）不管劳动争议，仍用调解仲裁法",
       "The new Arbitration Law (1 March 2026) leaves labour disputes to the law on their mediation and arbitration",
       "ZCF 93"),
    _s("S32", "arbitration", "超龄劳动者：报酬、休息、劳动安全卫生、工伤，按本规定的依调解仲裁法处理，其他的直接向法院起诉。"
       "可以向监察投诉加班、最低工资、按时足额支付。时效是否按第27条第4款，不明",
       "Over-age workers: pay, rest, safety and injury under this rule go by the labour law, all else to the court. "
       "They may complain of overtime, minimum wage and full timely pay. Whether TJF 27(4) holds for them is unclear",
       "R56 19; R56 20"),
    _s("S29", "court", "没有调解协议的支付令：只限劳动报酬；程序终结的先仲裁。有调解协议的支付令终结后，可凭协议直接起诉",
       "A payment order without an agreement: pay only; once it ended, arbitration comes first. After one on an "
       "agreement, the agreement may be sued on directly", "LCL 30(2); JS1 13"),
    _s("S30", "court", "直接起诉：调解仲裁法第10条的调解组织主持达成、只涉及劳动报酬的协议不履行的，法院可以按普通民事案件受理",
       "Direct suit: an agreement only on pay before a body of TJF 10 that is not performed; the court may take it as "
       "an ordinary civil case", "JS1 51(2)"),
    _s("S31", "court", "司法确认：解释只写人民调解委员会、给付内容、其所在地基层法院；民事诉讼法范围更宽，先问当地法院",
       "Judicial confirmation: the interpretation names only people's mediation committees, payment, their basic "
       "court; the Civil Procedure Law is wider: ask the local court", "JS1 52; CPL 205"),
    _s("L17", "bar", "劳动关系存续期间拖欠劳动报酬的争议，不受一年限制；终止的，自终止之日起一年内提出",
       "Arrears of pay while the employment lasts are under no year; once it ended, within a year of the end",
       "TJF 27(4); R33 26"),
    _s("S33", "inspection", "应当走争议程序的、已在调解、仲裁、诉讼中的，监察应当告知走该程序，不限于欠薪；自治区的还可以终止已立的案，"
       "5个工作日立案，支付由单位举证。单位不支付的仍可依第9条投诉",
       "Matters that must use the dispute procedure, or are already in mediation, arbitration or court, are pointed "
       "there, not only arrears; in Inner Mongolia a filed case may even be closed, a file is opened in 5 working "
       "days, and the employer proves payment. The complaint of TJF 9 remains",
       "JC 21(2); IMJ 14; IMJ 19; IMJ 22; TJF 9"),
    _s("S41", "inspection", "工会提示函10个工作日、意见书30个工作日内书面答复；建议书5个工作日内立案或说明、立案后90日内办结。"
       "已进入执行、仲裁、诉讼的不再受理",
       "A union's reminder is answered in 10, an opinion in 30 working days; on a recommendation a file is opened in "
       "5, done in 90 days. Refused once enforcement, arbitration or court runs",
       "IMG 19; IMG 20; IMG 21; IMG 22; IMG 23; IMG 24"),
    _s("T12", "days", "每年都放假：1月1日；除夕至初三；清明、端午、中秋；5月1日至2日；10月1日至3日。逢周末的在工作日补假，"
       "妇女节、青年节等半天假不顺延（待核）。当年通知没有载入的，仍是暂估",
       "Off in every year: 1 January; eve to third day of the Spring Festival; Tomb-sweeping, Dragon Boat, Mid-autumn;"
       " 1 and 2 May; 1 to 3 October. On a weekend they are made up; half-days do not move a last day (to be "
       "confirmed). Without the year's notice it stays provisional", "FJ 2; FJ 3; FJ 6"),
    _s("S39", "days", "2026年的通知：国办发明电〔2025〕7号，2025年11月4日",
       "The notice for 2026: No. 7 of 2025, 4 November 2025", "HOL"),
)
