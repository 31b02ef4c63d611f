use super::{AuditInput, AuditPage, CommandInfo, CommandList};
use crate::{
    commands::{Kind, SPECS},
    ctx::Ctx,
    error::{Error, Result},
    settings::Nothing,
};

pub async fn audit(_ctx: &mut Ctx, _input: AuditInput) -> Result<AuditPage> {
    Err(Error::internal("not yet"))
}

/// The one list of commands, for whoever writes a program or grants a permission.
pub async fn commands(_: &mut Ctx, _: Nothing) -> Result<CommandList> {
    let items = SPECS
        .iter()
        .map(|spec| CommandInfo {
            name: spec.name.to_owned(),
            is_query: spec.kind == Kind::Query,
            permission: spec.permission.to_owned(),
            offline: spec.offline,
            undo: spec.undo,
            audited: spec.audited,
            tags: spec.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        })
        .collect();
    Ok(CommandList { items })
}
