use domain::units::Millis;

use super::{About, Component};
use crate::{ctx::Ctx, error::Result, settings::Nothing};

mod built {
    include!(concat!(env!("OUT_DIR"), "/components.rs"));
}

/// Which program this is, when it was built, and what of others is in it.
pub async fn about(_: &mut Ctx, _: Nothing) -> Result<About> {
    let component = |&(from, name, version, licence): &(&str, &str, &str, &str)| Component {
        from: from.into(),
        name: name.into(),
        version: version.into(),
        licence: licence.into(),
    };
    let audited_on = env!("SHOPKEEPER_AUDITED_ON");
    Ok(About {
        version: env!("CARGO_PKG_VERSION").into(),
        built_at: Millis(env!("SHOPKEEPER_BUILT_AT").parse::<i64>().unwrap_or_default() * 1000),
        audited_on: (!audited_on.is_empty()).then(|| audited_on.into()),
        components: built::COMPONENTS.iter().map(component).collect(),
    })
}
