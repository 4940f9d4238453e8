"""The journal's vocabulary: kinds of events with exactly their fields and sentences, canonical form, links, digests.

Personal data stay out: events carry ids, codes, dates and sums. Free text is a Note, named here by its salted hash.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mediation.rules import records
from mediation.rules.language import Text, Word, vocabulary

MAX_BYTES = 8192
WHENCE = "from"  # in an event beside its kind's fields: address, request, role, site of who acted; older ones lack it


@dataclass(frozen=True)
class Kind:
    """A kind of event: its exact fields, and its sentence with those fields as placeholders.

    ``codes`` names the vocabulary of a field (of rules/words.py, or one that queries/cases/history.py knows) whose word
    the sentence shows.
    """

    fields: tuple[str, ...]
    text: Text
    codes: tuple[tuple[str, str], ...] = ()


def _k(fields: str, zh: str, en: str, **codes: str) -> Kind:
    return Kind(tuple(fields.split()), Text(zh, en), tuple(codes.items()))


KINDS: dict[str, Kind] = {
    # the case's way
    "registered": _k("number channel source way station claimed_fen headcount", "登记案件，来源{source}，诉求{claimed_fen}元",
                     "registered the case, from {source}, {claimed_fen} yuan claimed", source="SOURCES"),
    "late_entered": _k("number channel source station state outcome", "补录案件，来源{source}",
                       "entered the case afterwards, from {source}", source="SOURCES"),
    "late_unfindable": _k("fact reason", "注明查不到：{fact}（{reason}）", "cannot be found any more: {fact} ({reason})",
                          fact="LATE_FACTS"),
    "late_completed": _k("fields outcome handler agreed_fen paid_fen note", "补全旧案：{fields}",
                         "added to an old case: {fields}"),
    "imported": _k("number channel source station state outcome import_batch row",
                   "导入旧台账第{row}行（第{import_batch}批），来源{source}",
                   "imported from row {row} of an old register (import {import_batch}), from {source}",
                   source="SOURCES"),
    "consent_asked": _k("party way answer note next_on", "问对方意见（{way}）：{answer}",
                        "asked the other side ({way}): {answer}", way="CONTACT_WAYS", answer="ANSWERS"),
    "accepted": _k("printed_number ground relation wage_choice", "受理，{ground}，编号{printed_number}",
                   "accepted: {ground}, number {printed_number}", ground="SCOPE_GROUNDS"),
    "declined": _k("ground next_door note", "不予受理：{ground}", "declined: {ground}", ground="DECLINE_GROUNDS"),
    "refused": _k("next_door note", "对方不愿调解", "the other side refuses"),
    "unreached": _k("attempts next_door note", "对方联系不上（已联系{attempts}次）",
                    "the other side cannot be reached ({attempts} attempts)"),
    "taken_up": _k("handler", "由{handler}承办", "{handler} takes the case on"),
    "routed": _k("station reason", "分流到{station}", "routed to {station}"),
    "assigned": _k("handler reason", "指派给{handler}", "assigned to {handler}"),
    "reassigned": _k("handler before reason", "由{before}改派给{handler}", "reassigned from {before} to {handler}"),
    "taken": _k("handler", "{handler}签收", "{handler} took it"),
    "returned": _k("handler reason", "{handler}退回", "{handler} returned it"),
    "recused": _k("handler reason", "{handler}回避", "{handler} recused"),
    "contact_logged": _k("contact party way is_reached note next_on", "联系（{way}）{is_reached}",
                         "contact ({way}) {is_reached}", way="CONTACT_WAYS"),
    "session_held": _k("hearing seq way present note concession next_on", "第{seq}次调解（{way}）",
                       "session {seq} ({way})", way="SESSION_WAYS"),
    "extended": _k("rule to_on consents document reason", "延期到{to_on}", "extended to {to_on}"),
    "paused": _k("rule ground document reason", "中止计时", "paused the clock"),
    "resumed": _k("rule reason", "恢复计时", "resumed the clock"),
    "agreed": _k("agreement total_fen workers bound instalments plan_digest effective_on",
                 "达成协议{total_fen}元，{instalments}期",
                 "agreed on {total_fen} yuan in {instalments} instalments"),
    "settled": _k("agreement total_fen workers bound instalments plan_digest effective_on", "自行和解{total_fen}元",
                  "settled privately for {total_fen} yuan"),
    "signed": _k("agreement signer party way signed_on effective_on", "协议签字：{signer}（{way}）",
                 "agreement signed: {signer} ({way})", way="SIGN_WAYS", signer="SIGNERS"),
    "consented": _k("agreement party way consented_on", "一名工人同意协议", "a worker consented to the agreement"),
    "failed": _k("reason_code note", "调解不成：{reason_code}", "failed: {reason_code}", reason_code="FAIL_REASONS"),
    "withdrawn": _k("reason", "申请人撤回", "withdrawn by the applicant"),
    "referred": _k("to agency reason", "移送：{to}", "referred: {to}", to="REFERRALS"),
    "referred_on": _k("to agency reason", "后续去向：{to}", "went on: {to}", to="REFERRALS"),
    "merged": _k("into reason", "并入{into}", "merged into {into}"),
    "voided": _k("batch note", "作废（导入撤销）", "voided (import undone)"),
    "stopped_sham": _k("reason reported_to", "涉嫌虚假，终止并报告", "stopped as sham and reported"),
    "notified": _k("way to", "书面告知申请人（{way}）", "told the applicant in writing ({way})", way="SERVICE_WAYS"),
    "enforced": _k("document", "进入执行", "under enforcement"),
    "payment_recorded": _k("payment seq amount_fen paid_on way proof payer_kind workers reason",
                           "登记到账{amount_fen}元（{proof}）", "recorded {amount_fen} yuan ({proof})", proof="PROOFS"),
    "payments_recorded": _k("first last count amount_fen proof list_digest",
                            "按银行清单登记到账{count}笔，共{amount_fen}元（{proof}）",
                            "recorded {count} payments of a bank's list, {amount_fen} yuan ({proof})", proof="PROOFS"),
    "payment_returned": _k("payment seq amount_fen paid_on way proof payer_kind workers reason",
                           "登记返还单位{amount_fen}元（{proof}）", "recorded {amount_fen} yuan back to the employer ({proof})",
                           proof="PROOFS"),
    "payment_reversed": _k("payment reverses seq amount_fen reason", "冲销第{reverses}笔{amount_fen}元",
                           "reversed entry {reverses}: {amount_fen} yuan"),
    "payment_reconciled": _k("reconciliation payment seq compared checked_on", "核对第{seq}笔到账", "reconciled entry {seq}"),
    "reconciliation_withdrawn": _k("reconciliation payment seq reason", "撤销第{seq}笔的核对",
                                   "withdrew the reconciliation of entry {seq}"),
    "contradiction_explained": _k("explanation rule mark figures reason", "说明账目矛盾：{rule}",
                                  "explained a contradiction: {rule}", rule="CONTRADICTIONS"),
    "visited": _k("visit way satisfaction note next_on", "回访（{way}）：{satisfaction}",
                  "followed up ({way}): {satisfaction}", way="CONTACT_WAYS", satisfaction="SATISFACTION"),
    "closed": _k("way outcome arrived_fen retention note", "结案：{way}", "closed: {way}", way="CLOSE_WAYS"),
    "reopened": _k("reason before", "恢复办理", "reopened"),
    "archived": _k("archive_number pages retention note", "归档", "filed away"),
    # parties, claims, papers
    "party_added": _k("party side part headcount", "增加当事人（{part}）", "added a party ({part})", part="PARTS"),
    "parties_added": _k("count claimed_fen list_digest", "按名单增加{count}人", "added {count} workers from a list"),
    "party_changed": _k("party fields corrections reason", "更正当事人资料", "corrected a party"),
    "correction_confirmed": _k("correction party field way", "确认更正：{field}（{way}）",
                               "confirmed a correction: {field} ({way})", field="CORRECTED", way="CORRECTION_WAYS"),
    "party_resolved": _k("party employer", "查明对方是登记单位{employer}", "identified the other side as employer {employer}"),
    "party_identified": _k("party", "查明对方是自然人", "identified the other side as a natural person"),
    "representatives_set": _k("count parties", "推选{count}名代表", "named {count} representatives"),
    "party_removed": _k("party reason", "划去当事人", "struck out a party"),
    "claim_added": _k("claim party head amount_fen", "增加诉求：{head} {amount_fen}元",
                      "added a claim: {head}, {amount_fen} yuan",
                      head="HEADS"),
    "claim_changed": _k("claim head amount_fen before_fen reason", "更正诉求：{head} {before_fen}元改为{amount_fen}元",
                        "changed a claim: {head} from {before_fen} to {amount_fen} yuan", head="HEADS"),
    "claim_dropped": _k("claim reason", "放弃一项诉求", "dropped a claim"),
    "case_changed": _k("fields reason", "更正案情：{fields}", "corrected the case: {fields}"),
    "paper_recorded": _k("paper kind number given_way given_on", "文书：{kind}", "paper: {kind}"),
    "paper_served": _k("paper kind number party given_way result given_on", "送达文书：{kind}（{given_way}，{result}）",
                       "paper served: {kind} ({given_way}, {result})", given_way="SERVICE_WAYS",
                       result="SERVICE_RESULTS"),
    "service_struck": _k("paper kind number reason notice interruption", "划去送达记录：{kind}（{reason}）",
                         "struck out an entry of service: {kind} ({reason})"),
    "paper_spoiled": _k("paper kind number reason notice interruption", "文书作废：{kind} {number}（{reason}）",
                        "paper spoiled: {kind} {number} ({reason})"),
    "paper_reissued": _k("paper kind number edition replaces", "文书出第{edition}版：{kind}",
                         "paper, edition {edition}: {kind}"),
    "commission_recorded": _k("commission agency kind document_number sent_on reply_due_on shared legal_basis",
                              "成员单位：{kind}", "outside body: {kind}", kind="COMMISSION_KINDS"),
    "commission_answered": _k("commission agency result_note is_entered_for way reply_number replied_on",
                              "成员单位答复（{way}）", "outside body answered ({way})", way="REPLY_WAYS"),
    "commission_taken": _k("commission agency", "{agency}已接收", "{agency} took it"),
    "commission_returned": _k("commission agency reason", "{agency}退回", "{agency} returned it"),
    "commission_recalled": _k("commission reason", "收回共享", "sharing recalled"),
    "handover_sent": _k("handover agency kind document_number sent_on reply_due_on", "{agency}来案（{kind}）",
                        "{agency} sent a dispute ({kind})", kind="COMMISSION_KINDS"),
    "handover_file_added": _k("handover_file agency kind size sha256", "{agency}来案附件（{kind}）",
                              "a file with what {agency} sent ({kind})"),
    "handover_returned": _k("handover agency", "退回{agency}的来案", "returned what {agency} sent"),
    "handover_registered": _k("handover agency number", "{agency}的来案登记为{number}", "what {agency} sent became {number}"),
    "body_recalled": _k("agency commissions reason", "收回给{agency}的全部共享", "recalled all sharing with {agency}"),
    "commission_due_changed": _k("commission agency before reply_due_on reason",
                                 "{agency}的回复期限由{before}改为{reply_due_on}",
                                 "reply of {agency} due on {reply_due_on} instead of {before}"),
    "file_added": _k("attachment commission consultation agency kind size sha256", "加附件（{kind}）",
                      "added a file ({kind})"),
    "file_placed": _k("attachment kind seq", "卷宗材料归位", "a file was put in its place in the volume"),
    "consultation_called": _k("consultation number planned_on agencies", "召集会诊{number}，{planned_on}",
                              "called the consultation {number} for {planned_on}"),
    "consultation_held": _k("consultation number on bodies tasks conclusion_note", "会诊{number}：到会{bodies}家，分工{tasks}项",
                            "consultation {number}: {bodies} bodies, {tasks} tasks"),
    "opinion_given": _k("consultation number agency way is_entered_for reply_number given_on",
                        "会诊{number}：{agency}写了意见（{way}）", "consultation {number}: opinion of {agency} ({way})",
                        way="REPLY_WAYS"),
    "consultation_dropped": _k("consultation number reason", "会诊{number}没有开", "consultation {number} was not held"),
    "classified_alike": _k("lead taken", "照示范案{lead}归类", "classified as the lead case {lead}"),
    "case_linked": _k("lead reason", "归入示范案{lead}", "follows the lead case {lead}"),
    "case_unlinked": _k("lead reason", "不再归入{lead}", "no longer follows {lead}"),
    "carried_over": _k("into carried", "把留下的并入{into}", "carried what was left over into {into}"),
    "source_merged": _k("source commissions numbers agencies carried", "{source}并入本案",
                        "{source} was merged into this case"),
    "member_added": _k("member kind", "增加协办", "added a co-mediator"),
    "member_ended": _k("member", "协办结束", "a co-mediator left"),
    "sealed": _k("reason readers", "限定知悉范围", "narrowed who may read"),
    "unsealed": _k("reason", "取消限定", "lifted the restriction"),
    # the law on the case
    "channel_changed": _k("before channel procedure document reason", "渠道由{before}改为{channel}",
                          "changed the channel from {before} to {channel}", before="CHANNELS", channel="CHANNELS"),
    "clock_extended": _k("rule to_on signed document reason", "{rule}延期到{to_on}", "{rule} extended to {to_on}",
                         rule="RULES"),
    "clock_paused": _k("rule from_on to_on ground document reason", "{rule}中止计时", "{rule} paused", rule="RULES"),
    "clock_resumed": _k("rule from_on document reason", "{rule}恢复计时", "{rule} runs again", rule="RULES"),
    "clock_overridden": _k("rule before to_on document reason", "{rule}由{before}另定为{to_on}",
                           "{rule} set by hand from {before} to {to_on}", rule="RULES"),
    "fact_recorded": _k("fact_row fact on document", "记期限事实：{fact} {on}", "recorded for the limits: {fact} {on}",
                        fact="FACTS"),
    "fact_dropped": _k("fact_row fact on reason", "划去期限事实：{fact} {on}", "struck out for the limits: {fact} {on}",
                       fact="FACTS"),
    "interruption_recorded": _k("interruption cause on", "记时效中断：{cause} {on}", "time bar interrupted: {cause} {on}",
                                cause="INTERRUPTIONS"),
    "interruption_dropped": _k("interruption cause on", "划去时效中断：{cause} {on}", "struck out: {cause} {on}",
                               cause="INTERRUPTIONS"),
    "bar_days_changed": _k("fields ended_before ended_on known_before known_on",
                           "更正案情：{fields}（离职日{ended_before}→{ended_on}，知道权益受损那天{known_before}→{known_on}）",
                           "corrected: {fields} (end of the work {ended_before} → {ended_on}, infringement known "
                           "{known_before} → {known_on})"),
    "scope_checked": _k("check relation verdict cites confidence", "核对受理范围：{verdict}",
                        "checked the competence: {verdict}", verdict="VERDICTS"),
    "procedure_requested": _k("procedure route applicant_on respondent_on document", "申请{route}", "asked for: {route}",
                              route="ROUTES"),
    "procedure_stepped": _k("procedure route step on result document", "{route}：{step} {result}",
                            "{route}: {step} {result}", route="ROUTES", step="STEP_WORDS",
                            result="RESULTS"),
    "urged": _k("supervision user due_on note", "催办", "reminded"),
    "supervised": _k("supervision user due_on note", "督办，{due_on}前书面答复", "put under supervision, answer by {due_on}"),
    "supervision_answered": _k("supervision note", "答复催办、督办", "answered the supervision"),
    # audits: in the chain of the case, or of the house where it is about no case
    "finding_noted": _k("finding subject reference topic due_on note", "审计发现（{subject}·{topic}），{due_on}前答复",
                        "finding of an audit ({subject}, {topic}), answer by {due_on}", subject="FINDING_SUBJECTS",
                        topic="FINDING_TOPICS"),
    "finding_answered": _k("finding note", "答复审计发现", "answered the finding"),
    "finding_returned": _k("finding due_on note", "退回审计发现的答复，{due_on}前重答", "sent the answer back, again by {due_on}"),
    "finding_closed": _k("finding note", "了结审计发现", "closed the finding"),
    "sample_drawn": _k("sample seed filter population population_digest size list_digest",
                       "抽样第{sample}号：{population}件中抽{size}件，种子{seed}",
                       "drew sample {sample}: {size} of {population} cases, seed {seed}"),
    "sample_marked": _k("sample number mark", "抽样第{sample}号：{number}{mark}", "sample {sample}: {number} {mark}",
                        mark="SAMPLE_MARKS"),
    "erasure_proposed": _k("erasure retention", "提出销毁（保管期满）", "proposed to erase it, its time of keeping is over"),
    "erasure_rejected": _k("erasure", "不同意销毁，继续保管", "decided to keep it on"),
    "erased": _k("erasure retention", "保管期满，经两人同意销毁个人信息", "erased what is personal, agreed by two"),
    "row_erased": _k("handover handover_file inquiry lead letter letter_edition", "随案件销毁个人信息",
                     "erased what is personal, with its case"),
    # employers
    "employer_added": _k("employer credit_code", "登记单位", "registered an employer"),
    "employer_changed": _k("employer fields", "更正单位资料：{fields}", "corrected an employer: {fields}"),
    "employer_merged": _k("employer into reason", "并入单位{into}", "merged into employer {into}"),
    "employer_parted": _k("employer into reason", "不再并入单位{into}", "no longer part of employer {into}"),
    "letter_sent": _k("letter employer kind number sent_on reply_due_on", "发{kind}{number}", "sent {kind} {number}",
                      kind="LETTER_KINDS"),
    "letter_replied": _k("letter number replied_on rectified_on", "{number}收到答复", "{number} was answered"),
    "letter_filed": _k("letter number filed_on", "{number}：立案情况已记", "{number}: whether a file was opened is noted"),
    "letter_reviewed": _k("letter number is_rectified reviewed_on", "{number}已复核", "{number} was reviewed"),
    "letter_reissued": _k("letter_edition number edition", "{number}出第{edition}版", "edition {edition} of {number}"),
    # before the cases
    **{row.event: Kind(row.event_fields, row.sentence, row.event_words) for row in records.RECORDS.values()},
    "lead_settled": _k("lead", "线索已化解", "a lead was settled"),
    "began_as": _k("inquiry lead note", "由咨询或线索转来", "began as an inquiry or lead"),
    "led_to_case": _k("inquiry lead number", "转为案件{number}", "became case {number}"),
    # the house
    "user_created": _k("user role station", "建立账号（{role}）", "created an account ({role})", role="ROLES"),
    "user_confirmed": _k("user role station", "确认账号（{role}）", "confirmed an account ({role})", role="ROLES"),
    "user_changed": _k("user fields", "更改账号：{fields}", "changed an account: {fields}"),
    "user_disabled": _k("user reason", "停用账号", "disabled an account"),
    "password_changed": _k("user", "更改密码", "changed a password"),
    "password_reset": _k("user", "重设密码", "reset a password"),
    "codes_begun": _k("user", "开通登录验证码", "began to use one-time codes"),
    "codes_ended": _k("user", "停用自己的登录验证码", "ended the own one-time codes"),
    "codes_reset": _k("user", "重设登录验证码", "reset the one-time codes of an account"),
    "recovery_used": _k("user left", "用恢复码登录，还剩{left}个", "logged in with a recovery code, {left} left"),
    "station_saved": _k("station code kind", "保存站点{code}", "saved station {code}"),
    "agency_saved": _k("agency code kind", "保存成员单位{code}", "saved body {code}"),
    "calendar_loaded": _k("year days days_digest", "载入{year}年工作日历", "loaded the calendar of {year}"),
    "calendar_day_set": _k("county day_on kind", "本地放假{county} {day_on}", "local day {day_on} for {county}"),
    "rule_checked": _k("rule", "核对规则{rule}", "checked rule {rule}"),
    "absence_set": _k("absence user stand_in from_on until_on cases", "{user}不在岗，{cases}件交{stand_in}代办",
                      "{user} is away, {cases} cases go to {stand_in}"),
    "absence_ended": _k("absence user stand_in cases", "{user}返岗，交回{cases}件", "{user} is back, {cases} cases returned"),
    "feed_created": _k("user", "开通日程订阅", "opened a calendar feed"),
    "feed_revoked": _k("user", "停止日程订阅", "closed the calendar feed"),
    "duty_set": _k("station duty_on user", "排值班{duty_on}", "set the duty of {duty_on}"),
    "wording_set": _k("wording station kind edition size", "{kind}改用自己的样式（第{edition}版）",
                      "own wording of {kind} (edition {edition})"),
    "wording_ended": _k("wording station kind edition", "{kind}的样式第{edition}版不再用",
                        "edition {edition} of {kind} no longer used"),
    "setting_changed": _k("name", "更改设置{name}", "changed setting {name}"),
    "figures_issued": _k("issued number period cut_off station figures sha256", "出具数字{number}，{figures}项",
                         "gave out {figures} figures as {number}"),
    "exported": _k("run sheet form filter rows columns sha256 rows_sha256 is_masked approved_by",
                   "导出{sheet}{rows}行", "exported {rows} rows of {sheet}"),
    "export_asked": _k("run sheet form filter reason", "申请导出未打码的{sheet}", "asked for an unmasked export of {sheet}"),
    "export_approved": _k("run", "同意导出未打码的数据", "approved an unmasked export"),
    "rebased": _k("version", "程序升级，数据摘要改用第{version}版清单", "upgrade: digest by version {version} of the list of fields"),
    "import_staged": _k("import_batch station rows sha256", "读入待导入的表，{rows}行",
                        "read a sheet to be imported: {rows} rows"),
    "import_mapped": _k("import_batch columns", "定下导入表的{columns}列",
                        "settled {columns} columns of a sheet to be imported"),
    "import_begun": _k("import_batch rows", "开始导入{rows}件", "began to import {rows} cases"),
    "import_finished": _k("import_batch taken left", "导入完成：{taken}件，{left}行没有导入",
                          "import finished: {taken} cases, {left} rows not taken"),
    "heading_forgotten": _k("heading field", "不再把表头“{heading}”认作{field}",
                            "the heading “{heading}” no longer means {field}"),
    "mapping_forgotten": _k("name", "删除留用的列的对应“{name}”", "dropped the kept mapping “{name}”"),
    "import_dropped": _k("import_batch", "放弃导入", "gave an import up"),
    "import_undone": _k("import_batch cases", "撤销导入，作废{cases}件", "undid an import: {cases} cases voided"),
    "row_rebased": _k(" ".join(("letter", *records.BESIDE,
                                "letter_edition handover handover_file import_batch wording")),
                      "程序升级，纳入数据摘要",
                      "upgrade: brought under a digest"),
    "numbers_explained": _k("explanation station mark figures reason", "说明{station}编号有缺：{figures}",
                            "explained missing numbers of {station}: {figures}"),
    "period_closed": _k("closing station period first_on last_on last_event cases explained figures_digest",
                        "{station}关账{period}，{cases}件", "closed {period} of {station}, {cases} cases"),
    "period_reopened": _k("closing station period finding reason", "{station}恢复期间{period}",
                          "reopened {period} of {station}"),
    "rows_kept": _k("rows", "数据行的校验码", "digests of rows"),
    "tables_kept": _k("tables", "这些表的每一行从此都有校验码", "from here on every row of these tables has a digest"),
    "journal_sealed": _k("seal hash", "封存经过（第{seal}号）", "sealed the journal (number {seal})"),
    "clock_jumped": _k("seconds", "服务器时钟跳了{seconds}秒", "the server's clock jumped by {seconds} seconds"),
    "keys_rotated": _k("values", "换了密钥，{values}处重新加密", "changed the keys: {values} values sealed anew"),
    "backed_up": _k("sha256", "备份", "backed up"),
    "restored": _k("sha256", "用备份恢复", "restored from a backup"),
    "checked": _k("faults", "核对全部数据，{faults}处不符", "checked all rows: {faults} do not agree"),
}
MONEY_FIELDS = frozenset({"claimed_fen", "total_fen", "amount_fen", "before_fen", "arrived_fen"})

# Addresses of acts that come over no line.
CONSOLE, SERVER = "console", "server"
PLACES = vocabulary(Word(CONSOLE, "服务器上的命令", "a command on the server"), Word(SERVER, "服务器自己", "the server by itself"))

TOO_MANY_REVEALS = "reveals"  # object of a refusal at the bound of reveals, told on the supervisor's desk
ACCESS_KINDS = vocabulary(
    Word("login", "登录", "logged in"),
    Word("login_failed", "登录失败", "log-in failed"),
    Word("login_locked", "登录被限", "log-in held back"),
    Word("logout", "退出", "logged out"),
    Word("open", "打开案件", "opened a case"),
    Word("search", "查找", "searched"),
    Word("reveal", "看全号", "revealed a number"),
    Word("print", "打印", "printed"),
    Word("export", "导出", "exported"),
    Word("feed", "取日程订阅", "fetched the calendar feed"),
    Word("refused", "被拒绝", "was refused"),
    Word("log_read", "看访问记录", "read the access log"),
)


written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(data: Mapping[str, object]) -> str:
    """One byte-exact form: sorted keys, no spaces, dates as ISO, empty values left out."""
    return written({key: _plain(value) for key, value in data.items() if value is not None and value != ""})


_AS_THEY_ARE = frozenset({str, int, bool})


def _plain(value: object) -> object:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return value


def field_faults(kind: str, data: Mapping[str, object]) -> list[str]:
    """Fields that the kind does not know, or lacks; empty when the event is exactly its kind's."""
    known = set(KINDS[kind].fields)
    return sorted((set(data) - {"digest", WHENCE}) ^ known)


def genesis(stream: str) -> str:
    """The first ``prev`` of a stream: the sha256 of its name."""
    return hashlib.sha256(stream.encode()).hexdigest()


def link(prev: str, stream: str, seq: int, entered_at: str, happened_on: str, actor: str, kind: str, data: str) -> str:
    """The hash of an event over everything that it says and the hash before it."""
    body = "\n".join((prev, stream, str(seq), entered_at, happened_on, actor, kind, data))
    return hashlib.sha256(body.encode()).hexdigest()


def salted(salt: str, body: str) -> str:
    """The hash under which an event names a note, so that the chain never holds its text."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()[:32]
