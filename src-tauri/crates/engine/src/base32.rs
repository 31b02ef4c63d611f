//! Base 32 by Crockford, for codes that people copy by hand: without letters that look like another one, and read
//! whatever way they are typed.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

use crate::error::{Error, Result};

static LETTERS: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    spec.translate.from.push_str("abcdefghjkmnpqrstvwxyzoOiIlL");
    spec.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    spec.ignore.push_str("- \t\r\n");
    spec.encoding().ok()
});

fn letters() -> Result<&'static Encoding> {
    LETTERS.as_ref().ok_or_else(|| Error::internal("the letters of a code"))
}

/// In groups of four.
pub(crate) fn written(bytes: &[u8]) -> Result<String> {
    let text = letters()?.encode(bytes);
    let groups: Vec<&str> = (0..text.len()).step_by(4).filter_map(|at| text.get(at..text.len().min(at + 4))).collect();
    Ok(groups.join("-"))
}

/// What was meant; `None` when no such code can be written so.
pub(crate) fn read(text: &str) -> Result<Option<Vec<u8>>> {
    Ok(letters()?.decode(text.as_bytes()).ok())
}
