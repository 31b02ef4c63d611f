//! The provinces, cities and districts of China.
//!
//! The table is drawn from `modood/Administrative-divisions-of-China`; see `data/NOTICE.md`.

use serde::{Deserialize, Serialize};

/// One division, as a chooser shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Region {
    /// Six digits, `440305`.
    pub code: String,
    pub name: String,
}

/// The divisions of China, indexed for choosing and for reading addresses.
///
/// Three levels as they stand on labels. The four municipalities are their own city; a city or county
/// directly under a province stands at the level of cities; a city without districts has none.
#[derive(Debug, Clone)]
pub struct Regions {
    pub(super) provinces: Vec<Division>,
    pub(super) cities: Vec<Division>,
    pub(super) districts: Vec<Division>,
}

#[derive(Debug, Clone)]
pub(super) struct Division {
    /// Six digits.
    pub code: u32,
    /// Code of the division above; 0 for a province.
    pub above: u32,
    pub name: &'static str,
    /// What people write without thinking of the kind: `深圳`, `内蒙古`, `西双版纳`. The full name where
    /// nothing shorter is clear.
    pub short: &'static str,
}

impl Regions {
    /// Reads the embedded table (some 3,400 rows, about a millisecond): keep the result.
    pub fn embedded() -> Self {
        let mut regions = Regions { provinces: Vec::new(), cities: Vec::new(), districts: Vec::new() };
        for line in include_str!("../../data/regions.csv").lines() {
            if let Some((code, name)) = line.split_once(',') {
                regions.add(code, name);
            }
        }
        regions
    }

    /// Every province-level division, by code.
    pub fn provinces(&self) -> Vec<Region> {
        self.provinces.iter().map(Division::region).collect()
    }

    /// The cities of a province, by code; none for an unknown code.
    pub fn cities(&self, province_code: &str) -> Vec<Region> {
        below(&self.cities, province_code)
    }

    /// The districts of a city, by code; none for an unknown code, or a city without districts.
    pub fn districts(&self, city_code: &str) -> Vec<Region> {
        below(&self.districts, city_code)
    }

    /// Province, city and district names for a six-digit code of any level; the levels below it are
    /// empty. `None` for an unknown code.
    pub fn names(&self, code: &str) -> Option<(String, String, String)> {
        let code = number(code)?;
        let district = find(&self.districts, code);
        let city = find(&self.cities, district.map_or(code, |district| district.above));
        let province = find(&self.provinces, city.map_or(code, |city| city.above))?;
        let name = |division: Option<&Division>| division.map(|division| division.name.to_owned()).unwrap_or_default();
        Some((province.name.to_owned(), name(city), name(district)))
    }

    fn add(&mut self, code: &'static str, name: &'static str) {
        let Ok(number) = code.parse::<u32>() else { return };
        match code.len() {
            2 => self.provinces.push(Division { code: number * 10_000, above: 0, name, short: short_province(name) }),
            4 => {
                let above = number / 100 * 10_000;
                let province = self.provinces.last().map_or("", |province| province.name);
                match name {
                    // A municipality's inner level is called 市辖区 and 县; on a label the city stands there.
                    "市辖区" | "县" => {
                        let short = short_city(province);
                        self.cities.push(Division { code: number * 100, above, name: province, short });
                    }
                    // 省直辖县级行政区划 is no place: what lies below it is lifted to its level.
                    _ if name.contains("直辖县级") => {}
                    _ => self.cities.push(Division { code: number * 100, above, name, short: short_city(name) }),
                }
            }
            _ => {
                let city = number / 100 * 100;
                let short = short_district(name);
                match find(&self.cities, city) {
                    None => {
                        let above = number / 10_000 * 10_000;
                        self.cities.push(Division { code: number, above, name, short });
                    }
                    // 东莞 and its like have no districts, so the table repeats the city.
                    Some(above) if above.name == name => {}
                    Some(_) => self.districts.push(Division { code: number, above: city, name, short }),
                }
            }
        }
    }
}

impl Division {
    fn region(&self) -> Region {
        Region { code: format!("{:06}", self.code), name: self.name.to_owned() }
    }
}

pub(super) fn find(divisions: &[Division], code: u32) -> Option<&Division> {
    // The table is sorted by code, and so is each level of it.
    divisions.binary_search_by_key(&code, |division| division.code).ok().map(|at| &divisions[at])
}

fn below(divisions: &[Division], code: &str) -> Vec<Region> {
    let Some(code) = number(code) else { return Vec::new() };
    divisions.iter().filter(|division| division.above == code).map(Division::region).collect()
}

fn number(code: &str) -> Option<u32> {
    (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then(|| code.parse().ok()).flatten()
}

fn short_province(name: &'static str) -> &'static str {
    for kind in ["特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市"]
    {
        if let Some(short) = name.strip_suffix(kind) {
            return short;
        }
    }
    name
}

fn short_city(name: &'static str) -> &'static str {
    if let Some(short) = name.strip_suffix("自治州") {
        return without_peoples(short);
    }
    long_enough(name, name.strip_suffix("地区").or_else(|| name.strip_suffix(['市', '盟'])))
}

fn short_district(name: &'static str) -> &'static str {
    if let Some(short) = name.strip_suffix("自治县").or_else(|| name.strip_suffix("自治旗")) {
        return without_peoples(short);
    }
    long_enough(name, name.strip_suffix("新区").or_else(|| name.strip_suffix(['区', '县', '市', '旗'])))
}

/// `郊区` is not `郊`: one character is never a name by itself.
fn long_enough(name: &'static str, short: Option<&'static str>) -> &'static str {
    short.filter(|short| short.chars().count() >= 2).unwrap_or(name)
}

/// `黔西南布依族苗族` → `黔西南`.
fn without_peoples(mut name: &'static str) -> &'static str {
    const PEOPLES: &[&str] = &[
        "蒙古族",
        "蒙古",
        "回族",
        "藏族",
        "维吾尔",
        "苗族",
        "彝族",
        "壮族",
        "布依族",
        "朝鲜族",
        "满族",
        "侗族",
        "瑶族",
        "白族",
        "土家族",
        "哈尼族",
        "哈萨克族",
        "哈萨克",
        "傣族",
        "黎族",
        "傈僳族",
        "佤族",
        "畲族",
        "拉祜族",
        "水族",
        "东乡族",
        "纳西族",
        "景颇族",
        "柯尔克孜",
        "土族",
        "达斡尔族",
        "仫佬族",
        "羌族",
        "布朗族",
        "撒拉族",
        "毛南族",
        "仡佬族",
        "锡伯",
        "塔吉克",
        "怒族",
        "普米族",
        "保安族",
        "裕固族",
        "独龙族",
        "各族",
    ];
    while let Some(shorter) = PEOPLES.iter().find_map(|people| name.strip_suffix(people)) {
        if shorter.chars().count() < 2 {
            break;
        }
        name = shorter;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_levels_as_on_labels() {
        let regions = Regions::embedded();
        assert_eq!(regions.provinces().len(), 34);
        let names =
            |code: &str| regions.names(code).map(|(province, city, district)| format!("{province}/{city}/{district}"));
        for (code, expected) in [
            ("440305", "广东省/深圳市/南山区"),
            ("110105", "北京市/北京市/朝阳区"),
            ("500229", "重庆市/重庆市/城口县"),
            ("441900", "广东省/东莞市/"),
            ("419001", "河南省/济源市/"),
            ("810000", "香港特别行政区//"),
            ("440000", "广东省//"),
        ] {
            assert_eq!(names(code).as_deref(), Some(expected));
        }
        for wrong in ["", "44", "999999", "44030x", "+44030"] {
            assert_eq!(names(wrong), None);
        }
        assert_eq!(regions.cities("440000").len(), 21);
        assert_eq!(regions.districts("440300").len(), 9);
        assert!(regions.districts("441900").is_empty());
        assert!(regions.cities("nonsense").is_empty());
    }

    #[test]
    fn short_names() {
        assert_eq!(short_city("黔西南布依族苗族自治州"), "黔西南");
        assert_eq!(short_city("伊犁哈萨克自治州"), "伊犁");
        assert_eq!(short_city("大兴安岭地区"), "大兴安岭");
        assert_eq!(short_district("莫力达瓦达斡尔族自治旗"), "莫力达瓦");
        assert_eq!(short_district("浦东新区"), "浦东");
        assert_eq!(short_district("郊区"), "郊区");
        assert_eq!(short_province("新疆维吾尔自治区"), "新疆");
    }

    #[test]
    fn levels_are_sorted_and_unique() {
        let regions = Regions::embedded();
        for level in [&regions.provinces, &regions.cities, &regions.districts] {
            assert!(level.windows(2).all(|pair| pair[0].code < pair[1].code));
        }
    }
}
