//! A pasted text cut into words: phones taken out, labels dropped, and the word that is a person's name.

use super::phone::{is_landline, is_mobile, normalise_phone};
use crate::{search::is_han, text::half_width};

/// One word of the paste that is neither a label, a phone nor a postcode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    /// It stood behind a label such as 收货人.
    pub labelled_name: bool,
    /// It stood next to the phone, where names stand.
    pub near_phone: bool,
    /// It follows the divisions and begins the street, so it is no name.
    pub is_street: bool,
}

/// The words, the first phone (normalised), and what is understood but has no field of its own.
pub(super) fn words_of(text: &str) -> (Vec<Word>, String, Vec<String>) {
    let chars: Vec<char> = text.chars().take(500).map(half_width).collect();
    let (mut phone, mut rest) = (String::new(), Vec::new());
    let mut marked: Vec<char> = Vec::with_capacity(chars.len());
    let mut at = 0;
    let phone_end = best_phone(&chars);
    while at < chars.len() {
        let found = phone_end.filter(|(start, _)| *start == at).map(|(_, end)| end);
        let Some(end) = found.or_else(|| phone_at(&chars, at)) else {
            marked.push(chars[at]);
            at += 1;
            continue;
        };
        let number: String = chars[at..end].iter().collect();
        match (normalise_phone(&number), found) {
            (Some(number), Some(_)) => {
                phone = number;
                marked.push(PHONE);
            }
            (Some(number), None) => {
                rest.push(number);
                marked.push(' ');
            }
            (None, _) => marked.extend(&chars[at..end]),
        }
        at = end;
    }
    (split(&marked, &mut rest), phone, rest)
}

/// Joins words as a label prints them: Han needs no space, two Latin words do.
pub(super) fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for word in words {
        let apart = |c: char| !is_han(c) && c.is_alphanumeric();
        if out.chars().last().is_some_and(apart) && word.chars().next().is_some_and(apart) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Takes the person's name out of the words; empty when none looks like one.
pub(super) fn take_name(words: &mut Vec<Word>) -> String {
    let last = words.len().saturating_sub(1);
    let scored = words.iter().enumerate().map(|(at, word)| (score(word, at == 0 || at == last), at));
    // The first of equals: people write their name before their address more often than after it.
    let best = scored.filter(|(score, _)| *score > 0).max_by_key(|(score, at)| (*score, std::cmp::Reverse(*at)));
    if let Some((_, at)) = best {
        return words.remove(at).text;
    }
    words.last_mut().and_then(cut_tail).unwrap_or_default()
}

/// Whether a piece could be a name by its length and characters alone.
pub(super) fn could_be_name(text: &str) -> bool {
    let count = text.chars().count();
    let plain = text.chars().all(|c| is_han(c) || c.is_alphabetic() || matches!(c, '·' | '•' | ' ' | '.'));
    plain && (1..=20).contains(&count) && (!text.chars().any(is_han) || count <= 6 || text.contains(['·', '•']))
}

const PHONE: char = '\u{1}';

/// Where the phone to call stands: a mobile before a landline before a number from abroad.
fn best_phone(chars: &[char]) -> Option<(usize, usize)> {
    let all: Vec<(usize, usize)> = (0..chars.len()).filter_map(|at| phone_at(chars, at).map(|end| (at, end))).collect();
    let number = |(start, end): &(usize, usize)| normalise_phone(&chars[*start..*end].iter().collect::<String>());
    let rank = |span: &&(usize, usize)| match number(span) {
        Some(phone) if is_mobile(phone.split('x').next().unwrap_or_default()) => 0,
        Some(phone) if is_landline(phone.split('x').next().unwrap_or_default()) => 1,
        Some(_) => 2,
        None => 3,
    };
    all.iter().filter(|span| rank(span) < 3).min_by_key(rank).copied()
}

/// The end of the phone that starts here, if one does. The longest run that reads as a phone wins.
fn phone_at(chars: &[char], at: usize) -> Option<usize> {
    let starts = matches!(chars[at], '+' | '(') || chars[at].is_ascii_digit();
    let inside = at > 0 && (chars[at - 1].is_ascii_alphanumeric() || chars[at - 1] == '+');
    if !starts || inside {
        return None;
    }
    let mut ends = Vec::new();
    let mut gap = 0;
    for (end, c) in chars.iter().enumerate().skip(at).take(30) {
        match c {
            '0'..='9' => gap = 0,
            '+' if end == at => {}
            // A phone has single separators; two of them part it from the next number.
            ' ' | '-' | '(' | ')' | '转' if gap < 2 => gap += 1,
            _ => break,
        }
        let closes = c.is_ascii_digit() && !chars.get(end + 1).is_some_and(char::is_ascii_alphanumeric);
        if closes {
            ends.push(end + 1);
        }
    }
    let reads = |end: &usize| {
        let text: String = chars[at..*end].iter().collect();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let spaced = text.contains(' ');
        normalise_phone(&text).is_some_and(|phone| {
            // Across a space only a phone's own grouping is followed, never a short number behind it.
            digits >= 7 && !(spaced && phone.contains('x') && !text.contains('转'))
        })
    };
    ends.into_iter().rev().find(reads)
}

fn split(marked: &[char], rest: &mut Vec<String>) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut label, mut after_phone) = (Label::Nothing, false);
    let mut current = String::new();
    let mut spaced = false;
    // One separator at the end closes the last word.
    for (at, c) in marked.iter().copied().chain([' ']).enumerate() {
        let between_han =
            at > 0 && marked.get(at - 1).is_some_and(|c| is_han(*c)) && marked.get(at + 1).is_some_and(|c| is_han(*c));
        let parts = match c {
            PHONE | ',' | ';' | ':' | '|' | '、' | '。' | '[' | ']' | '【' | '】' | '"' | '“' | '”' => true,
            '-' | '/' | '>' | '_' => between_han,
            _ => c.is_whitespace() || c.is_control(),
        };
        if !parts {
            current.push(c);
            continue;
        }
        let (next, text) = unlabelled(std::mem::take(&mut current));
        if next != Label::Nothing {
            label = next;
        }
        if matches!(label, Label::Postcode | Label::Note)
            || (text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()))
        {
            if !text.is_empty() {
                rest.push(text);
                label = Label::Nothing;
            }
        } else if let Some(before) = words.last_mut().filter(|before| spaced && latin(&before.text) && latin(&text)) {
            // `Tom Lee` is one name.
            before.text = format!("{} {text}", before.text);
        } else if !text.is_empty() {
            let labelled_name = label == Label::Name;
            words.push(Word { text, labelled_name, near_phone: after_phone, is_street: false });
            (label, after_phone) = (Label::Nothing, false);
        }
        spaced = c == ' ' && (spaced || !words.is_empty()) && label == Label::Nothing && !after_phone;
        if c == PHONE {
            if let Some(word) = words.last_mut() {
                word.near_phone = true;
            }
            (label, after_phone) = (Label::Nothing, true);
        }
    }
    words
}

fn latin(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '.'))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Nothing,
    Name,
    Postcode,
    Note,
    /// Anything else that is not part of the address itself.
    Other,
}

const LABELS: &[(&str, Label)] = &[
    ("收货人姓名", Label::Name),
    ("收件人姓名", Label::Name),
    ("收货人", Label::Name),
    ("收件人", Label::Name),
    ("联系人", Label::Name),
    ("收", Label::Name),
    ("姓名", Label::Name),
    ("名字", Label::Name),
    ("联系电话", Label::Other),
    ("联系方式", Label::Other),
    ("手机号码", Label::Other),
    ("电话号码", Label::Other),
    ("手机号", Label::Other),
    ("手机", Label::Other),
    ("电话", Label::Other),
    ("收货地址", Label::Other),
    ("收件地址", Label::Other),
    ("详细地址", Label::Other),
    ("所在地区", Label::Other),
    ("所在地", Label::Other),
    ("省市区", Label::Other),
    ("地区", Label::Other),
    ("地址", Label::Other),
    ("邮政编码", Label::Postcode),
    ("邮编", Label::Postcode),
    ("买家留言", Label::Note),
    ("备注", Label::Note),
    ("留言", Label::Note),
];

/// Drops a label the word is or begins with. The short ones count only as a whole word: 地址 begins nothing
/// else, but 手机 begins 手机城 and 收 may be a name's.
fn unlabelled(word: String) -> (Label, String) {
    for (name, label) in LABELS {
        if let Some(after) = word.strip_prefix(name) {
            let long = name.chars().count() >= 3 || *name == "地址" || *name == "姓名" || *name == "邮编";
            if after.is_empty() || long {
                // Another label may follow: `收件人王五手机号138…`.
                return (*label, without_tail(after));
            }
        }
    }
    (Label::Nothing, without_tail(&word))
}

/// Drops the label of what follows, glued to the end of the word.
fn without_tail(word: &str) -> String {
    const TAILS: [&str; 6] = ["手机号码", "手机号", "联系电话", "联系方式", "收货地址", "(收)"];
    TAILS.iter().find_map(|tail| word.strip_suffix(tail)).unwrap_or(word).to_owned()
}

/// Words with these are places, whatever they begin with.
const PLACE: &str = "路街巷弄号室栋幢楼层座村镇区县市省园苑厦厂店桥站港校院屯旗厅柜期组";
const HONORIFICS: &[&str] = &["先生", "女士", "小姐", "老师", "同学", "经理", "师傅", "阿姨", "老板"];
const DOUBLE_SURNAMES: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "南宫", "独孤",
    "端木", "轩辕", "宇文", "长孙", "鲜于", "闾丘", "西门", "呼延", "申屠", "拓跋",
];
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚\
沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁\
岳翟申欧耿关兰焦俞左柳甘祝包宁符阮尚舒纪柯梅童毕单季成霍裴涂曲盛翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦\
麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀胥南班储原栗燕楚鄢劳谌奚\
皮粟冼蔺楼盘满闻位厉伊仝郜阚阎";

fn score(word: &Word, at_end: bool) -> i32 {
    if word.labelled_name {
        return 100;
    }
    if word.is_street || !could_be_name(&word.text) {
        return 0;
    }
    let count = word.text.chars().count();
    let honoured = HONORIFICS.iter().any(|honorific| word.text.ends_with(honorific));
    let is_place = word.text.chars().skip(1).any(|c| PLACE.contains(c));
    if is_place && !honoured {
        return 0;
    }
    let surnamed = has_surname(&word.text) && count <= 4;
    let position = 3 * i32::from(word.near_phone) + 2 * i32::from(at_end);
    match (honoured, surnamed) {
        (true, _) => 40 + position,
        (false, true) => 20 + position,
        // A nickname or a foreign name counts only where a name would stand.
        (false, false) if position > 0 => position,
        _ => 0,
    }
}

fn has_surname(text: &str) -> bool {
    let count = text.chars().count();
    let double = DOUBLE_SURNAMES.iter().any(|surname| text.starts_with(surname)) && count >= 3;
    double || count >= 2 && text.chars().next().is_some_and(|first| SURNAMES.contains(first))
}

/// `…3栋501张三`: a name glued behind a house number.
fn cut_tail(word: &mut Word) -> Option<String> {
    let chars: Vec<(usize, char)> = word.text.char_indices().collect();
    for length in [3, 2] {
        let Some(from) = chars.len().checked_sub(length).filter(|from| *from > 0) else { continue };
        let (at, _) = chars[from];
        let before = chars[from - 1].1;
        let name = &word.text[at..];
        let ends_address = before.is_ascii_digit() || "号室栋幢楼层座户元)".contains(before);
        if ends_address && name.chars().all(is_han) && has_surname(name) && !name.chars().any(|c| PLACE.contains(c)) {
            let name = name.to_owned();
            word.text.truncate(at);
            return Some(name);
        }
    }
    None
}
