"""Dates and date-times: as people write them, as spreadsheets, databases and programs print them."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from truth.ways import QUOTES, SPACES, Kind, Way, form

DIGITS = "〇一二三四五六七八九"
FORMAL = str.maketrans("〇一二三四五六七八九十", "零壹贰叁肆伍陆柒捌玖拾")
SHANGHAI = timedelta(hours=8)


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return before + (DIGITS[ones] if ones else "")


def han_year(year: int) -> str:
    return "".join(DIGITS[int(digit)] for digit in str(year))


def a_day(rng: Random) -> str:
    return (date(1990, 1, 1) + timedelta(days=rng.randrange(13_000))).isoformat()


def a_moment(rng: Random) -> str:
    moment = datetime(2001, 10, 1) + timedelta(minutes=rng.randrange(60 * 24 * 365 * 25))
    return moment.strftime("%Y-%m-%d %H:%M")


def day(*forms: str) -> Way:
    """Patterns with parts of the day: {y} {m} {d} plain, {mm} {dd} {yy} two digits, {roc}, {b}
    the English month, {cy} {cm} {cd} in Chinese, {n} the serial of a spreadsheet."""

    def write(text: str, rng: Random) -> str:
        y, m, d = (int(part) for part in text[:10].split("-"))
        then = date(y, m, d)
        chinese = {"cy": han_year(y), "cm": han(m), "cd": han(d)}
        formal = {f"f{key[1]}": value.translate(FORMAL) for key, value in chinese.items()}
        serial = (then - date(1899, 12, 30)).days
        return rng.choice(forms).format(y=y, m=m, d=d, mm=f"{m:02}", dd=f"{d:02}", yy=f"{y % 100:02}", roc=y - 1911,
                                        b=then.strftime("%b"), bb=then.strftime("%B"), a=then.strftime("%a"), B=then.strftime("%b").upper(),
                                        w="一二三四五六日"[then.weekday()], n=serial, **chinese, **formal)  # fmt: skip

    return write


def clock(pattern: str, zone: timedelta = SHANGHAI) -> Way:
    """A pattern of strftime, of the moment in a zone; {epoch} {serial} {half} {h12}."""

    def write(text: str, rng: Random) -> str:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M")
        seconds = int((moment - SHANGHAI).replace(tzinfo=UTC).timestamp())
        serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
        moved = moment - SHANGHAI + zone
        half = "上午" if moved.hour < 12 else "下午"
        return moved.strftime(pattern).format(epoch=seconds, serial=f"{serial:.8f}", half=half, h12=(moved.hour % 12) or 12,
                                              h=moved.hour, m=moved.month, d=moved.day)  # fmt: skip

    return write


def unless_twelve(way: Way, other: Way) -> Way:
    """上午 12 点 is noon to one and midnight to another: such moments are written otherwise."""
    return lambda text, rng: (other if text[11:13] in ("00", "12") else way)(text, rng)


DATE: dict[str, Way] = {
    **SPACES, **QUOTES,
    "年月日": day("{y}年{m}月{d}日", "{y}年{mm}月{dd}日"), "号": day("{y}年{mm}月{dd}号"), "no 日": day("{y}年{m}月{d}"), "spaced": day("{y} 年 {m} 月 {d} 日"),
    "dots": day("{y}.{m}.{d}", "{y}.{mm}.{dd}"), "slashes": day("{y}/{m}/{d}", "{y}/{mm}/{dd}"), "no zeros": day("{y}-{m}-{d}"), "compact": day("{y}{mm}{dd}"),
    "compact float": day("{y}{mm}{dd}.0"), "marks": day("{y}、{m}、{d}", "{y} {m} {d}", "{y}\\{m}\\{d}", "{y}·{m}·{d}", "{y},{m},{d}"),
    "Chinese stops": day("{y}。{m}。{d}"), "numerals": day("{cy}年{cm}月{cd}日"), "formal numerals": day("{fy}年{fm}月{fd}日"), "民国": day("民国{roc}年{m}月{d}日"),
    "midnight": day("{y}-{mm}-{dd} 00:00:00", "{y}/{m}/{d} 0:00", "{y}-{mm}-{dd} 00:00:00.000"), "ISO": day("{y}-{mm}-{dd}T00:00:00", "{y}-{mm}-{dd}T00:00:00+08:00"),
    "English": day("{b} {d}, {y}", "{d} {b} {y}", "{bb} {d}, {y}"), "Oracle": day("{dd}-{B}-{yy}", "{dd}-{B}-{y}"), "Oracle in Chinese": day("{d}-{m}月 -{yy}", "{dd}-{m}月-{y}"),
    "serial": day("{n}", "{n}.0"), "two digits 年": day("{yy}年{m}月{d}日"), "two digits": day("{yy}.{m}.{d}", "{yy}-{mm}-{dd}"), "weekday": day("{y}-{mm}-{dd} 星期{w}", "{y}年{m}月{d}日(周{w})", "{a} {y}-{mm}-{dd}"),
    "brackets": day("({y}-{mm}-{dd})", "（{y}年{m}月{d}日）"), "heading": day("日期：{y}-{mm}-{dd}", "签约日期:{y}年{m}月{d}日"), "mark behind": day("{y}年{m}月{d}日。", "{y}-{mm}-{dd},"),
    "zone run on": day("{y}-{mm}-{dd}T00:00:00+0800"),
}  # fmt: skip
DATE_LOST: dict[str, Way] = {
    "no year": day("{m}月{d}日", "{mm}-{dd}"), "third of a month": day("{y}年{m}月上旬"), "quarter": day("{y}年第一季度", "{y}Q1"), "end of the year": day("{y}年底", "{y}年末"),
    "month 13": day("{y}-13-{dd}"), "day 32": day("{y}-{mm}-32"), "30 February": day("{y}-02-30"), "two dates": day("{y}.{m}.{d}-{y}.{m}.{d}", "{y}-{mm}-{dd}至{y}-{mm}-{dd}"),
    "about": day("约{y}年", "{y}-{mm}-{dd}左右"), "民国 perhaps": day("{roc:03}/{mm}/{dd}"), "relative": form("昨天", "上周", "下周一", "月底"), "week": day("{y}年第24周", "{y}-W24"),
    "lunar": day("农历{y}年{m}月{d}日", "{y}年{m}月{d}日(农历)", "{y}年正月初一"), "letter": day("{y}-O{m}-{dd}"), "century": day("35.{m}.{d}", "{d}-{m}月 -41"),
    "words": day("{y}年{m}月{d}日签约", "截止{y}-{mm}-{dd}"), "order": lambda text, rng: f"{text[5:7]}/{text[8:]}/{text[:4]}" if int(text[8:]) <= 12 and text[5:7] != text[8:] else "上周",
}  # fmt: skip
plain = clock("%Y/%m/%d %H:%M:%S")
MOMENT: dict[str, Way] = {
    **SPACES, "slashes": plain, "Chinese": clock("%Y年%m月%d日 %H:%M"), "时分": clock("%Y年%m月%d日%H时%M分"), "no zeros": clock("%Y/{m}/{d} {h}:%M"),
    "ISO": clock("%Y-%m-%dT%H:%M:00"), "ISO with zone": clock("%Y-%m-%dT%H:%M:00+08:00"), "UTC": clock("%Y-%m-%dT%H:%M:00Z", timedelta()),
    "New York": clock("%Y-%m-%dT%H:%M:00-05:00", -timedelta(hours=5)), "Delhi": clock("%Y-%m-%d %H:%M:00+0530", timedelta(hours=5, minutes=30)), "Postgres": clock("%Y-%m-%d %H:%M:00.123456+08"),
    "Go": clock("%Y-%m-%d %H:%M:00 +0800 CST"), "GMT+8": clock("%Y-%m-%d %H:%M:00 GMT+8"), "Java": clock("%a %b %d %H:%M:00 CST %Y"), "browser": clock("%a %b %d %Y %H:%M:00 GMT+0800 (中国标准时间)"),
    "mail": clock("%a, %d %b %Y %H:%M:00 +0800"), "compact": clock("%Y%m%d%H%M00"), "compact to the minute": clock("%Y%m%d%H%M"), "compact ISO": clock("%Y%m%dT%H%M00"),
    "epoch": clock("{epoch}"), "epoch in milliseconds": clock("{epoch}000"), "serial": lambda text, rng: (plain if text.endswith("00:00") else clock("{serial}"))(text, rng), "half before": unless_twelve(clock("%Y-%m-%d {half}{h12}:%M"), plain),
    "half behind": unless_twelve(clock("%Y-%m-%d {h12}:%M{half}"), plain), "PM": clock("%Y-%m-%d %I:%M %p"), "点": unless_twelve(clock("%Y年%m月%d日{half}{h12}点%M分"), plain),
    "Oracle": unless_twelve(clock("%d-{m}月 -%y %I.%M.00.000000 {half}"), plain), "comma": clock("%Y-%m-%d,%H:%M"), "milliseconds": clock("%Y-%m-%d %H:%M:00.000"), "wide colon": clock("%Y-%m-%d %H：%M"),
    "weekday": clock("%Y-%m-%d %A %H:%M"),
}  # fmt: skip
MOMENT_LOST: dict[str, Way] = {
    "relative": form("明天上午", "下周三下午3点"), "from to": clock("%Y-%m-%d %H:%M-23:59"), "from to, short": clock("%Y-%m-%d %H:%M~23点"), "hour 25": clock("%Y-%m-%d 25:%M"),
    "minute 60": clock("%Y-%m-%d %H:60"), "noon or midnight": clock("%Y-%m-%d 上午12:%M"), "letters": clock("%Y-%m-%d %H:%M:00 EST"), "day 32": clock("%Y-%m-32 %H:%M"),
    "two": lambda text, rng: f"{text}、{text[:11]}23:59", "half an hour past 24": clock("%Y-%m-%d 24:30"),
}  # fmt: skip
MONTH: dict[str, Way] = {
    **SPACES, "年月": day("{y}年{m}月"), "份": day("{y}年{mm}月份"), "dash": day("{y}-{m}"), "slash": day("{y}/{m}", "{y}/{mm}"), "dot": day("{y}.{mm}"),
    "numerals": day("{cy}年{cm}月"), "formal": day("{fy}年{fm}月"), "English": day("{bb} {y}", "{b} {y}", "{b}-{y}"), "spaced": day("{y} 年 {m} 月"), "brackets": day("({y}-{mm})"),
}  # fmt: skip


def a_month(rng: Random) -> str:
    return a_day(rng)[:7]


def of_month(way: Way) -> Way:
    return lambda text, rng: way(f"{text}-15", rng)


KINDS = {
    "date": Kind("customer.created_at", a_day, DATE, DATE_LOST),
    "datetime": Kind("customer.next_follow_up", a_moment, MOMENT, MOMENT_LOST),
    "month": Kind("customer.created_at", a_month, {name: way if name in SPACES else of_month(way) for name, way in MONTH.items()},
                  {"month 13": lambda text, rng: text[:5] + "13", "month 0": lambda text, rng: text[:5] + "00", "October or January": lambda text, rng: text[:4] + ".1"}),
}  # fmt: skip
