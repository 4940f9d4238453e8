"""Vocabularies: the stored codes with their words on the screen (face.md, law.md, practice.md)."""
from __future__ import annotations

from mediation.rules.language import Word, vocabulary

ROLES = vocabulary(
    Word("mediator", "调解员", "Mediator"),
    Word("lead", "站长（工作室负责人）", "Station lead"),
    Word("supervisor", "分管负责人", "Supervisor"),
    Word("liaison", "成员单位联络员", "Partner liaison"),
    Word("auditor", "审计人员（经审）", "Auditor"),
    Word("admin", "系统管理员", "Administrator"),
)

STATION_KINDS = vocabulary(
    Word("region", "自治区总工会", "Regional union"),
    Word("league", "盟市总工会", "League or city union"),
    Word("union", "旗县总工会", "Banner or county union"),
    Word("practice_station", "工会实践站", "Practice station"),
    Word("window", "综治中心工会维权窗口", "Union window, governance centre"),
    Word("studio", "调解工作室", "Mediation studio"),
    Word("rest_stop", "工会驿站窗口", "Rest-stop desk"),
    Word("township", "苏木镇（街道）工会", "Township union"),
    Word("enterprise", "企业调委会", "Enterprise mediation committee"),
    Word("arb_room", "裁调工作室", "Arbitration–mediation room"),
)
UNION_KINDS = frozenset({"region", "league", "union"})

# The eight parties of the mechanism, co-ordinated by the political-legal commission (practice.md 1.1).
AGENCY_KINDS = vocabulary(
    Word("union", "工会", "Union"),
    Word("court", "法院", "Court"),
    Word("procuratorate", "检察院", "Procuratorate"),
    Word("petition", "信访局", "Petition office"),
    Word("hr", "人社局", "Human-resources bureau"),
    Word("justice", "司法局", "Justice bureau"),
    Word("township", "苏木镇（中心、公司）", "Township, centre or company"),
    Word("employer", "企业", "Employer"),
    Word("commission", "政法委", "Political-legal commission"),
    Word("governance", "综治中心", "Governance centre"),
    Word("arbitration", "仲裁委", "Arbitration commission"),
    Word("other", "其他单位", "Other body"),
)

# law.md 2.1: the rule set depends on whose name and seal is used and who sent the case.
CHANNELS = vocabulary(
    Word("A", "企业调委会调解", "Enterprise committee"),
    Word("B", "人民调解委员会调解", "People's mediation committee"),
    Word("C", "苏木镇（街道）调解组织", "Township or street body"),
    Word("D", "新就业形态一站式调解", "One-stop centre, new employment forms"),
    Word("E", "法院委派（立案前）", "Court commission before filing"),
    Word("F", "法院委托（立案后）", "Court commission after filing"),
    Word("G", "仲裁委托", "Arbitration commission"),
    Word("H", "仲裁建议调解", "Arbitration advice"),
    Word("I", "工会自设调解组织调解", "A union federation's own committee"),
)
PROCEDURES = vocabulary(
    Word("ordinary", "普通程序", "Ordinary procedure"),
    Word("summary", "简易程序", "Summary procedure"),
    Word("second", "二审", "Second instance"),
)

SOURCES = vocabulary(
    Word("walk_in", "来访", "Walk-in"), Word("phone", "电话", "Telephone"),
    Word("hotline", "12351", "12351 hotline"), Word("governance", "综治中心", "Governance centre"),
    Word("court", "法院", "Court"), Word("arbitration", "仲裁", "Arbitration"),
    Word("procuratorate", "检察院", "Procuratorate"), Word("hr", "人社局", "Human-resources bureau"),
    Word("labour_inspection", "劳动监察", "Labour inspection"), Word("petition", "信访", "Petition office"),
    Word("justice", "司法", "Justice bureau"), Word("police", "公安", "Police"),
    Word("township", "苏木镇、园区", "Township or park"), Word("higher_union", "上级工会", "Higher union"),
    Word("inspection", "排查", "Own inspection"), Word("initiative", "工会主动介入", "Union's own initiative"),
    Word("other", "其他", "Other"),
)
# Sources that are bodies: they have a name, and often a number of their own.
SENDING_SOURCES = frozenset({"court", "arbitration", "procuratorate", "hr", "labour_inspection", "petition", "justice",
                             "police", "township", "higher_union", "other"})
REQUEST_WAYS = vocabulary(Word("oral", "口头", "Oral"), Word("written", "书面", "Written"))

# law.md A2. The last flag of CLAIM_KINDS below says that no sum belongs to the head.
HEADS = vocabulary(
    Word("wages", "工资", "Wages"),
    Word("overtime", "加班费", "Overtime pay"),
    Word("severance", "经济补偿", "Severance"),
    Word("injury_benefit", "工伤待遇", "Work-injury benefits"),
    Word("insurance_arrears", "社保补缴（非现金）", "Insurance contributions (no cash)"),
    Word("other", "其他", "Other"),
    Word("minimum_wage", "最低工资差额", "Minimum-wage difference"),
    Word("bonus", "奖金、提成、津贴", "Bonus, commission, allowance"),
    Word("annual_leave", "未休年假工资", "Pay for untaken leave"),
    Word("double_pay", "二倍工资", "Double pay without contract"),
    Word("notice_pay", "代通知金", "Pay in lieu of notice"),
    Word("unlawful_ending", "违法解除赔偿金", "Damages for unlawful dismissal"),
    Word("extra_damages", "加付赔偿金", "Extra damages"),
    Word("injury_medical", "工伤医疗费", "Work-injury medical costs"),
    Word("injury_leave", "停工留薪", "Paid injury leave"),
    Word("injury_grants", "一次性伤残、医疗、就业补助", "One-time injury grants"),
    Word("death_benefit", "工亡待遇", "Work-death benefits"),
    Word("insurance_loss", "社保损失赔偿", "Damages for lost insurance"),
    Word("deposit", "退押金", "Return of deposit"),
    Word("non_compete", "竞业补偿", "Non-compete compensation"),
    Word("service_fee", "劳务报酬", "Service fee (civil)"),
    Word("relationship", "确认劳动关系", "Confirming the relationship"),
    Word("reinstatement", "恢复劳动关系", "Reinstatement"),
    Word("to_employer", "违约金、返还（给单位）", "Sums owed to the employer"),
)
NON_CASH_HEADS = frozenset({"insurance_arrears", "relationship", "reinstatement"})
# The heads offered as chips at intake; the rest opens under 其他.
INTAKE_HEADS = ("wages", "overtime", "severance", "injury_benefit", "insurance_arrears", "other")

RELATIONS = vocabulary(
    Word("unclear", "待确认", "To be confirmed"),
    Word("labour", "劳动关系", "Labour relationship"),
    Word("factual", "事实劳动关系", "Factual relationship"),
    Word("dispatch", "劳务派遣", "Dispatch"),
    Word("part_time", "非全日制", "Part-time"),
    Word("over_age", "超龄用工", "Over-age worker"),
    Word("new_form", "新就业形态", "New employment form"),
    Word("liability", "用工主体责任", "Liability as host of the work"),
    Word("personnel", "人事关系", "Personnel relationship"),
    Word("civil", "劳务（民事）", "Service (civil)"),
    Word("other", "其他", "Other"),
)

# Part of a party on its side: how the chain of contractors hangs together, who speaks for whom.
APPLICANT_PARTS = vocabulary(
    Word("worker", "本人", "The worker"),
    Word("next_of_kin", "家属", "Next of kin"),
    Word("agent", "代理人", "Agent"),
    Word("representative", "职工代表", "Workers' representative"),
)
RESPONDENT_PARTS = vocabulary(
    Word("employer", "用人单位", "Employer"),
    Word("labour_contractor", "包工头", "Labour contractor"),
    Word("sub_contractor", "分包", "Sub-contractor"),
    Word("general_contractor", "总包", "General contractor"),
    Word("developer", "建设方", "Developer"),
    Word("agency", "派遣", "Dispatch agency"),
    Word("household", "个人雇主", "Household"),
    Word("unknown", "说不清", "Unknown"),
)
PARTS = {**APPLICANT_PARTS, **RESPONDENT_PARTS}
SIDES = vocabulary(
    Word("applicant", "申请人", "Applicant"),
    Word("respondent", "被申请人", "Respondent"),
    Word("other", "其他人", "Other person"),
)
# Who is near kin of somebody who died (CC 1045: spouse, parents, children, siblings, grandparents, grandchildren).
KINSHIPS = vocabulary(
    Word("wife", "妻", "wife"), Word("husband", "夫", "husband"), Word("father", "父", "father"),
    Word("mother", "母", "mother"), Word("son", "子", "son"), Word("daughter", "女", "daughter"),
    Word("sibling", "兄弟姐妹", "sibling"), Word("grandparent", "祖父母、外祖父母", "grandparent"),
    Word("grandchild", "孙子女、外孙子女", "grandchild"), Word("other", "其他近亲属", "other kin"),
)
AUTHORITIES = vocabulary(
    Word("apply", "代为申请或终止调解", "Apply for or end the mediation"),
    Word("evidence", "收集、提供证据", "Collect and give evidence"),
    Word("choose", "选择调解员", "Choose the mediator"),
    Word("dispose", "承认、变更、放弃请求", "Admit, change or give up claims"),
    Word("sign", "参加调解并签署文书", "Take part and sign"),
    Word("receive", "领取文书", "Receive papers"),
)
SEXES = vocabulary(Word("M", "男", "Male"), Word("F", "女", "Female"))
ID_TYPES = vocabulary(
    Word("resident", "居民身份证", "Resident identity card"),
    Word("residence", "港澳台居住证", "Residence permit (HK, Macau, Taiwan)"),
    Word("permit", "港澳台居民通行证", "Travel permit (HK, Macau, Taiwan)"),
    Word("permanent", "外国人永久居留证", "Foreign permanent residence card"),
    Word("passport", "护照", "Passport"),
    Word("other", "其他证件", "Other document"),
)
LANGUAGES = vocabulary(
    Word("chinese", "汉语", "Chinese"), Word("mongolian", "蒙古语", "Mongolian"), Word("other", "其他", "Other")
)
EVIDENCE = vocabulary(
    Word("contract", "合同", "Contract"),
    Word("iou", "欠条", "IOU"),
    Word("attendance", "考勤", "Attendance"),
    Word("transfer", "转账", "Transfers"),
    Word("workmates", "工友", "Workmates"),
    Word("none", "都没有", "None of these"),
)
TRIED = vocabulary(
    Word("inspection", "劳动监察", "Labour inspection"),
    Word("arbitration", "仲裁", "Arbitration"),
    Word("court", "法院", "Court"),
    Word("petition", "信访", "Petition"),
    Word("none", "都没去", "None of these"),
)
CASE_FLAGS = vocabulary(
    Word("rural", "农牧民工", "Migrant or herder worker"),
    Word("new_form", "新就业形态", "New employment form"),
    Word("injury", "工伤", "Work injury"),
    Word("death", "工亡", "Work death"),
    Word("minor", "未成年", "Minor"),
)
WAGE_CHOICES = vocabulary(
    Word("mediate", "先调解", "Mediate first"),
    Word("inspect", "先投诉监察", "Complain to inspection first"),
    Word("later", "本人再想想", "Wants to think"),
)
EMPLOYMENT = vocabulary(Word("here", "在", "Still there"), Word("left", "不在了", "Has left"))
YES_NO = vocabulary(Word("yes", "有", "Yes"), Word("no", "没有", "No"), Word("", "不清楚", "Not known"))

ANSWERS = vocabulary(
    Word("agrees", "愿意调解", "Agrees to mediate"),
    Word("refuses", "不愿调解", "Refuses"),
    Word("considers", "再考虑", "Wants to think"),
    Word("", "没联系上", "Not reached"),
)
CONTACT_WAYS = vocabulary(
    Word("phone", "电话", "Telephone"),
    Word("meeting", "面谈", "In person"),
    Word("message", "短信、微信", "Message"),
    Word("letter", "信函", "Letter"),
    Word("visit", "上门", "Visit"),
)
SESSION_WAYS = vocabulary(
    Word("face", "面对面", "Face to face"),
    Word("separate", "背对背", "Separately"),
    Word("phone", "电话", "By telephone"),
    Word("video", "视频", "By video"),
)
SCOPE_GROUNDS = vocabulary(
    Word("labour", "劳动争议（调解仲裁法第二条）", "Labour dispute (Mediation and Arbitration Law, art. 2)"),
    Word("new_form", "新就业形态（人社厅发〔2024〕4号）", "New employment form (notice No. 4 of 2024)"),
    Word("over_age", "超龄用工（令56号第十九条）", "Over-age worker (Order No. 56, art. 19)"),
    Word("liability", "用工主体责任（解释二第一、二条）", "Liability as host (Interpretation II, arts. 1 and 2)"),
    Word("personnel", "人事争议（办案规则第二条）", "Personnel dispute (Arbitration Rules, art. 2)"),
    Word("civil", "民事劳务，按人民调解", "Civil service dispute, people's mediation"),
    Word("court_sent", "法院、仲裁来函", "Sent by court or arbitration"),
)
DECLINE_GROUNDS = vocabulary(
    Word("not_labour", "不属劳动争议", "Not a labour dispute"),
    Word("no_competence", "不归本组织管", "Not this body's competence"),
    Word("already_decided", "已裁决或已判决", "Already decided"),
    Word("in_procedure", "已在仲裁、诉讼中", "Already before arbitration or court"),
    Word("insurance_authority", "社保补缴归征收机构", "Contributions belong to the collecting authority"),
    Word("no_respondent", "说不出对方", "No respondent can be named"),
)
OUTCOMES = vocabulary(
    Word("AGREED", "达成调解协议", "Agreement reached"),
    Word("SETTLED", "自行和解", "Private settlement"),
    Word("FAILED", "调解不成", "Failed"),
    Word("WITHDRAWN", "申请人撤回", "Withdrawn"),
    Word("REFUSED_BY_PARTY", "一方不愿调解", "One side declined"),
    Word("UNREACHABLE", "对方联系不上，未受理", "Other side not found"),
    Word("NOT_ACCEPTED", "不属受理范围", "Out of scope"),
    Word("TO_ARBITRATION", "转仲裁", "To arbitration"),
    Word("TO_COURT", "退回法院", "Back to court"),
    Word("TO_INSPECTION", "移送劳动监察", "To inspection"),
    Word("TO_OTHER", "转其他单位", "Elsewhere"),
    Word("DUPLICATE", "重复，已并案", "Duplicate, merged"),
    Word("TERMINATED_FRAUD", "涉嫌虚假，已终止", "Stopped as sham"),
)
SUCCESS = frozenset({"AGREED", "SETTLED"})
# Outside every rate: never accepted, or not a case of its own (law.md 4, success rate).
OUTSIDE_RATES = frozenset({"NOT_ACCEPTED", "REFUSED_BY_PARTY", "UNREACHABLE", "DUPLICATE"})
REFERRALS = vocabulary(*(OUTCOMES[c] for c in ("TO_ARBITRATION", "TO_COURT", "TO_INSPECTION", "TO_OTHER")))
FAIL_REASONS = vocabulary(
    Word("refusal", "对方拒绝", "Other side refuses"),
    Word("too_far", "分歧太大", "Too far apart"),
    Word("lost", "失去联系", "Lost contact"),
    Word("unsigned", "拒不签字", "Will not sign"),
    Word("expired", "到期未成", "Period over"),
)
PERFORMANCE = vocabulary(
    Word("NOT_DUE", "未到期", "Not due"),
    Word("PARTLY", "部分履行", "Partly performed"),
    Word("PERFORMED", "履行完毕", "Performed"),
    Word("BREACHED", "逾期未付", "In breach"),
    Word("ENFORCED", "已进入执行", "Under enforcement"),
)
SIGN_WAYS = vocabulary(
    Word("sign", "签名", "Signature"),
    Word("sign_mongolian", "蒙古文签名", "Signature in Mongolian"),
    Word("stamp", "盖章", "Stamp"),
    Word("sign_print", "签名加指印", "Signature and fingerprint"),
    Word("fingerprint", "指印", "Fingerprint"),
    Word("electronic", "电子签名", "Electronic signature"),
)
AGREEMENT_FORMS = vocabulary(
    Word("written", "书面", "Written"), Word("oral", "口头（有记录）", "Oral, recorded"),
    Word("court", "法院调解书", "Court mediation paper"),
)
PAY_WAYS = vocabulary(
    Word("transfer", "银行转账", "Bank transfer"),
    Word("cash", "现金", "Cash"),
    Word("wechat", "微信、支付宝", "WeChat or Alipay"),
    Word("wage_account", "农民工工资专户", "Wage account of the project"),
    Word("goods", "实物抵付（不计到账）", "Goods handed over (not counted)"),
    Word("other", "其他", "Other"),
)
# 'said' is the employer's word alone: shown as unproved, counted nowhere (decisions.md, Money).
PROOFS = vocabulary(
    Word("bank_slip", "银行回单", "Bank slip"),
    Word("transfer_record", "转账记录", "Transfer record"),
    Word("receipt", "签收的收条", "Signed receipt"),
    Word("worker_word", "本人说收到", "The worker's own word"),
    Word("published", "公开来源", "Published source"),
    Word("register", "原台账所载", "An old register"),  # of late entries alone
    Word("said", "单位称已付（待核实）", "Employer says paid (unproved)"),
)
PROVED = frozenset(PROOFS) - {"said"}
LIVE_PROOFS = {code: word for code, word in PROOFS.items() if code != "register"}
PAYER_KINDS = vocabulary(
    Word("respondent", "被申请人付", "Paid by the respondent"), Word("contractor", "总包垫付", "Paid by the contractor"),
    Word("developer", "建设方付", "Paid by the developer"), Word("fund", "应急金垫付", "Paid by the emergency fund"),
    Word("other", "其他人付", "Paid by somebody else"),
)
DIRECTIONS = vocabulary(
    Word("to_worker", "付给劳动者", "To the worker"), Word("to_employer", "劳动者返还单位", "Back to the employer"),
)
SATISFACTION = vocabulary(
    Word("satisfied", "满意", "Satisfied"), Word("mostly", "基本满意", "Mostly satisfied"),
    Word("dissatisfied", "不满意", "Dissatisfied"), Word("unanswered", "未答", "No answer"),
)
SERVICE_WAYS = vocabulary(
    Word("hand", "当面交", "Handed over"),
    Word("post", "邮寄", "By post"),
    Word("message", "短信、微信", "By message"),
    Word("left", "留置", "Left in presence of a witness"),
    Word("family", "同住成年家属代收", "Signed by an adult of the family"),
)
SERVICE_RESULTS = vocabulary(
    Word("received", "收到", "Received"),
    Word("refused", "拒收", "Refused"),
    Word("sent", "已发出，等结果", "Sent, result awaited"),
    Word("seen", "已看到", "Seen"),
    Word("returned", "退回、没送到", "Came back"),
)
CLOSE_WAYS = vocabulary(
    Word("performed", "全部到账", "All arrived"),
    Word("nothing_due", "没有应付的钱", "No money due"),
    Word("enforcement", "已申请执行", "Enforcement applied for"),
    Word("arbitration", "已去仲裁", "Gone to arbitration"),
    Word("court", "已去法院", "Gone to court"),
    Word("inspection", "已去劳动监察", "Gone to inspection"),
    Word("informed", "已书面告知后续途径", "Told in writing where to go"),
    Word("given_up", "申请人不再要求", "The applicant asks no more"),
)
COMMISSION_KINDS = vocabulary(
    Word("before_filing", "法院委派", "Court commission before filing"),
    Word("after_filing", "法院委托", "Court commission after filing"),
    Word("by_judge", "法官邀请", "Invitation of the judge"),
    Word("by_arbitration", "仲裁委托", "Arbitration commission"),
    Word("arbitration_advice", "仲裁建议调解", "Arbitration advice"),
    Word("invitation", "邀请协助", "Invitation"),
    Word("transfer", "移送", "Transfer"),
    Word("task", "协办事项", "Task"),
)
REGISTERS = vocabulary(
    Word("governance", "综治", "Governance platform"),
    Word("court", "法院", "Court platform"),
    Word("hr", "人社", "HR platform"),
    Word("hotline", "12351工单", "12351 ticket"),
    Word("procuratorate", "检察", "Procuratorate"),
    Word("petition", "信访", "Petition system"),
    Word("justice", "司法（人民调解）", "People's mediation system"),
)
SECTORS = vocabulary(
    Word("construction", "建筑", "Construction"), Word("mining", "采矿", "Mining"),
    Word("manufacturing", "制造", "Manufacturing"), Word("transport", "交通运输", "Transport"),
    Word("catering", "住宿餐饮", "Hotels and catering"), Word("trade", "批发零售", "Trade"),
    Word("farming", "农牧业", "Farming and herding"), Word("property", "房地产", "Real estate"),
    Word("platform", "平台配送", "Platform delivery"), Word("education", "教育", "Education"),
    Word("services", "其他服务", "Other services"), Word("other", "其他", "Other"),
)
OWNERSHIPS = vocabulary(
    Word("state", "国有", "State-owned"), Word("private", "民营", "Private"), Word("foreign", "外资", "Foreign"),
    Word("individual", "个体工商户", "Individual business"), Word("public", "机关事业单位", "Public body"),
    Word("other", "其他", "Other"),
)
GRADES = vocabulary(
    Word("simple", "简易", "Simple"), Word("usual", "一般", "Usual"), Word("major", "重大", "Major")
)
REVEAL_REASONS = vocabulary(
    Word("call", "联系当事人", "To reach the person"), Word("paper", "填写文书", "To fill in a paper"),
    Word("check", "核对身份", "To check who it is"), Word("pay", "办理付款", "To arrange payment"),
)
RHYTHMS = vocabulary(
    Word("once", "一次付清", "Once"), Word("month", "每月一期", "Monthly"), Word("week", "每周一期", "Weekly"),
    Word("quarter", "每季一期", "Quarterly"),
)
SIGNERS = vocabulary(
    Word("applicant", "申请人", "Applicant"),
    Word("respondent", "被申请人", "Respondent"),
    Word("mediator", "调解员", "Mediator"),
    Word("seal", "调解组织印章", "Seal of the body"),
    Word("court", "法院", "Court"),
)
SUPERVISION_KINDS = vocabulary(
    Word("urge", "催办", "Reminder"), Word("supervise", "督办", "Under supervision"),
)

# The mechanism of several bodies (practice.md 1.1, 3.10 to 3.16).
REPLY_WAYS = vocabulary(
    Word("account", "本单位账号", "Own account"), Word("phone", "电话", "Telephone"), Word("letter", "来函", "Letter"),
    Word("person", "当面", "In person"),
)
SHARE_GROUNDS = vocabulary(
    Word("law", "有法律依据", "Legal basis"), Word("consent", "当事人同意", "The party's consent"),
)
# What is asked of a body; help afterwards by its kinds, so that each can be answered for (practice.md 5).
AFTERCARE_KINDS = vocabulary(
    Word("help_work", "就业帮扶", "Help to find work"), Word("help_need", "困难帮扶", "Help in hardship"),
    Word("help_law", "法律援助", "Legal aid"), Word("help", "其他帮扶", "Other help"),
)
AFTERCARE_RESULTS = vocabulary(
    Word("asked", "已申请，等结果", "Asked for"), Word("given", "已落实", "Given"), Word("refused", "没办成", "Not given"),
)
TASK_KINDS = {**vocabulary(Word("consult", "会商、咨询", "Consult"), Word("check", "核查", "Check")), **AFTERCARE_KINDS}
COMMISSION_STATES = vocabulary(
    Word("open", "待答复", "Awaits a reply"), Word("taken", "已接收", "Taken"), Word("returned", "已退回", "Returned"),
    Word("answered", "已答复", "Answered"), Word("recalled", "已收回", "Recalled"),
    Word("moved", "已随案并走", "Moved with the case"),
)
HANDOVER_STATES = vocabulary(
    Word("sent", "待登记", "To be registered"), Word("case", "已登记", "Registered"), Word("returned", "已退回", "Returned"),
)
INQUIRY_WAYS = vocabulary(
    Word("walk_in", "来访", "Walk-in"), Word("phone", "电话", "Telephone"), Word("online", "网上", "Online"),
    Word("outreach", "下基层", "On a visit"),
)
INQUIRY_NEXTS = vocabulary(
    Word("done", "已答清", "Answered"), Word("come", "约来登记", "Asked to come and register"),
    Word("elsewhere", "指去别处", "Sent elsewhere"), Word("again", "再联系", "To be contacted again"),
)
ACTIVITY_KINDS = vocabulary(
    Word("visit", "走访企业", "Visit to an employer"), Word("lecture", "普法讲座", "Lecture"),
    Word("stand", "集中宣传", "Information stand"), Word("check", "劳动用工体检", "Check of employment"),
)
LEAD_SOURCES = vocabulary(
    Word("visit", "走访发现", "Found on a visit"), Word("check", "定期排查", "Regular check"),
    Word("report", "职工反映", "Reported by workers"), Word("body", "成员单位通报", "Told by a body"),
)
LEAD_STATES = vocabulary(
    Word("open", "在跟", "Followed"), Word("case", "已立案", "Became a case"), Word("settled", "已化解", "Settled"),
)
LETTER_KINDS = vocabulary(
    Word("reminder", "提示函", "Reminder"), Word("opinion", "意见书", "Opinion"),
    Word("recommendation", "建议书", "Recommendation"),
)
LETTER_STATES = vocabulary(
    Word("sent", "已发出", "Sent"), Word("replied", "已答复，待复核", "Answered, to be reviewed"),
    Word("reviewed", "已复核", "Reviewed"),
)
DEMOCRACY = vocabulary(
    Word("union", "建会", "Union founded"), Word("congress", "职工代表大会", "Workers' congress"),
    Word("open_affairs", "厂务公开", "Open affairs"), Word("contract", "集体合同（有效至）", "Collective contract (until)"),
)
