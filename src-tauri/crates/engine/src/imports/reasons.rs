//! Why a row was refused, in words, for the file of refused rows. The screen has its own words.

/// The reason in the language of the file; the code itself when it is not known.
pub fn text(reason: &str, chinese: bool) -> &str {
    TEXTS.iter().find(|(code, ..)| *code == reason).map_or(reason, |(_, zh, en)| if chinese { zh } else { en })
}

const TEXTS: &[(&str, &str, &str)] = &[
    ("adjustment", "账面调整，不是销售", "A book-keeping adjustment, not a sale"),
    ("barcode", "条码不可用", "Not a usable barcode"),
    ("control_character", "含有不可见的控制字符", "Holds control characters"),
    ("date", "日期无法识别", "Not a date"),
    ("damaged", "数据损坏", "Damaged data"),
    ("deleted", "在原系统中已删除", "Deleted in the shop it comes from"),
    ("duplicate_variant", "同一商品的规格重复", "The product has this variant already"),
    ("duplicate_customer", "另一位客户已有此电话或邮箱", "Another customer has this phone or e-mail address"),
    ("invalid", "内容无效", "Not valid"),
    ("duplicate_sku", "货号与前面的行重复", "The SKU code stands on an earlier row"),
    ("duplicate_barcode", "条码与前面的行重复", "The barcode stands on an earlier row"),
    ("encoding", "文字编码错误", "Not readable in this encoding"),
    ("fee", "平台或银行费用，不是销售", "A fee of the shop's own, not a sale"),
    ("field_too_long", "单元格内容过长", "A cell is too long"),
    ("not_a_number", "不是数字", "Not a number"),
    ("no_price", "没有价格", "No price"),
    ("no_title", "没有名称", "No name"),
    ("no_variant", "没有可售的规格", "No variant that could be sold"),
    ("not_for_sale", "商品未上架", "Not for sale"),
    ("late_row", "同一单据的行分散在文件中", "A row of a document that ended earlier in the file"),
    ("negative", "不能为负数", "Must not be negative"),
    ("order_refused", "同一订单的其他行有错误", "Another row of the same order is at fault"),
    ("other_product", "货号属于另一个商品", "The SKU code belongs to another product"),
    ("phone", "电话号码无法识别", "Not a phone number"),
    ("email", "邮箱地址无法识别", "Not an e-mail address"),
    ("quantity", "数量无效", "Not a usable quantity"),
    ("required", "必填内容为空", "A needed cell is empty"),
    ("short_stock", "库存不足", "Not enough stock"),
    ("stock_correction", "库存更正，不是销售", "A stock correction, not a sale"),
    ("too_large", "数值过大", "Too large"),
    ("too_many_columns", "列数过多", "Too many columns"),
    ("too_many_variants", "规格过多", "Too many variants"),
    ("unknown_parent", "找不到所属商品", "The product it belongs to is missing"),
    ("unknown_sku", "没有这个货号", "No such SKU"),
    ("unsupported_type", "不支持的商品类型", "A type of product that is not supported"),
    ("several_values", "同一订单的各行不一致", "The rows of the order contradict each other"),
];
