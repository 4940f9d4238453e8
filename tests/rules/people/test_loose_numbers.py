import pytest

from mediation.rules.people.loose_numbers import find, refuse
from mediation.rules.text_cleaning import Unreadable

SAMPLE = "11010519491231002X"  # of GB 11643
CARD = "6222021234567890128"


@pytest.mark.parametrize("text", [
    f"身份证{SAMPLE}", f"他的号码是{SAMPLE.lower()}，请核对", "110105 19491231 002X", "110105491231002", f"打到卡{CARD}", "6222 0212 3456 7890 128",
    "账号：123456789012345", "１１０１０５１９４９１２３１００２Ｘ", "1101051949\u200b1231002X", "123456789012345678", f"编号{SAMPLE}"])
def test_an_identity_or_account_number_among_words_is_found(text):
    assert find(text)
    with pytest.raises(Unreadable) as refused:
        refuse(text)
    assert SAMPLE not in refused.value.text.zh and "编号" in refused.value.text.zh


@pytest.mark.parametrize("text", [
    "", "干了三个月，欠12000元", "电话13912345678", "2024-05-01 2024-06-01 2024-07-01", "工单号20261130000012345678", "12345热线编号：202611300000123456",
    "转账流水号 1000050001202611300123456789", "5000 6000 7000 8000", "回执号2026113000001234567", "（2026）内0824民诉前调1234号"])
def test_sums_days_telephones_and_numbers_of_documents_may_stand(text):
    assert find(text) == ""


def test_a_field_for_documents_takes_any_number_but_a_persons():
    assert find("20261130000012345678", may_hold_documents=True) == ""
    assert find(SAMPLE, may_hold_documents=True) == SAMPLE and find(CARD, may_hold_documents=True) == CARD
