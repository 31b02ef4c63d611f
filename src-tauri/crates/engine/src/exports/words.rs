//! The statuses in a file, in the words of the screen: `(code, Chinese, English)`. A test holds them
//! against the screen's own.

use domain::{
    catalog::ProductState,
    orders::{FulfilmentStatus, PaymentStatus, Stage},
};

use super::cells::Cell;
use crate::payments::{PaymentKind, PaymentMethod};

/// The words of one kind of status, under the name the screen has for them.
pub struct Words {
    pub key: &'static str,
    words: &'static [(&'static str, &'static str, &'static str)],
}

impl Words {
    /// The word for a code; the code itself when nobody has given it one.
    pub fn of(&self, code: &'static str, chinese: bool) -> &'static str {
        match self.words.iter().find(|(known, ..)| *known == code) {
            Some((_, zh, en)) => {
                if chinese {
                    zh
                } else {
                    en
                }
            }
            None => code,
        }
    }

    pub(super) fn cell(&self, code: &'static str, chinese: bool) -> Cell {
        Cell::Text(self.of(code, chinese).to_owned())
    }
}

pub const STAGE: Words = Words {
    key: "status.stage",
    words: &[
        ("draft", "草稿", "Draft"),
        ("placed", "待付款", "To pay"),
        ("review", "待审核", "To review"),
        ("ready", "待发货", "To ship"),
        ("shipping", "待收货", "Shipping"),
        ("delivered", "已收货", "Delivered"),
        ("completed", "已完成", "Completed"),
        ("cancelled", "已取消", "Cancelled"),
    ],
};
pub const PAYMENT: Words = Words {
    key: "status.payment",
    words: &[
        ("unpaid", "未付款", "Unpaid"),
        ("pending", "付款确认中", "Payment pending"),
        ("partial", "部分付款", "Partly paid"),
        ("paid", "已付款", "Paid"),
        ("overpaid", "多付", "Overpaid"),
        ("partially_refunded", "部分退款", "Partly refunded"),
        ("refunded", "已退款", "Refunded"),
        ("chargeback", "拒付", "Chargeback"),
    ],
};
pub const FULFILMENT: Words = Words {
    key: "status.fulfilment",
    words: &[
        ("none", "未备货", "Not started"),
        ("allocated", "已占库存", "Stock reserved"),
        ("partial_shipped", "部分发货", "Partly shipped"),
        ("shipped", "已发货", "Shipped"),
        ("partial_delivered", "部分签收", "Partly delivered"),
        ("delivered", "已签收", "Delivered"),
        ("returned_part", "部分退货", "Partly returned"),
        ("returned", "已退货", "Returned"),
    ],
};
pub const PRODUCT: Words = Words {
    key: "status.product",
    words: &[
        ("draft", "草稿", "Draft"),
        ("listed", "在售", "On sale"),
        ("unlisted", "已下架", "Off sale"),
        ("archived", "已归档", "Archived"),
    ],
};
pub const KIND: Words =
    Words { key: "payments.kind", words: &[("capture", "收款", "Received"), ("refund", "退款", "Refunded")] };
pub const METHOD: Words = Words {
    key: "payments.method",
    words: &[
        ("cash", "现金", "Cash"),
        ("bank_transfer", "银行转账", "Bank transfer"),
        ("elsewhere", "其他渠道已付", "Paid elsewhere"),
    ],
};

/// Every code that can stand in a file, with its words.
pub fn all() -> Vec<(&'static Words, &'static str)> {
    let stages = Stage::ALL.iter().map(|code| (&STAGE, code.as_str()));
    let payments = PaymentStatus::ALL.iter().map(|code| (&PAYMENT, code.as_str()));
    let fulfilments = FulfilmentStatus::ALL.iter().map(|code| (&FULFILMENT, code.as_str()));
    let products = ProductState::ALL.iter().map(|code| (&PRODUCT, code.as_str()));
    let kinds = PaymentKind::ALL.iter().map(|code| (&KIND, code.as_str()));
    let methods = PaymentMethod::ALL.iter().map(|code| (&METHOD, code.as_str()));
    stages.chain(payments).chain(fulfilments).chain(products).chain(kinds).chain(methods).collect()
}
