//! Ids: UUIDs made by whoever makes the thing, so that an offline device never waits for a number.
//! Each kind is its own type, so that a SKU is never reserved under a product's id.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
        #[serde(transparent)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id as the database and other crates know it.
            pub const fn uuid(self) -> Uuid { self.0 }

            /// Reads the hyphenated or plain hexadecimal form; `None` for anything else.
            pub fn parse(text: &str) -> Option<Self> { Uuid::try_parse(text).ok().map(Self) }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+};
}

ids!(
    ActorId,
    AddressId,
    AuditId,
    BarcodeId,
    BrandId,
    CaseId,
    CategoryId,
    ChannelId,
    CommandId,
    CommentId,
    CountId,
    CustomerId,
    DeviceId,
    EventId,
    FileId,
    HoldId,
    ImportId,
    JobId,
    LineId,
    LocationId,
    MoveId,
    NoteId,
    OptionId,
    OrderId,
    ParcelId,
    PaymentId,
    PriceListId,
    ProductId,
    RefundId,
    ReservationId,
    ReturnId,
    RoleId,
    ShopId,
    SkuId,
    SupplierId,
    TagId,
    TransferId,
    UserId,
    ViewId,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_string_on_the_wire() {
        let id = OrderId::parse("0193500e-0000-7000-8000-000000000001").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"0193500e-0000-7000-8000-000000000001\"");
        assert_eq!(id.to_string(), "0193500e-0000-7000-8000-000000000001");
        assert_eq!(OrderId::parse("7"), None);
    }
}
