"""Amounts as they are written out on Chinese documents, where digits are not enough."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def write_out_in_chinese(amount):
    """Return an amount in formal Chinese numerals, with 元, 角 and 分.

    :param float amount: with two decimals at most
    """
    cents = round(abs(amount) * 100)
    whole, rest = divmod(cents, 100)
    words = "负" if amount < 0 and cents else ""
    if whole or not rest:
        words += f"{_write_whole(whole)}元"
    tenths, hundredths = divmod(rest, 10)
    if tenths:
        words += f"{DIGITS[tenths]}角"
    elif whole and hundredths:
        words += DIGITS[0]
    return words + (f"{DIGITS[hundredths]}分" if hundredths else "整")


def _write_whole(number):
    for size, unit in UNITS:
        if number >= size:
            head, rest = divmod(number, size)
            words = _write_whole(head) + unit
            if rest:
                # A place left out between two others is named once.
                words += DIGITS[0] if rest < size // 10 else ""
                words += _write_whole(rest)
            return words
    return DIGITS[number]
