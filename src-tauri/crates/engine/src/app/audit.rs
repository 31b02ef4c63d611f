use std::str::FromStr as _;

use uuid::Uuid;

use super::{AuditInput, AuditPage, AuditRow, CommandInfo, CommandList};
use crate::{
    access::veil_json,
    commands::{Kind, SPECS},
    ctx::{Ctx, Door},
    db::Arg,
    error::{Error, Result},
    fetch_dyn,
    page::{Cursor, cut, limit},
    search::{like_contains, like_literal},
    settings::Nothing,
};

/// Who did what, newest first.
pub async fn audit(ctx: &mut Ctx, input: AuditInput) -> Result<AuditPage> {
    #[derive(sqlx::FromRow)]
    struct Row {
        command_id: Uuid,
        at: i64,
        actor: Uuid,
        actor_name: String,
        door: String,
        device: Uuid,
        command: String,
        subject: Option<Uuid>,
        input: String,
        changes: String,
        undoable: bool,
        undoes: Option<Uuid>,
        undone_by: Option<Uuid>,
    }
    let limit = limit(input.limit)?;
    let (before, id) = match &input.cursor {
        Some(cursor) => Cursor::read(cursor).and_then(|cursor| Ok((cursor.number()?, cursor.id)))?,
        None => (i64::MAX, Uuid::max()),
    };
    let mut args = vec![Arg::from(before), Arg::from(id), Arg::from(i64::try_from(limit).unwrap_or(50) + 1)];
    let mut filter = String::new();
    let mut also = |condition: &str, arg: Arg| {
        args.push(arg);
        filter.push_str(" AND ");
        filter.push_str(&condition.replace('?', &format!("${}", args.len())));
    };
    if let Some(subject) = input.subject {
        also("subject = ?", subject.into());
    }
    match input.command.trim() {
        "" => {}
        command if command.contains('.') => also("command = ?", command.into()),
        area => also("command LIKE ? ESCAPE '\\'", format!("{}.%", like_literal(area)).into()),
    }
    if let Some(actor) = input.actor {
        also("actor = ?", actor.into());
    }
    if let Some(from) = input.from {
        also("at >= ?", from.into());
    }
    if let Some(to) = input.to {
        also("at < ?", to.into());
    }
    let text = input.text.trim().to_lowercase();
    if !text.is_empty() {
        also("LOWER(input || ' ' || changes || ' ' || actor_name) LIKE ? ESCAPE '\\'", like_contains(&text).into());
    }
    if ctx.sees_a_part() {
        // What was done to an order that is seen; and what one did oneself, to no order.
        let seen = ctx.within().condition("o", "", &mut args);
        args.push(ctx.caller.actor.into());
        filter.push_str(&format!(
            " AND (EXISTS (SELECT 1 FROM orders o WHERE o.id = audit.subject{seen})
                   OR actor = ${} AND command NOT LIKE 'orders.%'
                      AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = audit.subject))",
            args.len()
        ));
    }
    let sql = format!(
        "SELECT command_id, at, actor, actor_name, door, device, command, subject, input, changes,
                (inverse IS NOT NULL AND undone_by IS NULL) AS undoable, undoes, undone_by
         FROM audit WHERE (at, command_id) < ($1, $2) {filter} ORDER BY at DESC, command_id DESC LIMIT $3"
    );
    let rows = fetch_dyn!(ctx.tx, Row, sql, &args)?;
    let (rows, next) = cut(rows, limit, |row| Cursor::of_number(row.at, row.command_id));
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(AuditRow {
                command_id: row.command_id,
                at: domain::units::Millis(row.at),
                actor: row.actor,
                actor_name: row.actor_name,
                door: Door::from_str(&row.door)?,
                device: row.device,
                command: row.command,
                subject: row.subject,
                input: veil_json(&row.input, &ctx.rights),
                changes: veil_json(&row.changes, &ctx.rights),
                undoable: row.undoable,
                undoes: row.undoes,
                undone_by: row.undone_by,
            })
        })
        .collect::<Result<_>>()?;
    Ok(AuditPage { items, next })
}

/// The one list of commands, for whoever writes a program or grants a permission.
pub async fn commands(_: &mut Ctx, _: Nothing) -> Result<CommandList> {
    let items = SPECS
        .iter()
        .map(|spec| CommandInfo {
            name: spec.name.to_owned(),
            is_query: spec.kind == Kind::Query,
            permission: spec.permission,
            offline: spec.offline,
            undo: spec.undo,
            audited: spec.audited,
            tags: spec.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        })
        .collect();
    Ok(CommandList { items })
}

impl std::str::FromStr for Door {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Window, Self::Http, Self::CommandLine, Self::Clockwork]
            .into_iter()
            .find(|door| door.as_str() == text)
            .ok_or_else(|| Error::internal(format!("no door is called {text}")))
    }
}
