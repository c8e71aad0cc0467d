from odoo.tests import BaseCase, tagged

from ..models.common.amount_in_words import write_out_in_chinese

WORDS = {
    0: "零元整",
    0.05: "伍分",
    0.5: "伍角整",
    1.2: "壹元贰角整",
    10: "壹拾元整",
    110: "壹佰壹拾元整",
    1001.01: "壹仟零壹元零壹分",
    20030.15: "贰万零叁拾元壹角伍分",
    100010.05: "壹拾万零壹拾元零伍分",
    8589.68: "捌仟伍佰捌拾玖元陆角捌分",
    1000000: "壹佰万元整",
    100000001: "壹亿零壹元整",
    12345000000: "壹佰贰拾叁亿肆仟伍佰万元整",
    1000000000000: "壹万亿元整",
    -3.1: "负叁元壹角整",
    -0.001: "零元整",
}


@tagged("post_install", "-at_install")
class TestAmountInWords(BaseCase):
    def test_chinese(self):
        written = {amount: write_out_in_chinese(amount) for amount in WORDS}
        self.assertEqual(written, WORDS)
