"""What papers say of a way of law, in Chinese: after a failure, of rights beforehand, of what follows an agreement.

Every sentence is put together from the row of ways.py; no template holds one of its own.
"""
from __future__ import annotations

from dataclasses import dataclass

from mediation.rules.law.laws import cite
from mediation.rules.law.ways import RESTARTS, WAYS, Way

AID = "需要帮助的，可以向法律援助机构申请法律援助"
AID_FOR_PAY = f"{AID}；农民工请求支付劳动报酬或者工伤赔偿的，不审查经济困难状况"
OTHER_MATTERS = "其中报酬、休息休假、劳动安全卫生、工伤以外的请求，可以依法直接向人民法院起诉，诉讼时效为三年"
# JC 21(2): inspection points to the procedure that a matter is already in; which comes first is the worker's choice.
INSPECTION = "欠薪事项已经进入调解的，劳动保障监察机构可能告知您先按调解程序办理。要先投诉监察的，请在登记时说明："
INSPECTION_CHOICES = ("先调解", "先投诉监察")
# Whether it is taken, the court or commission decides: added where the table is not sure.
UNSURE = "（是否受理由{who}决定）"
MATTERS = {"P": "人事争议", "Z": "民事纠纷", "O": "超龄用工纠纷", "D": "用工纠纷"}
EFFECTS = {
    "B": "本协议自双方当事人签名、盖章或者按指印，调解员签名并加盖人民调解委员会印章之日起生效。",
    "E": "本协议自双方当事人签名、盖章或者按指印之日起生效。",
    "F": "本案已由人民法院立案，由人民法院依法制作调解书，双方签收后具有法律效力。",
    "G": "本案已由仲裁委员会受理，由仲裁委员会依法制作调解书，双方签收后具有法律效力。",
    "I": "本协议是双方当事人自愿达成的和解协议，自双方签名、盖章或者按指印之日起成立并生效，对双方具有约束力，应当履行。",
}
USUAL_EFFECT = "本协议由双方当事人签名或者盖章，经调解员签名并加盖调解组织印章后生效，对双方具有约束力，应当履行。"
# A notice of non-acceptance for one of these grounds points back to what is going on, not to a new procedure.
DECLINED = {
    "already_decided": "已经裁决、判决的，依法按照裁决书、判决书写明的期限和途径办理",
    "in_procedure": "已经在仲裁、诉讼中的，按照该程序办理，也可以请求在该程序中调解",
    "insurance_authority": "社会保险费的补缴，向社会保险费征收机构反映",
}


@dataclass(frozen=True)
class WayWords:
    """The sentences of one way, as templates ask for them."""

    way: Way

    @property
    def matter(self) -> str:
        """劳动争议, 人事争议, 民事纠纷 …"""
        return MATTERS.get(self.way.code, "争议" if self.way.is_civil else "劳动争议")

    @property
    def declines(self) -> str:
        """The article on which a request is declined; '' where the channel has none."""
        return cite(self.way.declines).zh if self.way.declines else ""

    @property
    def may_inspect(self) -> bool:
        """Whether unpaid wages of this matter may be complained of to labour inspection (JC 21(2))."""
        return self.matter in ("劳动争议", "用工纠纷") and not self.way.is_sent

    @property
    def inspection(self) -> str:
        """What is said of labour inspection before ``INSPECTION_CHOICES`` to tick; '' where it is not open."""
        return INSPECTION if self.may_inspect else ""

    @property
    def inspection_choices(self) -> tuple[str, ...]:
        return INSPECTION_CHOICES

    @property
    def told(self) -> str:
        """可以申请仲裁: completes a sentence that begins with 调解不成."""
        return self.way.goal.told.zh

    @property
    def at_once(self) -> str:
        return self.way.goal.at_once

    @property
    def bar_name(self) -> str:
        return self.way.bar_name.zh

    @property
    def extension(self) -> str:
        return self.way.extension.zh

    @property
    def after_failure(self) -> list[str]:
        """The points of the notice that mediation has ended: where to go, the time bar, legal aid."""
        cited = f"（{self.way.cited}）" if self.way.cited else ""
        return [f"{self._subject}{self.way.goal.notice}{cited}。", *self._also, *self._bar, self.aid]

    @property
    def rights(self) -> list[str]:
        """What parties are told beforehand: the ways out, what follows an agreement."""
        told = (self._way_out + "".join(self._bar), *self._also, self.made_firm, self.broken)
        return [one for one in told if one]

    @property
    def aid(self) -> str:
        return f"{AID_FOR_PAY if self.matter in ('劳动争议', '用工纠纷') else AID}。"

    @property
    def _subject(self) -> str:
        """Who or what the sentence of the goal is said of."""
        return SUBJECTS.get(self.way.goal_code, "当事人")

    @property
    def _way_out(self) -> str:
        notice = self.told
        if self.way.goal_code in ("return", "trial", "hearing", "commission"):
            return f"调解不成的，{notice}。"
        if self.way.is_free:
            at_once = "随时" if notice.startswith("可以") else ""
            return f"不愿调解或者调解不成的，{at_once}{notice}。"
        return f"调解不成，或者自收到调解申请之日起十五日内没有达成协议的，{notice}。"

    @property
    def _bar(self) -> list[str]:
        # Whether arbitration comes first, and so which bar runs, the sending court says; of a civil matter it is clear.
        said = self.way.bar.said if self.way.goal_code != "return" or self.way.is_civil else ""
        restart = RESTARTS[self.way.restart_code][1]
        if self.way.goal_code == "return":
            restart = "时效因申请调解、向人民法院提出请求而中断的，从中断、有关程序终结时起重新计算"
        parts = [f"{one}。" for one in (said, restart) if one]
        return ["".join(parts)] if parts else []

    @property
    def _also(self) -> list[str]:
        if self.way.also is None:
            return []
        return [f"{OTHER_MATTERS}（{WAYS['O'].article.zh}）。" if self.way.channel != "I" else f"{OTHER_MATTERS}。"]

    @property
    def effect(self) -> str:
        """When an agreement of this channel takes effect."""
        return EFFECTS.get(self.way.channel, USUAL_EFFECT)

    @property
    def made_firm(self) -> str:
        """What both may ask for together after an agreement, so that it can be enforced."""
        if self.way.is_sent:
            who = "人民法院" if self.way.code == "F" else "仲裁委员会"
            return f"达成协议的，由{who}制作调解书。"
        court = "委派的人民法院" if self.way.channel == "E" else "人民法院"
        parts = []
        if self.way.review:
            parts.append("在十五日内共同向仲裁委员会申请仲裁审查" + self._unsure(self.way.review, "仲裁委员会"))
        if self.way.confirm:
            parts.append(f"在三十日内共同向{court}申请司法确认" + self._unsure(self.way.confirm, "人民法院"))
        return f"协议生效后，双方可以{'，或者'.join(parts)}，经审查、确认的可以申请强制执行。" if parts else ""

    @property
    def broken(self) -> str:
        """What is open when an agreement is not performed."""
        if self.way.is_sent:
            return "达成协议并签收调解书后一方不履行的，另一方可以向人民法院申请强制执行。"
        parts = [f"达成协议后一方不履行的，另一方{BROKEN.get(self.way.goal_code, self.told)}"]
        if self.way.order in ("H", "M"):
            parts.append(self._order)
        if self.way.suit in ("H", "M"):
            parts.append("仅就劳动报酬达成协议的，还可以凭调解协议直接向人民法院起诉" + self._unsure(self.way.suit, "人民法院"))
        return f"{'；'.join(parts)}。"

    @property
    def _order(self) -> str:
        if self.way.order_cites != "TJF 16":
            return "请求给付金钱、符合民事诉讼法规定条件的，可以向人民法院申请支付令"
        return "因拖欠劳动报酬、工伤医疗费、经济补偿或者赔偿金达成的协议，可以向人民法院申请支付令" + self._unsure(
            self.way.order, "人民法院")

    def _unsure(self, level: str, who: str) -> str:
        return "" if level == "H" else UNSURE.format(who=who)

    @property
    def service(self) -> str:
        """The procedures after mediation for which an address for service is to hold as well."""
        after = {"F": ["审判"], "G": ["仲裁"]}.get(self.way.channel, [])
        found = [*after, *(word for word, level in (("仲裁审查", self.way.review), ("司法确认", self.way.confirm)) if level)]
        return "、".join(found)

    def declined(self, reason: str) -> list[str]:
        """The points of the notice of non-acceptance; ``reason``: words.DECLINE_GROUNDS, '' for another outcome."""
        if reason in DECLINED:
            return [f"{DECLINED[reason]}。", self.aid]
        return [f"{self._subject}{self.way.goal.notice}。", *self._also, *self._bar, self.aid]


SUBJECTS = {"trial": "", "hearing": "", "return": "本案", "either": "本案"}
# What stands open on a broken agreement, where the goal after a failure is no answer to that.
BROKEN = {"return": "可以依法起诉或者通过其他途径解决", "commission": "可以请仲裁委员会依法受理",
          "lawful": "可以依法通过仲裁、司法等途径解决", "either": "可以依法申请仲裁；不属于劳动争议的，可以依法直接向人民法院起诉"}
