"""Folds the ways one name is written: old and variant characters, kana, width, spaces, order."""

import re
import unicodedata
from functools import lru_cache

_PAIRS = """
亞亜 惡悪 壓圧 圍囲 爲為 醫医 壹壱 稻稲 飮飲 隱隠 榮栄 營営 衞衛 驛駅 悅悦 圓円 緣縁 艷艶 鹽塩 奧奥
應応 橫横 歐欧 毆殴 黃黄 溫温 穩穏 假仮 價価 畫画 會会 壞壊 懷懐 繪絵 擴拡 殼殻 覺覚 學学 嶽岳 樂楽
勸勧 卷巻 寬寛 歡歓 觀観 關関 舘館 巖巌 顏顔 歸帰 氣気 龜亀 僞偽 戲戯 犧犠 舊旧 據拠 擧挙 虛虚 峽峡
狹狭 鄕郷 堯尭 曉暁 區区 驅駆 勳勲 薰薫 徑径 惠恵 溪渓 經経 繼継 螢蛍 輕軽 鷄鶏 藝芸 擊撃 縣県 儉倹
劍剣 檢検 權権 獻献 硏研 險険 顯顕 驗験 嚴厳 廣広 恆恒 鑛鉱 號号 國国 黑黒 濟済 碎砕 齋斉 斎斉 齊斉
劑剤 櫻桜 雜雑 參参 慘惨 棧桟 蠶蚕 贊賛 殘残 絲糸 齒歯 兒児 辭辞 濕湿 實実 舍舎 寫写 釋釈 壽寿 收収
從従 澁渋 獸獣 縱縦 肅粛 緖緒 敍叙 奬奨 將将 稱称 證証 乘乗 剩剰 壤壌 孃嬢 條条 淨浄 狀状 疊畳 讓譲
釀醸 囑嘱 觸触 寢寝 愼慎 晉晋 眞真 盡尽 圖図 粹粋 醉酔 穗穂 隨随 髓髄 數数 樞枢 瀨瀬 聲声 靜静 竊窃
攝摂 專専 淺浅 戰戦 踐践 錢銭 潛潜 纖繊 禪禅 曾曽 雙双 壯壮 搜捜 插挿 爭争 莊荘 裝装 騷騒 總総 聰聡
增増 藏蔵 臟臓 卽即 屬属 續続 墮堕 體体 對対 帶帯 滯滞 臺台 瀧滝 擇択 澤沢 單単 擔担 膽胆 團団 彈弾
斷断 癡痴 遲遅 晝昼 蟲虫 鑄鋳 廳庁 聽聴 鎭鎮 遞逓 鐵鉄 轉転 點点 傳伝 燈灯 當当 黨党 盜盗 鬪闘 德徳
獨独 讀読 屆届 繩縄 貳弐 腦脳 廢廃 拜拝 盃杯 賣売 麥麦 發発 髮髪 拔抜 蠻蛮 祕秘 濱浜 濵浜 甁瓶 拂払
佛仏 倂併 竝並 邊辺 邉辺 變変 辯弁 瓣弁 辨弁 舖舗 步歩 寶宝 萠萌 豐豊 飜翻 槇槙 萬万 滿満 默黙 彌弥
藥薬 譯訳 與与 豫予 餘余 譽誉 搖揺 樣様 謠謡 遙遥 瑤瑶 來来 賴頼 亂乱 覽覧 龍竜 兩両 獵猟 綠緑 壘塁
勵励 禮礼 隸隷 靈霊 齡齢 曆暦 歷歴 戀恋 鍊錬 爐炉 勞労 樓楼 郞郎 祿禄 錄録 灣湾 髙高 﨑崎 嵜崎 碕崎
嶋島 嶌島 槗橋 𣘺橋 𠮷吉 冨富 桒桑 柹柿 舩船 纐纈 埜野 圡土 峯峰 籐藤 栁柳 桺柳 曻昇 珎珍 逹達 冝宜
凉涼 恊協 甼町 峩峨 渕淵 渊淵 淸清 靑青 斈学 亰京 勑勅 喆哲 圀国 姬姫 敎教 敕勅 旣既 槪概 强強 塡填
頰頬 剝剥 吳呉 內内 產産 淚涙 每毎 煕熙 鷗鴎 鷆鷏 麴麹 凛凜 檜桧 薗園 蘆芦 蘂蕊 躰体 軀体 鐡鉄
"""
# Old (旧字体) and variant (異体字) characters to the form in daily use. Written by hand from what is printed in
# dictionaries of Japanese; characters that Unicode itself calls compatible are folded by NFKC before.
VARIANTS = {pair[0]: pair[1] for pair in _PAIRS.split()}
_VARIANT_TABLE = str.maketrans(VARIANTS)

_SELECTORS = {code: None for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_BARE = str.maketrans(
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴヰヱヲ",
    "カキクケコサシスセソタシステトハヒフヘホハヒフヘホウイエオ",
)
_PARTS = re.compile(r"[\s・･,、.]+")
_KANA = re.compile(r"[ァ-ヺー]+")
_LONG = re.compile(r"ー|(?<=[オコソトノホモヨロ])[ウオ]|(?<=[ウクスツヌフムユル])ウ(?!$)")
_GA = re.compile(r"(?<=[一-龠々])[ヶケガ](?=[一-龠々])")
_WOMANS = re.compile(
    r"(?:[子美恵香代江奈菜織花華乃里理穂咲音月莉葵希佳紀保世枝]|コ|ミ|エ|ヨ|カ|ナ|ノ|リ|オリ|ホ)$"
)
LONGEST = 200


@lru_cache(maxsize=32768)
def fold_written(text: str) -> str:
    """A name as written with variants, width, kana and selectors folded; the parts keep one space between them.

    Folding what is folded changes nothing: steps are repeated until they find nothing more to do.
    """
    folded = _with_ga(_long_once(text[:LONGEST]))
    while (again := _with_ga(_long_once(folded))) != folded:
        folded = again
    return folded


def fold_long(text: str) -> str:
    """A text of any length with variants, width, kana and selectors folded; the same part of it folds the same."""
    folded = _long_once(text)
    while (again := _long_once(folded)) != folded:
        folded = again
    return folded


@lru_cache(maxsize=32768)
def fold_sound(text: str) -> str:
    """A reading without what is often written differently: small kana, voicing marks, long vowels."""
    folded = _sound_once(fold_written(text))
    while (again := _sound_once(fold_written(folded))) != folded:
        folded = again
    return folded


def _long_once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_SELECTORS)).casefold()
    normal = unicodedata.normalize("NFKC", plain).translate(_TO_KATAKANA).translate(_VARIANT_TABLE)
    return " ".join(_PARTS.split(normal)).strip()


def _with_ga(folded: str) -> str:
    return _GA.sub("ケ", folded[:LONGEST]).strip()


def _sound_once(written: str) -> str:
    return _LONG.sub("", written.replace(" ", "").translate(_LARGE).translate(_BARE))


@lru_cache(maxsize=4096)
def is_womans(folded: str) -> bool:
    """Whether a folded given name is of the kind that mostly women bear: who marries is then more often renamed."""
    return _WOMANS.search(folded) is not None


def is_kana(folded: str) -> bool:
    """Whether a folded word is written in kana only."""
    return _KANA.fullmatch(folded) is not None
