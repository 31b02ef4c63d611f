//! Refunds for which one person is not enough: who typed one asks, somebody else approves or declines.

use domain::{
    access::Rights,
    units::{Count, Millis, Minor},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use specta::Type;
use uuid::Uuid;

use super::{PaymentMethod, RefundPayment, ledger};
use crate::{
    app::Done,
    ctx::Ctx,
    db::{Arg, Tx},
    error::{Error, Result, is_unique_violation},
    execute, fetch_all, fetch_dyn, fetch_optional,
    orders::checked_text,
};

domain::text_enum! {
    /// What became of a request.
    pub enum Decision {
        Approved = "approved",
        Declined = "declined",
        /// By whoever asked.
        Withdrawn = "withdrawn",
    }
}

/// A refund that somebody asks others to approve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RefundRequest {
    pub id: Uuid,
    pub order_id: Uuid,
    pub order_number: String,
    pub amount: Minor,
    pub currency: String,
    pub method: PaymentMethod,
    pub reason: String,
    /// What can be paid back of the order by now: less than the amount when it has changed meanwhile.
    pub refundable: Minor,
    pub asked_at: Millis,
    pub asked_name: String,
    /// Whoever looks has asked for it.
    pub mine: bool,
    /// Whoever looks may approve it.
    pub may_approve: bool,
    pub decided_at: Option<Millis>,
    pub decided_name: String,
    pub decision: Option<Decision>,
    /// Why it was declined.
    pub answer: String,
    /// The asker has seen what became of it.
    pub read: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct RefundRequestById {
    pub id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DeclineRefund {
    pub id: Uuid,
    /// Needed of whoever did not ask for it.
    pub answer: String,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListRefundRequests {
    /// Those of one order only.
    pub order_id: Option<Uuid>,
    /// Those too that are decided.
    pub decided: bool,
}

/// Newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RefundRequests {
    pub items: Vec<RefundRequest>,
}

const MOST: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    order_id: Uuid,
    number: String,
    amount: i64,
    currency: String,
    method: PaymentMethod,
    reason: String,
    lowers_due: Option<bool>,
    captured: i64,
    refunded: i64,
    asked_at: i64,
    asked_by: Uuid,
    asked_name: String,
    decided_at: Option<i64>,
    decided_name: String,
    decision: String,
    answer: String,
    read_at: Option<i64>,
}

macro_rules! requests {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.order_id, o.number, r.amount, o.currency, r.method, r.reason, r.lowers_due, o.captured,
                    o.refunded, r.asked_at, r.asked_by, r.asked_name, r.decided_at, r.decided_name, r.decision,
                    r.answer, r.read_at
             FROM refund_request r JOIN orders o ON o.id = r.order_id ",
            $rest
        )
    };
}

impl Row {
    /// Whether the limit of these rights is enough for it, on top of what was paid back before.
    fn within(&self, rights: &Rights) -> bool {
        rights.refund_limit.is_none_or(|limit| self.refunded + self.amount <= limit)
    }

    fn told(self, ctx: &Ctx) -> RefundRequest {
        let mine = self.asked_by == ctx.caller.actor;
        RefundRequest {
            mine,
            may_approve: !mine && self.decided_at.is_none() && self.within(&ctx.rights),
            id: self.id,
            order_id: self.order_id,
            order_number: self.number,
            amount: Minor(self.amount),
            currency: self.currency,
            method: self.method,
            reason: self.reason,
            refundable: Minor(self.captured - self.refunded),
            asked_at: Millis(self.asked_at),
            asked_name: self.asked_name,
            decided_at: self.decided_at.map(Millis),
            decided_name: self.decided_name,
            decision: Decision::parse(&self.decision).ok(),
            answer: self.answer,
            read: self.read_at.is_some(),
        }
    }
}

async fn row(tx: &mut Tx, id: Uuid) -> Result<Row> {
    let row: Option<Row> = fetch_optional!(*tx, Row, requests!("WHERE r.id = $1"), id)?;
    row.ok_or_else(|| Error::not_found("refund_request", id))
}

/// Keeps a refund as it was typed until somebody else approves it. Nothing moves yet.
pub async fn ask_refund(ctx: &mut Ctx, input: RefundPayment) -> Result<RefundRequest> {
    let reason = checked_text("reason", &input.reason, 2000)?;
    if reason.is_empty() {
        return Err(Error::invalid("reason", "required"));
    }
    if input.amount.0 <= 0 {
        return Err(Error::invalid("amount", "not_positive"));
    }
    ctx.sees_orders(&[input.order_id]).await?;
    let order: Option<(i64, String)> = fetch_optional!(
        ctx.tx,
        (i64, String),
        "SELECT captured - refunded, number FROM orders WHERE id = $1",
        input.order_id
    )?;
    let (refundable, number) = order.ok_or_else(|| Error::not_found("order", input.order_id))?;
    if input.amount.0 > refundable {
        return Err(Error::OverRefund { wanted: input.amount, available: Minor(refundable.max(0)) });
    }
    let id = ctx.new_id();
    let written = execute!(
        ctx.tx,
        "INSERT INTO refund_request (id, order_id, amount, method, reason, lowers_due, asked_at, asked_by, asked_name,
                                     decided_name, decision, answer)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,'','','')",
        id,
        input.order_id,
        input.amount.0,
        input.method.as_str(),
        reason.as_str(),
        input.lowers_due,
        ctx.now.0,
        ctx.caller.actor,
        ctx.caller.actor_name.as_str()
    );
    if let Err(error) = written {
        return Err(match is_unique_violation(&error) {
            true => {
                Error::Duplicate { kind: "refund_request".into(), field: "order".into(), value: number, existing: None }
            }
            false => error.into(),
        });
    }
    ctx.about(input.order_id);
    ctx.changed(
        "refund_request",
        id,
        json!(null),
        json!({ "number": number, "amount": input.amount, "method": input.method, "reason": reason }),
    );
    Ok(row(&mut ctx.tx, id).await?.told(ctx))
}

/// Pays back what somebody else asked for, in the name of whoever approves it: once, and only what is still
/// possible. What is refused stays as it was.
pub async fn approve_refund(ctx: &mut Ctx, input: RefundRequestById) -> Result<RefundRequest> {
    let request = row(&mut ctx.tx, input.id).await?;
    if request.asked_by == ctx.caller.actor {
        return Err(Error::OwnRequest);
    }
    ctx.sees_orders(&[request.order_id]).await?;
    decide(ctx, &request, Decision::Approved, "").await?;
    let refund = RefundPayment {
        order_id: request.order_id,
        amount: Minor(request.amount),
        method: request.method,
        reason: request.reason,
        lowers_due: request.lowers_due,
    };
    ledger::give_back(ctx, refund, true).await?;
    Ok(row(&mut ctx.tx, input.id).await?.told(ctx))
}

/// Puts a request away without paying: somebody who could approve it says why, or the asker takes it back.
pub async fn decline_refund(ctx: &mut Ctx, input: DeclineRefund) -> Result<RefundRequest> {
    let answer = checked_text("answer", &input.answer, 1000)?;
    let request = row(&mut ctx.tx, input.id).await?;
    let mine = request.asked_by == ctx.caller.actor;
    sees_unless_asked(ctx, &request).await?;
    if !mine && !request.within(&ctx.rights) {
        ctx.may_refund(request.refunded + request.amount, true).await?;
    }
    if !mine && answer.is_empty() {
        return Err(Error::invalid("answer", "required"));
    }
    ctx.about(request.order_id);
    decide(ctx, &request, if mine { Decision::Withdrawn } else { Decision::Declined }, &answer).await?;
    Ok(row(&mut ctx.tx, input.id).await?.told(ctx))
}

/// What becomes of a request is also for whoever asked, wherever the order went since.
async fn sees_unless_asked(ctx: &mut Ctx, request: &Row) -> Result<()> {
    if request.asked_by == ctx.caller.actor { Ok(()) } else { ctx.sees_orders(&[request.order_id]).await }
}

/// Of two who decide at once one is told that it is decided.
async fn decide(ctx: &mut Ctx, request: &Row, decision: Decision, answer: &str) -> Result<()> {
    // What one has decided oneself is no news.
    let read = (decision == Decision::Withdrawn).then_some(ctx.now.0);
    let decided = execute!(
        ctx.tx,
        "UPDATE refund_request SET decided_at = $2, decided_by = $3, decided_name = $4, decision = $5, answer = $6,
                                   read_at = $7
         WHERE id = $1 AND decided_at IS NULL",
        request.id,
        ctx.now.0,
        ctx.caller.actor,
        ctx.caller.actor_name.as_str(),
        decision.as_str(),
        answer,
        read
    )?;
    if decided == 0 {
        let state = row(&mut ctx.tx, request.id).await?.decision;
        return Err(Error::WrongState { kind: "refund_request".into(), state, action: "decide".into() });
    }
    let told = |decision: &str| {
        json!({ "number": request.number, "amount": request.amount, "asked_by": request.asked_name,
                "decision": decision, "answer": answer })
    };
    ctx.changed("refund_request", request.id, json!({ "decision": "" }), told(decision.as_str()));
    Ok(())
}

/// Notes that the asker has seen what became of a request.
pub async fn read_refund(ctx: &mut Ctx, input: RefundRequestById) -> Result<Done> {
    let request = row(&mut ctx.tx, input.id).await?;
    sees_unless_asked(ctx, &request).await?;
    execute!(
        ctx.tx,
        "UPDATE refund_request SET read_at = $3
         WHERE id = $1 AND asked_by = $2 AND decided_at IS NOT NULL AND read_at IS NULL",
        input.id,
        ctx.caller.actor,
        ctx.now.0
    )?;
    ctx.about(request.order_id);
    Ok(Done {})
}

/// What waits for whoever asks: requests of others that they may decide, their own that wait, and those of which
/// they have not seen the outcome. With `decided` all that they asked for or could have decided.
pub async fn refund_requests(ctx: &mut Ctx, input: ListRefundRequests) -> Result<RefundRequests> {
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        requests!(
            "WHERE ($1 OR r.decided_at IS NULL OR (r.asked_by = $2 AND r.read_at IS NULL))
               AND r.order_id = COALESCE($3, r.order_id)
             ORDER BY r.asked_at DESC, r.id DESC LIMIT $4"
        ),
        input.decided,
        ctx.caller.actor,
        input.order_id,
        MOST
    )?;
    let orders: Vec<Uuid> = rows.iter().map(|row| row.order_id).collect();
    let hidden = ctx.hidden_of(&orders).await?;
    let of_others = |row: &Row| row.within(&ctx.rights) && !hidden.contains(&row.order_id);
    let shown = rows.into_iter().filter(|row| row.asked_by == ctx.caller.actor || of_others(row));
    Ok(RefundRequests { items: shown.map(|row| row.told(ctx)).collect() })
}

/// How many of them want something of whoever asks.
pub(crate) async fn waiting(ctx: &mut Ctx) -> Result<Count> {
    let limit = ctx.rights.refund_limit.unwrap_or(i64::MAX);
    let mut args = vec![Arg::Uuid(ctx.caller.actor), Arg::I64(limit)];
    let seen = ctx.within().condition("o", "", &mut args);
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM refund_request r JOIN orders o ON o.id = r.order_id
                 WHERE r.decided_at IS NULL AND r.asked_by <> $1 AND o.refunded + r.amount <= $2{seen})
              + (SELECT COUNT(*) FROM refund_request
                 WHERE asked_by = $1 AND decided_at IS NOT NULL AND read_at IS NULL)"
    );
    let counted = fetch_dyn!(ctx.tx, (i64,), sql, &args)?;
    Ok(Count(counted.first().map_or(0, |(n,)| *n)))
}
