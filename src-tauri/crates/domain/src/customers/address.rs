//! Reading an address pasted from a chat: the phone is cut out first, then the divisions are matched,
//! then the name is chosen among the words left over.

use super::{
    paste::{Word, could_be_name, joined, take_name, words_of},
    regions::{Division, Regions, find},
};
use crate::search::is_han;
use serde::{Deserialize, Serialize};

/// What was found in a pasted address; a part that was not found is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ParsedAddress {
    pub name: String,
    /// As [`normalise_phone`](super::normalise_phone) stores it.
    pub phone: String,
    pub province: String,
    pub city: String,
    pub district: String,
    /// Town, road and house number: what stands on the label after the district.
    pub street: String,
    /// The six-digit division code of the smallest division found; else empty.
    pub region_code: String,
    /// What was understood but has no field: a second phone, a postcode, words before the address.
    pub rest: String,
}

/// Takes a pasted address apart: name, phone and address in any order, with or without labels
/// (`收货人：`), with or without the kinds of divisions (`广东深圳南山`). Never fails; the clerk sees
/// what was found and corrects it. Reads the first 500 characters.
pub fn parse_cn_address(text: &str, regions: &Regions) -> ParsedAddress {
    let (mut words, phone, mut rest) = words_of(text);
    let mut found = Found::default();
    if let Some((at, offset)) = anchor(&words, regions) {
        let mut first = at;
        if offset > 0 {
            // `张三广东省…`: what stands glued before the place is the name.
            let place = words[at].text.split_off(offset);
            words.insert(at + 1, Word { text: place, near_phone: false, ..words[at].clone() });
            words[at + 1].labelled_name = false;
            first = at + 1;
        }
        take_divisions(&mut words, first, &mut found, regions);
        let name = take_name(&mut words);
        let lead = words.iter().position(|word| word.is_street).unwrap_or(0);
        rest.extend(words.drain(..lead).map(|word| word.text));
        return found.address(name, phone, street_of(&words), rest.join(" "));
    }
    let name = take_name(&mut words);
    found.address(name, phone, street_of(&words), rest.join(" "))
}

/// The divisions read so far; those above the smallest are filled in.
#[derive(Debug, Clone, Copy, Default)]
struct Found<'a> {
    province: Option<&'a Division>,
    city: Option<&'a Division>,
    district: Option<&'a Division>,
    /// How many of them stood in the text, and whether one stood with its full name.
    depth: u8,
    full: bool,
}

impl<'a> Found<'a> {
    fn address(self, name: String, phone: String, street: String, rest: String) -> ParsedAddress {
        let text = |division: Option<&Division>| division.map(|division| division.name.to_owned()).unwrap_or_default();
        let smallest = self.district.or(self.city).or(self.province);
        ParsedAddress {
            name,
            phone,
            province: text(self.province),
            city: text(self.city),
            district: text(self.district),
            street,
            region_code: smallest.map(|division| format!("{:06}", division.code)).unwrap_or_default(),
            rest,
        }
    }

    /// Sets the division and all above it; a municipality is its own city.
    fn set(&mut self, division: &'a Division, level: Level, regions: &'a Regions) {
        match level {
            Level::Province => {
                self.province = Some(division);
                let own = regions.cities.iter().find(|city| city.above == division.code && city.name == division.name);
                self.city = own;
            }
            Level::City => {
                self.city = Some(division);
                self.province = find(&regions.provinces, division.above);
            }
            Level::District => {
                self.district = Some(division);
                self.city = find(&regions.cities, division.above);
                self.province = self.city.and_then(|city| find(&regions.provinces, city.above));
            }
        }
        self.depth += 1;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Province,
    City,
    District,
}

/// The word and the byte within it where the divisions begin: the first that names two of them, or one in
/// full; failing that the first that names any.
fn anchor(words: &[Word], regions: &Regions) -> Option<(usize, usize)> {
    let mut weak = None;
    for (at, word) in words.iter().enumerate() {
        if word.labelled_name {
            continue;
        }
        let following = joined(words[at..].iter().take(4).map(|word| word.text.as_str()));
        for (offset, _) in word.text.char_indices().take(7) {
            let mut found = Found::default();
            advance(&following[offset..], &mut found, regions);
            let sure = found.depth >= 2 || found.full && (offset == 0 || found.city.is_none());
            if sure && (offset == 0 || could_be_name(&word.text[..offset])) {
                return Some((at, offset));
            }
            if offset == 0 && found.depth == 1 && weak.is_none() {
                weak = Some((at, 0));
            }
        }
    }
    weak
}

/// Takes the divisions off the words from `first` on. Whatever follows them is marked as the street.
fn take_divisions<'a>(words: &mut Vec<Word>, first: usize, found: &mut Found<'a>, regions: &'a Regions) {
    let at = first;
    while let Some(word) = words.get_mut(at) {
        let mut next = *found;
        let used = advance(&word.text, &mut next, regions);
        // A form with 所在地区 and 详细地址 gives the divisions twice.
        let mut again = Found::default();
        let repeated = advance(&word.text, &mut again, regions);
        let same = again.depth >= 2 || again.full;
        let same = same && again.province.map(|division| division.code) == found.province.map(|division| division.code);
        let used = if used == 0 && same && repeated > 0 {
            if again.district.is_some() {
                next = Found { depth: found.depth, ..again };
            }
            repeated
        } else {
            used
        };
        if used == 0 {
            break;
        }
        *found = next;
        let left = word.text[used..].trim_start_matches(SKIPPED).to_owned();
        if left.is_empty() {
            words.remove(at);
        } else {
            word.text = left;
            // The rest of this word may name the divisions once more; it is looked at again.
            if !repeats(&words[at].text, found, regions) {
                words[at].is_street = true;
                return;
            }
        }
    }
    // The street begins with the next word, unless that can only be the name.
    if let Some(word) = words.get_mut(at) {
        let a_name = word.labelled_name || word.near_phone && could_be_name(&word.text);
        word.is_street = !a_name;
    }
}

fn repeats(text: &str, found: &Found<'_>, regions: &Regions) -> bool {
    let mut again = Found::default();
    advance(text, &mut again, regions);
    (again.depth >= 2 || again.full && again.city.is_none())
        && again.province.map(|division| division.code) == found.province.map(|division| division.code)
}

const SKIPPED: [char; 8] = [' ', ',', '-', '/', '.', '·', '>', '_'];

/// Reads divisions from the start of the text, larger to smaller; returns the bytes read.
fn advance<'a>(text: &str, found: &mut Found<'a>, regions: &'a Regions) -> usize {
    let mut used = 0;
    loop {
        let rest = &text[used..];
        let start = rest.len() - rest.trim_start_matches(SKIPPED).len();
        let rest = &rest[start..];
        let filler = FILLERS.iter().find(|filler| rest.starts_with(**filler));
        if let Some(filler) = filler.filter(|filler| found.province.is_some() != (**filler == "中国")) {
            used += start + filler.len();
            continue;
        }
        // 北京市北京市朝阳区: forms write a municipality twice.
        if let (Some(province), None) = (found.province, found.district) {
            let own = found.city.is_some_and(|city| city.name == province.name);
            let repeated = [province.name, province.short].into_iter().find(|name| rest.starts_with(name));
            if let Some(name) = repeated.filter(|_| own) {
                used += start + name.len();
                continue;
            }
        }
        match next_division(rest, found, regions) {
            Some((division, level, length, full)) => {
                found.set(division, level, regions);
                found.full |= full;
                used += start + length;
            }
            None => break,
        }
    }
    // Fillers alone name nothing.
    if found.depth == 0 { 0 } else { used }
}

const FILLERS: &[&str] = &[
    "中国",
    "市辖区",
    "省直辖县级行政区划",
    "省直辖县",
    "自治区直辖县级行政区划",
    "直辖县级行政区划",
    "直辖县级行政单位",
];

type Match<'a> = (&'a Division, Level, usize, bool);

/// The division the text begins with, among those that can follow what was found. The longest reading
/// wins, a full name before a short one of the same length, the larger division before the smaller.
fn next_division<'a>(text: &str, found: &Found<'a>, regions: &'a Regions) -> Option<Match<'a>> {
    if found.district.is_some() || !text.chars().next().is_some_and(is_han) {
        return None;
    }
    let mut best: Option<Match<'a>> = None;
    let mut offer = |division: &'a Division, level: Level, short_too: bool| {
        let Some((length, full)) = read(text, division, level, short_too) else { return };
        if best.is_none_or(|(_, _, most, most_full)| (length, full) > (most, most_full)) {
            best = Some((division, level, length, full));
        }
    };
    match (found.province, found.city) {
        (None, _) => {
            regions.provinces.iter().for_each(|division| offer(division, Level::Province, true));
            regions.cities.iter().for_each(|division| offer(division, Level::City, true));
            // 昆山市 alone says where it is; 朝阳区 alone does not.
            let alone =
                |division: &Division| regions.districts.iter().filter(|other| other.name == division.name).count() == 1;
            let begins = |division: &&Division| text.starts_with(division.name);
            regions
                .districts
                .iter()
                .filter(begins)
                .filter(|division| alone(division))
                .for_each(|division| offer(division, Level::District, false));
        }
        (Some(province), None) => {
            let within = |code: u32| code / 10_000 == province.code / 10_000;
            regions.cities.iter().filter(|city| within(city.code)).for_each(|city| offer(city, Level::City, true));
            let districts: Vec<&Division> = regions.districts.iter().filter(|district| within(district.code)).collect();
            for district in &districts {
                let same =
                    districts.iter().filter(|other| other.name == district.name || other.short == district.short);
                if same.count() == 1 {
                    offer(district, Level::District, true);
                }
            }
        }
        (Some(province), Some(city)) => {
            // 重庆 has two inner levels of one name; both are the city.
            let own = city.name == province.name;
            let within = |district: &&Division| {
                district.above == city.code || own && district.code / 10_000 == province.code / 10_000
            };
            regions.districts.iter().filter(within).for_each(|district| offer(district, Level::District, true));
        }
    }
    best
}

/// How many bytes of the text name the division, and whether in full.
fn read(text: &str, division: &Division, level: Level, short_too: bool) -> Option<(usize, bool)> {
    if text.starts_with(division.name) {
        return Some((division.name.len(), true));
    }
    let after = text.strip_prefix(division.short).filter(|_| short_too)?;
    let mut next = after.chars();
    let kind = next.next().unwrap_or(' ');
    if matches!(kind, '省' | '市' | '区' | '县' | '旗') {
        // A district that changed its kind, 崇明县 for 崇明区, is still meant; 朝阳区 is no city of 朝阳.
        return (level == Level::District).then(|| (division.short.len() + kind.len_utf8(), false));
    }
    // 南京东路 and 南山大道 are roads.
    let road = |c: char| matches!(c, '路' | '街' | '巷' | '弄' | '道' | '桥' | '镇' | '乡' | '村');
    if road(kind) || next.next().is_some_and(|second| matches!(second, '路' | '街' | '道' | '巷')) {
        return None;
    }
    Some((division.short.len(), false))
}

fn street_of(words: &[Word]) -> String {
    joined(words.iter().map(|word| word.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static REGIONS: LazyLock<Regions> = LazyLock::new(Regions::embedded);

    fn read(text: &str) -> String {
        let found = parse_cn_address(text, &REGIONS);
        let ParsedAddress { name, phone, province, city, district, street, region_code, rest } = found;
        format!("{name}|{phone}|{province}|{city}|{district}|{street}|{region_code}|{rest}")
    }

    #[test]
    fn in_any_order() {
        let expected = "张三|13800138000|广东省|深圳市|南山区|科技园路1号3栋501|440305|";
        for text in [
            "张三 13800138000 广东省深圳市南山区科技园路1号3栋501",
            "张三，13800138000，广东省 深圳市 南山区 科技园路1号3栋501",
            "13800138000 张三 广东省深圳市南山区科技园路1号3栋501",
            "广东省深圳市南山区科技园路1号3栋501 张三 13800138000",
            "广东省深圳市南山区科技园路1号3栋501张三13800138000",
            "张三13800138000广东省深圳市南山区科技园路1号3栋501",
            "张三广东省深圳市南山区科技园路1号3栋501 138-0013-8000",
            "收货人：张三\n手机号码：138 0013 8000\n所在地区：广东省深圳市南山区\n详细地址：科技园路1号3栋501",
            "收货人: 张三\n电话: +86 13800138000\n地址: 广东省/深圳市/南山区 科技园路1号3栋501",
            "姓名：张三 地址：广东省深圳市南山区广东省深圳市南山区科技园路1号3栋501 手机：８６－１３８００１３８０００",
            "广东深圳南山科技园路1号3栋501，张三，13800138000",
            "深圳市南山区科技园路1号3栋501 13800138000 张三",
            "深圳南山科技园路1号3栋501 13800138000 张三",
            "中国广东省深圳市南山区科技园路1号3栋501 13800138000 张三",
            "广东省-深圳市-南山区-科技园路1号3栋501 张三 13800138000",
            "广东省南山区科技园路1号3栋501 张三 13800138000",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn municipalities_and_their_like() {
        for (text, expected) in [
            ("北京市朝阳区建国路88号 李雷 13900139000", "李雷|13900139000|北京市|北京市|朝阳区|建国路88号|110105|"),
            ("北京市北京市朝阳区建国路88号", "||北京市|北京市|朝阳区|建国路88号|110105|"),
            ("北京 市辖区 朝阳区 建国路88号", "||北京市|北京市|朝阳区|建国路88号|110105|"),
            ("上海浦东张江路1号", "||上海市|上海市|浦东新区|张江路1号|310115|"),
            ("上海市南京东路100号", "||上海市|上海市||南京东路100号|310100|"),
            ("重庆市城口县葛城街道", "||重庆市|重庆市|城口县|葛城街道|500229|"),
            ("重庆渝中解放碑", "||重庆市|重庆市|渝中区|解放碑|500103|"),
            ("广东省东莞市长安镇振安路1号", "||广东省|东莞市||长安镇振安路1号|441900|"),
            ("河南省济源市黄河路1号", "||河南省|济源市||黄河路1号|419001|"),
            ("江苏省昆山市玉山镇前进路2号", "||江苏省|苏州市|昆山市|玉山镇前进路2号|320583|"),
            ("浙江义乌北苑街道", "||浙江省|金华市|义乌市|北苑街道|330782|"),
            ("内蒙古呼和浩特新城区哲里木路", "||内蒙古自治区|呼和浩特市|新城区|哲里木路|150102|"),
            ("吉林省吉林市船营区光华路", "||吉林省|吉林市|船营区|光华路|220204|"),
            ("吉林市船营区光华路", "||吉林省|吉林市|船营区|光华路|220204|"),
            ("云南西双版纳景洪市勐海路", "||云南省|西双版纳傣族自治州|景洪市|勐海路|532801|"),
            ("上海市崇明县城桥镇", "||上海市|上海市|崇明区|城桥镇|310151|"),
            ("北京 北京 海淀区 上地十街10号 收 高峰", "高峰||北京市|北京市|海淀区|上地十街10号|110108|"),
            ("海南省直辖县级行政区划文昌市文城镇", "||海南省|文昌市||文城镇|469005|"),
            ("贵州黔南都匀市剑江中路", "||贵州省|黔南布依族苗族自治州|都匀市|剑江中路|522701|"),
            ("朝阳区建国路", "|||||朝阳区建国路||"),
            ("西安市高新区科技路48号", "||陕西省|西安市||高新区科技路48号|610100|"),
            ("香港特别行政区九龙油尖旺区", "||香港特别行政区|||九龙油尖旺区|810000|"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn names_phones_and_the_rest() {
        for (text, expected) in [
            (
                "王小姐 0755-23456789-8001 深圳南山区深南大道9号",
                "王小姐|075523456789x8001|广东省|深圳市|南山区|深南大道9号|440305|",
            ),
            (
                "欧阳娜娜 18412345678转1234 杭州西湖区文一西路969号",
                "欧阳娜娜|18412345678x1234|浙江省|杭州市|西湖区|文一西路969号|330106|",
            ),
            (
                "小王子,13800138000,四川省成都市武侯区天府大道1号",
                "小王子|13800138000|四川省|成都市|武侯区|天府大道1号|510107|",
            ),
            ("Tom Lee 13800138000 上海市徐汇区漕溪北路", "Tom Lee|13800138000|上海市|上海市|徐汇区|漕溪北路|310104|"),
            (
                "张三 13800138000 广东省深圳市南山区科技园 518000",
                "张三|13800138000|广东省|深圳市|南山区|科技园|440305|518000",
            ),
            (
                "张三 010-62345678 13800138000 北京海淀中关村大街1号",
                "张三|13800138000|北京市|北京市|海淀区|中关村大街1号|110108|01062345678",
            ),
            (
                "买买提·艾力 13800138000 新疆乌鲁木齐市天山区解放路",
                "买买提·艾力|13800138000|新疆维吾尔自治区|乌鲁木齐市|天山区|解放路|650102|",
            ),
            (
                "收件人王五手机号17700001111地址湖南长沙岳麓区麓山南路932号",
                "王五|17700001111|湖南省|长沙市|岳麓区|麓山南路932号|430104|",
            ),
            (
                "张三(收)18412345678-1234[1234]广东深圳南山区科技园1号 备注：放门口",
                "张三|18412345678x1234|广东省|深圳市|南山区|科技园1号|440305|放门口 1234",
            ),
            ("张三", "张三|||||||"),
            ("", "|||||||"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn every_district_reads_back() {
        for district in &REGIONS.districts {
            let city = find(&REGIONS.cities, district.above).unwrap();
            let province = find(&REGIONS.provinces, city.above).unwrap();
            let text = format!("李雷 13800138000 {}{}{}人民路1号", province.name, city.name, district.name);
            let found = parse_cn_address(&text, &REGIONS);
            assert_eq!(found.region_code, format!("{:06}", district.code), "{text}");
            assert_eq!((found.name.as_str(), found.street.as_str()), ("李雷", "人民路1号"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", near in "[广东省深圳市南山区北京朝阳张三路号0-9 ,:+转()\u{1}-]{0,60}") {
            let _ = (parse_cn_address(&text, &REGIONS), parse_cn_address(&near, &REGIONS));
        }
    }
}
