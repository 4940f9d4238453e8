"""Work orders and messages as they come: what they say goes to its field, what may be two things is given as two."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.cases import work_orders

TODAY = date(2026, 11, 18)

CENTRE = """乌拉特中旗社会治理综合服务中心（综治中心）交办单
工单编号：ZZ20261116003
来访时间：2026-11-16 09:30
来访人姓名：巴特尔   性别：男   联系电话：138 4786 2213
被反映单位：宏远劳务有限公司   单位电话：0478-5912345
涉及人数：12人   涉及金额：18.6万元
反映内容：来访人等12人今年5月至9月在城南工地干活，共拖欠工资18.6万元，老板一直推。
办理时限：5个工作日"""
HOTLINE = """12351职工服务热线工单
【工单号】13912345678
【来电人】王女士 【来电号码】15047812233
【受理时间】2026年11月17日 14:20
【诉求内容】来电人反映在乌拉特中旗某某餐饮管理有限公司做服务员，单位拖欠9月、10月两个月工资共计9600元，并且没有缴纳社保，要求支付。
【办理单位】乌拉特中旗总工会"""
BOSS = ("你好，我叫苏和，在海流图镇东山煤场开车，老板刘建国欠我三个月工资一共两万四千元，打电话不接，"
        "老板电话13904781122，我的电话是 13947855566，求工会帮帮我们")
NUMBERS = """姓名：张三等12人
电话：13800001111、13900002222
用人单位：北方货运有限公司（负责人李某 13711112222）
欠薪金额：约36万元
银行卡号：6222021234567890123
身份证号：152824199001011239"""
CREW = ("领导您好：我们15个人在乌中旗城东二期工地跟着包工头老赵干活，从6月干到10月，每天300元，已付2000元，"
        "还欠每人8000元，合计12万元。盼回复。联系人 李强 150 4781 3344")
WAITRESS = "工会你好，我是草原人家饭店的服务员其其格，去年腊月干到今年4月，还有6400没给，也没签合同。"
PETITION = """转办单
来源：旗信访局
登记编号：XF2026-0457
信访人：斯琴高娃（女，蒙古族，45岁）
住址：海流图镇阳光小区3-2-501
反映对象：内蒙古某某矿业有限公司
诉求：解除劳动合同未支付经济补偿4.2万元。"""
LONG_NUMBER = """12345工单 编号：20261117000123456789
市民刘芳来电反映：其丈夫在甘其毛都口岸某物流公司上班时受伤，公司不给办工伤，联系电话18647891234。"""
SHORT = "张伟反映中旗工业园区华星硅业有限公司拖欠其2026年8-10月工资25800元。电话：15848812345"
TABLE = "姓名\t乌云\n手机号码\t１５９４７８１２２３３\n单位名称\t金川洗浴\n拖欠金额\t7,200.00元\n来访人数\t2人"


@pytest.mark.parametrize(("text", "found"), [
    (CENTRE, {"source": ("governance",), "external": ("ZZ20261116003",), "received": ("2026-11-16 09:30",),
              "name": ("巴特尔",), "phone": ("138 4786 2213",), "headcount": ("12",),
              "respondents-0-told": ("宏远劳务有限公司",), "respondents-0-phone": ("0478-5912345",),
              "claims-0-head": ("wages",), "claims-0-amount": ("18.6万元",)}),
    (HOTLINE, {"source": ("hotline",), "external": ("13912345678",), "received": ("2026年11月17日 14:20",),
               "name": ("王女士",), "phone": ("15047812233",), "respondents-0-told": ("乌拉特中旗某某餐饮管理有限公司",),
               "claims-0-head": ("wages",), "claims-1-head": ("insurance_arrears",), "claims-0-amount": ("9600元",)}),
    (BOSS, {"name": ("苏和",), "phone": ("13947855566",), "respondents-0-told": ("刘建国，海流图镇东山煤场",),
            "respondents-0-phone": ("13904781122",), "claims-0-head": ("wages",), "claims-0-amount": ("两万四千元",)}),
    (NUMBERS, {"name": ("张三",), "phone": ("13800001111", "13900002222"), "identity": ("152824199001011239",),
               "headcount": ("12",), "respondents-0-told": ("北方货运有限公司（负责人李某）",),
               "respondents-0-phone": ("13711112222",), "claims-0-head": ("wages",), "claims-0-amount": ("约36万元",)}),
    (CREW, {"name": ("李强",), "phone": ("150 4781 3344",), "headcount": ("15",),
            "respondents-0-told": ("老赵，乌中旗城东二期工地",), "claims-0-amount": ("12万元",)}),
    (WAITRESS, {"name": ("其其格",), "respondents-0-told": ("草原人家饭店",), "claims-0-amount": ("6400",)}),
    (PETITION, {"source": ("petition",), "external": ("XF2026-0457",), "name": ("斯琴高娃",),
                "address": ("海流图镇阳光小区3-2-501",), "respondents-0-told": ("内蒙古某某矿业有限公司",),
                "claims-0-head": ("severance",), "claims-0-amount": ("4.2万元",)}),
    (LONG_NUMBER, {"source": ("other",), "source_body": ("12345政务服务便民热线",), "external": ("20261117000123456789",),
                   "name": ("刘芳",), "phone": ("18647891234",), "respondents-0-told": ("甘其毛都口岸某物流公司",),
                   "claims-0-head": ("injury_benefit",)}),
    (SHORT, {"name": ("张伟",), "phone": ("15848812345",), "respondents-0-told": ("中旗工业园区华星硅业有限公司",),
             "claims-0-head": ("wages",), "claims-0-amount": ("25800元",)}),
    (TABLE, {"name": ("乌云",), "phone": ("15947812233",), "headcount": ("2",), "respondents-0-told": ("金川洗浴",),
             "claims-0-amount": ("7,200.00元",)}),
], ids=["centre", "hotline", "boss", "numbers", "crew", "waitress", "petition", "long number", "short", "table"])
def test_what_a_text_says_goes_to_its_field(text, found):
    assert work_orders.read(text, TODAY).found == found


@pytest.mark.parametrize("text", ["", "今天天气不错", "工会在几楼？", "：：：", "姓名：不详 电话：无"])
def test_what_says_nothing_fills_nothing(text):
    assert work_orders.read(text, TODAY).found == {}


def test_two_sums_are_both_given():
    order = work_orders.read("我叫那日松，工地欠我工资8000元，煤场也欠我工资5000元。", TODAY)
    assert order.found["claims-0-amount"] == ("8000元", "5000元")


def test_two_names_are_both_given():
    order = work_orders.read("来电人：张某某\n联系人：李某某\n联系电话：15848812345", TODAY)
    assert order.found["name"] == ("张某某", "李某某")


def test_a_telephone_that_cannot_be_one_is_left_in_the_words():
    assert "phone" not in work_orders.read("姓名：赵六 电话：1384786", TODAY).found


def test_a_day_after_today_is_no_day_of_receipt():
    assert "received" not in work_orders.read("受理时间：2027-01-05\n姓名：赵六", TODAY).found


def test_the_words_are_kept_without_the_numbers_that_would_be_printed():
    order = work_orders.read(NUMBERS, TODAY)
    assert "6222021234567890123" not in order.text
    assert "152824199001011239" not in order.text
    assert order.text.startswith("姓名：张三等12人\n电话：13800001111、13900002222")
    assert order.has_account
    assert work_orders.read(LONG_NUMBER, TODAY).text == LONG_NUMBER


def test_a_long_text_is_read_in_a_moment():
    order = work_orders.read("来电人反映单位拖欠工资，电话不接，" * 1000, TODAY)
    assert order.found["claims-0-head"] == ("wages",)


@pytest.mark.parametrize("text", ["1" * 8000, "1-" * 4000, "1," * 4000, "年" * 8000, "１" * 8000])
def test_a_long_row_of_signs_says_nothing_and_is_quickly_read(text):
    """Seconds to a minute, where every sign or comma began anew."""
    order = work_orders.read(text, TODAY)
    assert "claims-0-amount" not in order.found and "name" not in order.found
    assert "1" * 100 not in order.text and "１" * 100 not in order.text
