//! The carriers a shop commonly uses, as data.

use serde::Serialize;

/// A carrier. The code is the one kuaidi100 uses where it has one, so that tracking needs no mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
pub struct Carrier {
    pub code: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
}

/// The carrier with this code.
pub fn carrier(code: &str) -> Option<&'static Carrier> {
    CARRIERS.iter().find(|carrier| carrier.code == code)
}

/// The carrier a file or a person means: by code, by either name, or by the start of the Chinese name
/// (`顺丰`, at least two characters). Case and spaces around do not matter.
pub fn find_carrier(text: &str) -> Option<&'static Carrier> {
    let wanted = crate::search::normalise(text);
    let is = |name: &str| name.to_lowercase() == wanted;
    let starts =
        |carrier: &&Carrier| wanted.chars().count() >= 2 && carrier.name_zh.to_lowercase().starts_with(&wanted);
    CARRIERS
        .iter()
        .find(|carrier| is(carrier.code) || is(carrier.name_zh) || is(carrier.name_en))
        .or_else(|| CARRIERS.iter().find(starts))
}

/// Chinese carriers first, commonest first: the order a list shows them in.
pub const CARRIERS: &[Carrier] = &[
    Carrier { code: "shunfeng", name_zh: "顺丰速运", name_en: "SF Express" },
    Carrier { code: "yuantong", name_zh: "圆通速递", name_en: "YTO Express" },
    Carrier { code: "zhongtong", name_zh: "中通快递", name_en: "ZTO Express" },
    Carrier { code: "shentong", name_zh: "申通快递", name_en: "STO Express" },
    Carrier { code: "yunda", name_zh: "韵达快递", name_en: "Yunda Express" },
    Carrier { code: "jd", name_zh: "京东物流", name_en: "JD Logistics" },
    Carrier { code: "jtexpress", name_zh: "极兔速递", name_en: "J&T Express" },
    Carrier { code: "ems", name_zh: "EMS", name_en: "EMS" },
    Carrier { code: "youzhengguonei", name_zh: "邮政快递包裹", name_en: "China Post parcel" },
    Carrier { code: "chinapost", name_zh: "中国邮政", name_en: "China Post" },
    Carrier { code: "debangkuaidi", name_zh: "德邦快递", name_en: "Deppon Express" },
    Carrier { code: "danniao", name_zh: "丹鸟", name_en: "Danniao (Cainiao)" },
    Carrier { code: "annengwuliu", name_zh: "安能快运", name_en: "Ane Express" },
    Carrier { code: "kuayue", name_zh: "跨越速运", name_en: "KYE Express" },
    Carrier { code: "yimidida", name_zh: "壹米滴答", name_en: "Yimidida" },
    Carrier { code: "zhaijisong", name_zh: "宅急送", name_en: "ZJS Express" },
    Carrier { code: "youshuwuliu", name_zh: "优速", name_en: "UC Express" },
    Carrier { code: "huitongkuaidi", name_zh: "百世快递", name_en: "Best Express" },
    Carrier { code: "tiantian", name_zh: "天天快递", name_en: "TTK Express" },
    Carrier { code: "shunfengkuaiyun", name_zh: "顺丰快运", name_en: "SF Freight" },
    Carrier { code: "zhongtongkuaiyun", name_zh: "中通快运", name_en: "ZTO Freight" },
    Carrier { code: "disifang", name_zh: "递四方", name_en: "4PX" },
    Carrier { code: "yw56", name_zh: "燕文物流", name_en: "Yanwen" },
    Carrier { code: "yuntrack", name_zh: "云途物流", name_en: "YunExpress" },
    Carrier { code: "dhl", name_zh: "DHL 中国件", name_en: "DHL Express" },
    Carrier { code: "dhlen", name_zh: "DHL 全球件", name_en: "DHL eCommerce" },
    Carrier { code: "ups", name_zh: "UPS", name_en: "UPS" },
    Carrier { code: "fedex", name_zh: "FedEx 国际件", name_en: "FedEx" },
    Carrier { code: "usps", name_zh: "美国邮政", name_en: "USPS" },
    Carrier { code: "tnt", name_zh: "TNT", name_en: "TNT" },
    Carrier { code: "dpd", name_zh: "DPD", name_en: "DPD" },
    Carrier { code: "gls", name_zh: "GLS", name_en: "GLS" },
    Carrier { code: "canpost", name_zh: "加拿大邮政", name_en: "Canada Post" },
    Carrier { code: "auspost", name_zh: "澳大利亚邮政", name_en: "Australia Post" },
    Carrier { code: "royalmail", name_zh: "英国皇家邮政", name_en: "Royal Mail" },
    Carrier { code: "hkpost", name_zh: "香港邮政", name_en: "Hongkong Post" },
    Carrier { code: "postserv", name_zh: "中华邮政", name_en: "Chunghwa Post" },
    Carrier { code: "macao", name_zh: "澳门邮政", name_en: "Macau Post" },
    Carrier { code: "japanposten", name_zh: "日本邮政", name_en: "Japan Post" },
    Carrier { code: "koreapost", name_zh: "韩国邮政", name_en: "Korea Post" },
    Carrier { code: "singpost", name_zh: "新加坡邮政", name_en: "Singapore Post" },
    Carrier { code: "deutschepost", name_zh: "德国邮政", name_en: "Deutsche Post" },
    Carrier { code: "csuivi", name_zh: "法国邮政", name_en: "La Poste" },
    Carrier { code: "postnl", name_zh: "荷兰邮政", name_en: "PostNL" },
    Carrier { code: "amazon", name_zh: "亚马逊物流", name_en: "Amazon Logistics" },
    Carrier { code: "ontrac", name_zh: "OnTrac", name_en: "OnTrac" },
    Carrier { code: "lasership", name_zh: "LaserShip", name_en: "LaserShip" },
    Carrier { code: "purolator", name_zh: "Purolator", name_en: "Purolator" },
    Carrier { code: "canpar", name_zh: "Canpar", name_en: "Canpar" },
    Carrier { code: "landmarkglobal", name_zh: "Landmark Global", name_en: "Landmark Global" },
    Carrier { code: "yodel", name_zh: "Yodel", name_en: "Yodel" },
    Carrier { code: "olddominion", name_zh: "Old Dominion", name_en: "Old Dominion Freight Line" },
    Carrier { code: "speedee", name_zh: "Spee-Dee", name_en: "Spee-Dee Delivery" },
    Carrier { code: "s10", name_zh: "国际邮件", name_en: "International mail" },
    Carrier { code: "gofo", name_zh: "GOFO", name_en: "GOFO Express" },
];
