"""The table of time limits (law.md 2.1 and 2.3), each with its law, article, confidence and validity."""
from __future__ import annotations

from mediation.rules.language import Text
from mediation.rules.law.limitation import AT_ANY_TIME, OF_CLAIMS, OF_ENFORCEMENT
from mediation.rules.law.limits import Extension, Rule, Standstill

ALL = "ABCDEFGHI"
# What a court or the arbitration commission has before it (F, G) runs no time bar.
BARRED = "ABCDEHI"
DONE = ("concluded", "effective")
# A debt that was paid is gone (CC 557(1)), and with it whatever a time bar could still cut off or an enforcement fetch.
PAID = ("performed",)
# The signed receipt of the papers starts the period; on the platform the confirmation does, and it goes first.
BY_COURT = ("platform_accepted", "papers_signed")
BOTH = Extension()
BOTH_BY_HABIT = Extension(confidence="M")
# Why a period may stand still. A mediation period has no article for it but the time of an appraisal, on the way of
# the courts; elsewhere it is advice, as the default of Standstill says.
FOR_APPRAISAL = Standstill("TY 27; ZX 24", "H", ("appraisal",))
LAST_MONTHS = Standstill("CC 194", "H", last_months=6, is_tail=True)
# CC 194 (ends six months after the obstacle) against JE 19 (the rest goes on): the earlier day is the one shown.
IN_ENFORCEMENT = Standstill("JE 19; CC 194", "M", last_months=6)

CLOCKS: tuple[Rule, ...] = (
    # Mediation periods by channel.
    Rule("M-A", Text("调解期限（企业调委会）", "Mediation period (enterprise committee)"),
         "A", 15, "nat", ("accepted",),
         "R17 29", "H", "period", extension=BOTH, may_pause=True, stops=DONE, twin="L7"),
    Rule("M-B", Text("调解期限（人民调解）", "Mediation period (people's mediation)"), "B", 1, "month", ("accepted",),
         "RMG 33", "M", "period", extension=BOTH_BY_HABIT, may_pause=True, stops=DONE, note=Text(
             "人民调解法未定期限，2002年部门规章为一般一个月，仅作提示",
             "The People's Mediation Law sets no period; about one month in the 2002 rules, advice only")),
    Rule("M-C", Text("调解期限（苏木镇、街道）", "Mediation period (township or street body)"), "C", 15, "nat",
         ("received",), "TJF 14", "H", "period", extension=BOTH_BY_HABIT, may_pause=True, stops=DONE,
         note=Text("延长依当地规定", "Extension by local rules")),
    Rule("M-D", Text("调解期限（一站式）", "Mediation period (one-stop centre)"),
         "D", 15, "nat", ("accepted",), "N4", "H",
         "period", extension=Extension(cap=15), may_pause=True, stops=DONE),
    Rule("M-E", Text("调解期限（法院委派30日）", "Mediation period (court, before filing)"), "E", 30, "nat", BY_COURT,
         "ZX 24; TY 27", "H", "period", extension=BOTH, may_pause=True, stops=DONE, fallback="accepted",
         standstill=FOR_APPRAISAL, note=Text(
             "在线调解规则优先（第30条）；有的法院只准延长一次、不超过30日",
             "The online rules prevail (art. 30); some courts allow one extension of 30 days at most")),
    Rule("M-F", Text("调解期限（法院委托，普通程序）", "Mediation period (court, ordinary procedure)"),
         "F", 15, "nat", BY_COURT,
         "ZX 24; TY 27", "H", "period", extension=BOTH, may_pause=True, stops=DONE, fallback="accepted",
         standstill=FOR_APPRAISAL,
         procedure="ordinary"),
    Rule("M-F", Text("调解期限（法院委托，简易程序）", "Mediation period (court, summary procedure)"),
         "F", 7, "nat", BY_COURT,
         "ZX 24; TY 27", "H", "period", extension=BOTH, may_pause=True, stops=DONE, fallback="accepted",
         standstill=FOR_APPRAISAL,
         procedure="summary"),
    Rule("M-F", Text("调解期限（法院委托，二审）", "Mediation period (court, second instance)"),
         "F", 5, "nat", BY_COURT,
         "HR", "M", "period", extension=BOTH_BY_HABIT, may_pause=True, stops=DONE, fallback="accepted",
         standstill=FOR_APPRAISAL,
         procedure="second", note=Text("一地实例；法院来函给了期限的，以来函为准",
                                       "From one real case; a period given in the court's letter goes first")),
    Rule("M-G", Text("调解期限（仲裁委托）", "Mediation period (arbitration)"),
         "G", 10, "wd", ("consented",), "R33 70; R33 80",
         "H", "period", stops=DONE, twin="L40", note=Text("未规定可以延长", "No extension is provided for")),
    Rule("L40", Text("仲裁中调解届满，恢复开庭", "Mediation inside arbitration ends, the hearing opens"),
         "G", 10, "wd", ("consented",), "R33 70; R33 80", "H", "right", claims="labour", stops=DONE, twin="M-G",
         note=Text("任何有能力的组织、个人均可受托；不得延长，届满应当开庭",
                   "Any able body or person; no extension; then the hearing must open")),
    Rule("M-I", Text("调解期限（工会自设组织，内定）", "Mediation period (union's own committee, office rule)"),
         "I", 15, "nat", ("received",), "HR", "M", "period", extension=BOTH_BY_HABIT, may_pause=True, stops=DONE,
         note=Text("没有约束性的期限，本单位参照15日内定；当事人随时可以申请仲裁",
                   "No limit binds; 15 days are the office's own rule. Arbitration is open at any time")),

    # Intake and the first steps.
    Rule("L1", Text("决定是否受理", "Decide on acceptance"), "A", 3, "wd", ("received",), "R17 22", "H", "duty",
         stops=("accepted", "declined", "refused", "concluded"),
         note=Text("不受理的，书面告知申请人", "When declined, the applicant is told in writing")),
    Rule("L1", Text("决定是否受理", "Decide on acceptance"), "BCDEFGH", 3, "wd", ("received",), "R17 22", "M", "duty",
         stops=("accepted", "declined", "refused", "concluded"),
         note=Text("参照企业调委会的规定", "By analogy with enterprise committees")),
    Rule("L1", Text("决定是否受理", "Decide on acceptance"), "I", 3, "wd", ("received",), "HR", "M", "duty",
         stops=("accepted", "declined", "refused", "concluded"),
         note=Text("本单位内定，没有约束性的期限", "The office's own rule; no limit binds")),
    Rule("L2", Text("平台确认接受", "Confirm on the court platform"),
         "EF", 3, "wd", ("platform_message",), "ZX 12", "H",
         "duty", stops=("platform_accepted",),
         note=Text("逾期未确认的，法院可另行指定", "Unanswered, the case is given to another mediator")),
    Rule("L3", Text("征询对方是否同意调解", "Ask the other side whether it agrees"),
         "E", 3, "wd", ("platform_accepted",),
         "ZX 15", "H", "duty", stops=("consented", "refused", "concluded")),
    Rule("L4", Text("法院指定调解员", "The court appoints the mediator"),
         "EF", 3, "wd", ("procedure_started",), "ZX 10",
         "H", "other", stops=("mediator_appointed",)),
    Rule("L4", Text("双方共同选择调解员", "The parties choose a mediator together"), "EF", 2, "wd",
         ("joint_choice", "consented"), "ZX 10", "H", "window", stops=("mediator_appointed",)),
    Rule("L5", Text("对方答复协商要求", "The other side answers the call to negotiate"), ALL, 5, "nat",
         ("reply_requested",), "R17 10", "L", "other", claims="labour", stops=("replied",), note=Text(
             "条文未写明是否工作日，按自然日算；不答复视为不愿协商",
             "The unit is not stated, taken as calendar days; silence means unwilling")),
    Rule("L6", Text("可以申请仲裁（收到申请满15日）", "Arbitration is open (15 days from receipt)"), "ABC", 15, "nat",
         ("received",), "TJF 14", "H", "right", claims="labour", stops=DONE),
    Rule("L6", Text("可以申请仲裁（收到申请满15日）", "Arbitration is open (15 days from receipt)"), "DH", 15, "nat",
         ("received",), "TJF 14", "M", "right", claims="labour", stops=DONE),
    Rule("L7", Text("企业调委会调解届满", "Enterprise committee's period ends"),
         "A", 15, "nat", ("accepted",), "R17 29", "H",
         "period", claims="labour", extension=BOTH, may_pause=True, stops=DONE, twin="M-A",
         note=Text("届满未达成协议，视为调解不成", "Without an agreement mediation is deemed to have failed")),

    # After the agreement.
    Rule("L8", Text("共同申请仲裁审查", "Ask together for arbitration review"), "ABCD", 15, "nat", ("effective",),
         "R33 74; R17 27", "H", "window", claims="labour", stops=("review_applied", "review_accepted"),
         note=Text("须双方共同申请，任何调解组织主持的均可；超出受理范围、委员会不对、逾期、确认劳动关系、已司法确认的不受理"
                   "（第75条）",
                   "Both must ask, whichever body mediated; refused: out of scope, wrong commission, late, confirming "
                   "a relationship, already confirmed (art. 75)")),
    Rule("L8", Text("共同申请仲裁审查", "Ask together for arbitration review"),
         "E", 15, "nat", ("effective",), "R33 74", "M",
         "window", claims="labour", stops=("review_applied", "review_accepted"),
         note=Text("法院委派的案件通常申请司法确认", "Cases sent by a court usually go to judicial confirmation")),
    Rule("L8", Text("共同申请仲裁审查", "Ask together for arbitration review"),
         "HI", 15, "nat", ("effective",), "R33 74", "M",
         "window", claims="labour", stops=("review_applied", "review_accepted"),
         note=Text("是否受理先问当地仲裁委", "Ask the local commission first whether it takes it")),
    Rule("L9", Text("仲裁审查办结", "Arbitration review finishes"),
         "ABCDEHI", 5, "wd", ("review_accepted",), "R33 76; R33 80",
         "H", "other", claims="labour", extension=Extension(("arbitration_head",), 5, "wd"), stops=("review_decided",),
         note=Text("送达前可以撤回（第76条）；违法、损害他人、疑似虚假、违背自愿、内容不明的不制作（第78条）",
                   "May be withdrawn before service (art. 76); no paper where unlawful, harming others, suspected "
                   "false, unfree or unclear (art. 78)")),
    Rule("L10", Text("共同申请司法确认", "Ask together for judicial confirmation"), "ABCDE", 30, "nat", ("effective",),
         "CPL 205; RMTJ 33", "H", "window", stops=("confirmation_applied", "confirmation_filed"),
         note=Text("须双方共同申请", "Both must ask")),
    Rule("L10", Text("共同申请司法确认", "Ask together for judicial confirmation"), "HI", 30, "nat", ("effective",),
         "CPL 205", "M", "window", stops=("confirmation_applied", "confirmation_filed"),
         note=Text("须双方共同申请；是否受理先问当地法院", "Both must ask; ask the local court first whether it takes it")),
    Rule("L11", Text("法院作出司法确认裁定", "The court decides on confirmation"),
         ALL, 30, "nat", ("confirmation_filed",),
         "CPL 187", "M", "other", extension=Extension(("president",), None, "nat", "M"),
         stops=("confirmation_decided",),
         note=Text("旧规定为3日受理、15日加10日办结（法释〔2011〕5号第4、5条），以后法、上位法为准",
                   "Older rules: 3 days to accept, 15 and 10 to decide; the later and higher law is followed")),
    Rule("L12", Text("法院答复是否受理支付令申请", "The court says whether it accepts the payment order"),
         ALL, 5, "nat",
         ("order_applied",), "CPL 226", "H", "other", stops=("payment_order_accepted",)),
    Rule("L13", Text("法院发出支付令", "The court issues the payment order"),
         ALL, 15, "nat", ("payment_order_accepted",),
         "CPL 227", "H", "other", stops=("order_issued",)),
    Rule("L14", Text("债务人清偿或书面异议", "The debtor pays or objects in writing"), ALL, 15, "nat",
         ("payment_order_served",), "CPL 227; CPLJ 431; CPLJ 436", "H", "other", stops=("order_answered",), note=Text(
             "口头、逾期的异议，或者只说没钱的，不算；不清偿又不异议的，15日后才可以申请执行",
             "An oral or late objection, or a mere 'cannot pay', does not count; unpaid and unobjected, it is "
             "enforceable only after the 15 days")),
    Rule("L15", Text("支付令无法送达即失效", "The payment order lapses unserved"), ALL, 30, "nat", ("order_issued",),
         "CPLJ 430", "H", "other", stops=("payment_order_served",)),

    Rule("L36", Text("支付令失效后不同意转入诉讼", "Decline that a lapsed payment order becomes a suit"), ALL, 7, "nat",
         ("order_ended",), "CPL 228(2); CPLJ 438; CPLJ 439", "H", "window", stops=("suit_filed",),
         note=Text("申请人在这几日内不表示不同意的，转入诉讼；劳动合同法第30条的支付令待核",
                   "Unless the applicant declines within these days, it becomes a suit; for orders under LCL 30 to be "
                   "confirmed")),

    # Time bars.
    Rule("L16", Text("仲裁时效", "Arbitration time bar"),
         BARRED, 1, "year", ("infringement_known",), "TJF 27(1)", "H", "bar", fallback="employment_ended",
         claims="labour", may_pause=True, stops=(*PAID, "arbitration_applied"), standstill=AT_ANY_TIME,
         restarts=OF_CLAIMS),
    Rule("L17", Text("欠薪仲裁时效（离职满一年）", "Time bar for pay (one year after leaving)"), BARRED, 1, "year",
         ("employment_ended",), "TJF 27(4); R33 26", "H", "bar", claims="labour", may_pause=True,
         stops=(*PAID, "arbitration_applied"), standstill=AT_ANY_TIME, restarts=OF_CLAIMS),
    Rule("L18", Text("时效中断后重新计算", "The time bar runs anew"),
         BARRED, 1, "year", ("interrupted",), "TJF 27(2); R33 27",
         "H", "bar", claims="labour", may_pause=True, stops=(*PAID, "arbitration_applied"), twin="L16",
         standstill=AT_ANY_TIME, restarts=OF_CLAIMS),
    Rule("S36", Text("人事争议仲裁时效", "Time bar for personnel disputes"),
         BARRED, 1, "year", ("infringement_known",), "R33 26", "H", "bar", fallback="employment_ended",
         claims="personnel", may_pause=True, stops=(*PAID, "arbitration_applied"), standstill=AT_ANY_TIME,
         restarts=OF_CLAIMS),
    Rule("S36", Text("聘任制公务员申请仲裁", "A contract civil servant applies for arbitration"),
         BARRED, 60, "nat", ("post_dispute",), "GWY 105", "H", "bar", claims="personnel",
         stops=(*PAID, "arbitration_applied"),
         note=Text("不服裁决的，15日内起诉", "Against the award, a suit within 15 days")),
    Rule("L37", Text("诉讼时效（民事三年）", "Limitation of actions (civil, three years)"), BARRED, 3, "year",
         ("infringement_known",), "CC 188; CC 189; CCJ 35", "H", "bar", fallback="employment_ended", claims="civil",
         may_pause=True, stops=(*PAID, "suit_filed"), standstill=LAST_MONTHS, restarts=OF_CLAIMS, outer=20,
         former="CC188", note=Text(
             "分期履行的自最后一期届满起算；自权利受到损害之日起满二十年不再保护，不中止、不中断",
             "With instalments from the last one due; the outer twenty years from the damage never stop or restart")),
    Rule("L38", Text("诉讼时效中止", "Suspension of the civil time bar"), BARRED, None, "", (), "CC 194", "H", "advice",
         claims="civil", note=Text("只有最后六个月内的障碍才中止；自障碍消除之日起满六个月届满",
                                   "Only an obstacle in the last six months; it then ends six months after the "
                                   "obstacle")),
    Rule("L39", Text("诉讼时效中断", "Restart of the civil time bar"), BARRED, None, "", (),
         "CC 195; SX 8; SX 9; SX 10; SX 11; SX 12; SX 13; SX 14", "H", "advice", claims="civil", note=Text(
             "到达对方的履行请求、对方同意、起诉或仲裁等、向人民调解委员会或有权的社会团体请求；可以多次，自事件或程序终结时重新计算三年",
             "A demand that arrives, consent, suit or arbitration or the like, a request to a people's mediation "
             "committee or a competent body; repeatable: three years anew from the event or the end of the procedure")),
    Rule("L19", Text("时效中止", "Suspension of the time bar"), BARRED, None, "", (), "TJF 27(3); R33 28", "H", "advice",
         claims="labour", note=Text("不可抗力或其他正当理由；原因消除之日起继续计算",
                                    "Force majeure or another just cause; it goes on when the cause is gone")),
    Rule("L20", Text("仲裁时未提时效抗辩", "Defence not raised at arbitration"),
         BARRED, None, "", (), "JS2 20", "H", "advice",
         claims="labour", note=Text("因自身原因未在仲裁时提出时效抗辩的，诉讼中一般不予支持",
                                    "A time-bar defence not raised at arbitration is normally lost in court")),

    # Other procedures.
    Rule("L21", Text("仲裁决定是否受理", "Arbitration accepts or refuses"), ALL, 5, "wd", ("arbitration_applied",),
         "TJF 29; R33 30; R33 80", "H", "other", claims="labour", stops=("arbitration_accepted",)),
    Rule("L31", Text("仲裁不受理或逾期不答复，可以起诉", "Arbitration refuses or is silent: the court is open"),
         ALL, 5, "wd", ("arbitration_applied",), "TJF 29; R33 30; R33 31; R33 80; JS1 12", "H", "right",
         claims="labour", stops=("arbitration_accepted", "suit_filed"), note=Text(
             "移送、送达、等另案或伤残鉴定、等开庭、鉴定及其他正当事由除外；起诉未规定截止日",
             "Except transfer, service, another case or disability finding, awaiting the hearing, appraisal, good "
             "cause; no last day for suing is stated")),
    Rule("L22", Text("仲裁裁决", "Arbitration award"), ALL, 45, "nat", ("arbitration_accepted",), "TJF 43; R33 45", "H",
         "other", claims="labour", extension=Extension(("arbitration_head",), 15), may_pause=True,
         stops=("award_received", "final_award_received"), standstill=Standstill("R33 46; R33 47", "H")),
    Rule("L32", Text("仲裁逾期未裁决，可以起诉", "The award is late: the court is open"),
         ALL, 45, "nat", ("arbitration_accepted",), "TJF 43; R33 45; R33 46; R33 47; R33 48; JS1 12", "H", "right",
         claims="labour", may_pause=True, stops=("award_received", "final_award_received", "suit_filed"),
         standstill=Standstill("R33 46; R33 47", "H"), follows="L22", note=Text(
             "凭受理证明起诉，经批准延长的再加15日；追加当事人、变更请求、反申请、移送的重新计算，中止期间除外；例外同不答复的情形",
             "With proof of acceptance; 15 days more where extended; it restarts with an added party, a changed claim,"
             " a counterclaim, a transfer; suspension is excluded; the exceptions are those of silence")),
    Rule("L23", Text("不服裁决起诉", "Sue after a non-final award"), ALL, 15, "nat", ("award_received",),
         "TJF 50; JS1 16", "H", "window", claims="labour", stops=("suit_filed",), note=Text(
             "双方都可以起诉，都不起诉的裁决生效；只就部分起诉的，整个裁决不生效",
             "Either side may sue, unsued it takes effect; suing on part stops the whole award")),
    Rule("L33", Text("劳动者不服终局裁决起诉", "The worker sues against a final award"), ALL, 15, "nat",
         ("final_award_received",), "TJF 48", "H", "window", claims="labour", stops=("suit_filed",)),
    Rule("L34", Text("单位申请撤销终局裁决", "The employer asks to set a final award aside"), ALL, 30, "nat",
         ("final_award_received",), "TJF 49; JS1 18; JS1 21", "H", "window", claims="labour",
         stops=("award_set_aside",),
         note=Text("六种理由，向中级人民法院；劳动者起诉的不受理，其起诉被驳回或撤回、或基层法院不受理的，自收到裁定起另有30日",
                   "On six grounds, at the intermediate court; not while the worker's suit runs; 30 new days from its "
                   "dismissal or withdrawal, or from the basic court's refusal")),
    Rule("L35", Text("裁决被撤销后起诉", "Sue after the award was set aside"), ALL, 15, "nat", ("award_set_aside",),
         "TJF 49(3)", "H", "window", claims="labour", stops=("suit_filed",)),
    Rule("L24", Text("申请强制执行", "Apply for enforcement"),
         ALL, 2, "year", ("performance_due",), "CPL 250; JE 19; JE 20", "H", "bar",
         may_pause=True, stops=(*PAID, "enforcement_applied"), standstill=IN_ENFORCEMENT, restarts=OF_ENFORCEMENT,
         note=Text(
             "须有执行依据（调解书、司法确认裁定、支付令、裁决书）；分期的自最后一期届满起算；中止的两种算法取较早的一天",
             "Only from an enforceable title; with instalments from the end of the last one; of two ways to count a "
             "suspension the earlier day is shown")),
    Rule("L25", Text("劳动监察调查办结", "Labour inspection finishes"),
         ALL, 60, "wd", ("inspection_filed",), "JC 17", "H",
         "other", claims="labour", extension=Extension(("inspection_head",), 30, "wd"), stops=("inspection_decided",)),
    Rule("L26", Text("监察查处时效", "Look-back of labour inspection"),
         ALL, 2, "year", ("violation_ended",), "JC 20", "H",
         "bar", claims="labour", stops=("complaint_received", "inspection_filed"),
         note=Text("违法行为连续的，自终了之日起算", "A continuing violation counts from its end")),
    Rule("L27", Text("监察对投诉立案", "Inspection files a complaint"),
         ALL, 5, "wd", ("complaint_received",), "JCR 18", "M",
         "other", claims="labour", stops=("inspection_filed",)),
    Rule("L28", Text("单位申请工伤认定", "The employer applies for the injury finding"), ALL, 30, "nat", ("accident",),
         "GS 17(1)", "H", "window", claims="labour", stops=("employer_reported", "finding_applied"),
         extension=Extension(("insurance_authority",)), note=Text(
             "遇特殊情况经批准可以适当延长；逾期的，申请前的工伤待遇等费用由单位负担；末日顺延待核",
             "May be extended in special cases; when late the employer bears the costs until the application; whether "
             "the last day moves is to be confirmed")),
    Rule("L28", Text("职工、近亲属或工会申请工伤认定", "Worker, family or union apply for the injury finding"),
         ALL, 1, "year",
         ("accident",), "GS 17(2)", "H", "window", claims="labour", may_pause=True,
         stops=("employer_reported", "finding_applied")),
    Rule("L29", Text("法律援助审查", "Legal aid is examined"),
         ALL, 7, "nat", ("aid_applied",), "FY 43; FY 44", "H", "other",
         stops=("aid_approved",),
         note=Text("距时效届满不足7日的可先行援助",
         "Aid may start at once when the time bar is less than 7 days away")),
    Rule("L29", Text("指派法律援助人员", "A legal aid lawyer is named"), ALL, 3, "nat", ("aid_approved",), "FY 43", "H",
         "other", stops=("aid_assigned",)),
    Rule("L30", Text("免予核查经济困难", "No means check"), ALL, None, "", (), "FY 42[3]", "H", "advice", note=Text(
        "农民工请求支付劳动报酬或工伤赔偿的，免予核查经济困难状况",
        "Migrant workers claiming pay or work injury are exempt from the means check")),
)
