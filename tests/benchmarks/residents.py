"""Makes up residents, their households and what they say at a desk; the same from the same seed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

# Invented people: a family name with its reading, frequent ones first, and given names of two characters.
FAMILIES = (
    "佐藤:さとう 鈴木:すずき 高橋:たかはし 田中:たなか 伊藤:いとう "
    "渡辺:わたなべ 山本:やまもと 中村:なかむら 小林:こばやし 加藤:かとう "
    "吉田:よしだ 山田:やまだ 佐々木:ささき 山口:やまぐち 松本:まつもと "
    "井上:いのうえ 木村:きむら 林:はやし 斎藤:さいとう 清水:しみず "
    "山崎:やまざき 森:もり 池田:いけだ 橋本:はしもと 阿部:あべ 石川:いしかわ "
    "山下:やました 中島:なかじま 石井:いしい 小川:おがわ 前田:まえだ "
    "岡田:おかだ 長谷川:はせがわ 藤田:ふじた 後藤:ごとう 近藤:こんどう "
    "村上:むらかみ 遠藤:えんどう 青木:あおき 坂本:さかもと 西村:にしむら "
    "福田:ふくだ 太田:おおた 三浦:みうら 藤井:ふじい 岡本:おかもと 松田:まつだ "
    "中川:なかがわ 中野:なかの 原田:はらだ 小野:おの 田村:たむら 竹内:たけうち "
    "金子:かねこ 和田:わだ 中山:なかやま 石田:いしだ 上田:うえだ 森田:もりた "
    "原:はら 柴田:しばた 酒井:さかい 工藤:くどう 横山:よこやま 宮崎:みやざき "
    "宮本:みやもと 内田:うちだ 高木:たかぎ 安藤:あんどう 谷口:たにぐち "
    "大野:おおの 丸山:まるやま 今井:いまい 高田:たかだ 藤本:ふじもと "
    "村田:むらた 武田:たけだ 上野:うえの 杉山:すぎやま 増田:ますだ "
    "渡邉:わたなべ 髙橋:たかはし"
)
FIRST = (
    "明:あき 和:かず 健:けん 正:まさ 裕:ひろ 美:み 由:ゆ 真:ま 直:なお 千:ち "
    "康:やす 秀:ひで 義:よし 幸:ゆき 洋:よう 恵:めぐ 智:とも 春:はる 夏:なつ "
    "優:ゆう 涼:りょう 陽:はる 結:ゆい 颯:はや 蒼:あお 悠:ゆう 奈:な 沙:さ "
    "佳:よし 早:さ"
)
SECOND = (
    "子:こ 男:お 美:み 恵:え 雄:お 太:た 介:すけ 代:よ 江:え 也:や 斗:と 香:か "
    "菜:な 樹:き 翔:と 司:し 輔:すけ 枝:え 郎:ろう 紀:のり 志:し 花:か 乃:の "
    "平:へい 人:と 衣:い 穂:ほ 哉:や 音:ね 里:り"
)
DISTRICTS = "東町 西町 南町 北町 本町 緑ヶ丘 青葉台 桜が丘 光が丘 若葉 栄町 旭町 泉 中央 新田 上原 下原 山手 川端 宮前"
OPENINGS = (
    "{who}のことで相談に来た。",
    "{who}から電話があった。",
    "民生委員が{who}を気にかけている。",
    "{who}の様子が心配だと言う。",
)
TROUBLES = (
    "家賃を{n}か月払えていない。",
    "夜眠れず、{n}週間ほど外に出ていない。",
    "母の介護が{n}年続き、疲れている。",
    "子どもが学校に{n}か月行っていない。",
    "仕事を{n}回変わり、今は収入がない。",
    "借金が{n}社にある。",
    "近所との言い争いが{n}度あった。",
    "薬代が払えず、通院を{n}か月やめている。",
    "税の督促が{n}通来ている。",
    "冷蔵庫が壊れて{n}日まともに食べていない。",
    "息子が部屋から{n}年出てこない。",
    "電気が{n}日前に止まった。",
)
WISHES = (
    "まず話を聞いてほしい。",
    "働ける所を探したい。",
    "住まいを失いたくない。",
    "訪問してほしいが、近所に知られたくない。",
    "手続きを一緒にしてほしい。",
    "本人はまだ困っていないと言う。",
)
LARGEST_HOUSEHOLD = 4


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who does not exist."""

    name: str
    kana: str
    birth_date: date
    address: str
    phone: str


def ordered_id(draw: Random, at: datetime) -> str:
    """An id as the house makes them, with the given moment and the rest drawn."""
    bits = draw.getrandbits(74)
    moment, rest = f"{int(at.timestamp() * 1000):012x}", f"{bits & (1 << 62) - 1:016x}"
    return f"{moment[:8]}-{moment[8:]}-7{bits >> 62:03x}-{int(rest[0], 16) | 8:x}{rest[1:4]}-{rest[4:]}"


def households(draw: Random, people: int, today: date) -> list[tuple[Resident, ...]]:
    """So many residents in households of one to four; frequent family names are frequent."""
    families, first, second = _pairs(FAMILIES), _pairs(FIRST), _pairs(SECOND)
    weights = [1 / (place + 4) for place in range(len(families))]
    districts, found, made = DISTRICTS.split(), [], 0
    while made < people:
        size = min(draw.choices((1, 2, 3, LARGEST_HOUSEHOLD), (38, 30, 18, 14))[0], people - made)
        family, sound = draw.choices(families, weights)[0]
        address = f"{draw.choice(districts)}{draw.randint(1, 9)}丁目{draw.randint(1, 40)}-{draw.randint(1, 60)}"
        home = f"0{draw.randint(10, 99)}-{draw.randint(100, 999)}-{draw.randint(0, 9999):04d}"
        members = []
        for place in range(size):
            one, other = draw.choice(first), draw.choice(second)
            age = draw.randint(25, 92) if place == 0 else draw.randint(0, 92)
            mobile = (
                f"0{draw.choice('789')}0-{draw.randint(0, 9999):04d}-{draw.randint(0, 9999):04d}"
            )
            members.append(
                Resident(
                    f"{family} {one[0]}{other[0]}",
                    f"{sound} {one[1]}{other[1]}",
                    today - timedelta(days=age * 365 + draw.randint(0, 364)),
                    address,
                    draw.choice((home, mobile, mobile, "")),
                )
            )
        found.append(tuple(members))
        made += size
    return found


def story(draw: Random, who: str) -> str:
    """What was heard: a few plain sentences."""
    parts = [draw.choice(OPENINGS).format(who=who)]
    parts += [one.format(n=draw.randint(2, 9)) for one in draw.sample(TROUBLES, draw.randint(1, 3))]
    return "".join((*parts, draw.choice(WISHES)))


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(one, sound) for one, _, sound in (part.partition(":") for part in text.split())]
