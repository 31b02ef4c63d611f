//! Refunds for which one person is not enough.

use domain::{
    access::{Limit, Permission, Preset, Sees},
    orders::DeliveryMethod,
    units::{Count, Minor},
};
use engine::{
    Error,
    access::SaveRole,
    app::AuditInput,
    ctx::{Caller, Meta},
    orders::{OrderById, PlaceOrder},
    payments::{
        Decision, DeclineRefund, ListRefundRequests, PaymentMethod, RefundPayment, RefundRequest, RefundRequestById,
    },
    settings::{Nothing, Preferences, SavePreferences},
};
use tests::{
    Shop, call,
    people::{of, with_owner},
    sales::{line, payment},
    story,
};
use uuid::Uuid;

async fn role(shop: &Shop, name: &str, limit: Option<i64>, sees: Sees) -> anyhow::Result<Uuid> {
    let role = SaveRole {
        id: None,
        version: Count(0),
        name: name.into(),
        permissions: vec![Permission::OrdersWrite, Permission::PaymentsWrite, Permission::PaymentsRefund],
        refund_limit: limit.map(Minor),
        sees,
    };
    Ok(shop.call(call::access_save_role, role).await?.id)
}

/// A role that pays back up to `limit`.
async fn desk_role(shop: &Shop, name: &str, limit: i64) -> anyhow::Result<Uuid> {
    role(shop, name, Some(limit), Sees::default()).await
}

/// An order of 19.90 that is paid.
async fn paid_order(shop: &Shop) -> anyhow::Result<Uuid> {
    let sku = shop.goods(&Uuid::new_v4().simple().to_string()[..8], 1990, 5).await?;
    let line = line(sku, 1);
    let input = PlaceOrder { delivery: DeliveryMethod::Counter, lines: vec![line], ..PlaceOrder::default() };
    let order_id = shop.call(call::orders_place, input).await?.order_id;
    let capture = payment(order_id, PaymentMethod::Elsewhere, 1990);
    shop.call(call::payments_capture, capture).await?;
    Ok(order_id)
}

fn refund(order_id: Uuid, amount: i64, reason: &str) -> RefundPayment {
    RefundPayment {
        order_id,
        amount: Minor(amount),
        method: PaymentMethod::Cash,
        reason: reason.into(),
        lowers_due: Some(true),
    }
}

async fn give(shop: &Shop, who: &Caller, order: Uuid, amount: i64) -> engine::Result<()> {
    call::payments_refund(&shop.engine, who, Meta::new(), refund(order, amount, "")).await.map(drop)
}

async fn ask(shop: &Shop, who: &Caller, order: Uuid, amount: i64) -> engine::Result<RefundRequest> {
    call::payments_ask_refund(&shop.engine, who, Meta::new(), refund(order, amount, "broken")).await
}

async fn approve(shop: &Shop, who: &Caller, id: Uuid) -> engine::Result<RefundRequest> {
    call::payments_approve_refund(&shop.engine, who, Meta::new(), RefundRequestById { id }).await
}

async fn decline(shop: &Shop, who: &Caller, id: Uuid, answer: &str) -> engine::Result<RefundRequest> {
    let input = DeclineRefund { id, answer: answer.into() };
    call::payments_decline_refund(&shop.engine, who, Meta::new(), input).await
}

async fn seen(shop: &Shop, who: &Caller) -> engine::Result<Vec<RefundRequest>> {
    Ok(call::payments_refund_requests(&shop.engine, who, ListRefundRequests::default()).await?.items)
}

/// How many the sign on every page counts.
async fn waiting(shop: &Shop, who: &Caller) -> engine::Result<i64> {
    Ok(call::app_attention(&shop.engine, who, Nothing {}).await?.refunds.0)
}

async fn refunded(shop: &Shop, id: Uuid) -> engine::Result<i64> {
    Ok(shop.ask(call::orders_get, OrderById { order_id: id }).await?.refunded.0)
}

story!(a_refund_beyond_the_limit_is_approved_by_somebody_else, async |shop| {
    let shop = with_owner(shop).await?;
    let small = desk_role(&shop, "Desk", 1000).await?;
    let middle = desk_role(&shop, "Shift", 1989).await?;
    let qian = of(&shop, "qian", small).await?;
    let sun = of(&shop, "sun", middle).await?;
    let service = of(&shop, "zhou", Preset::Service.id()).await?;
    let order = paid_order(&shop).await?;

    // To the cent: what the role allows goes through, a cent more does not.
    assert!(matches!(give(&shop, &qian, order, 1001).await, Err(Error::OverLimit { .. })));
    let refused = ask(&shop, &service, order, 1990).await.err();
    assert_eq!(refused, Some(Error::Forbidden { permission: "payments_refund".into() }));
    let over = ask(&shop, &qian, order, 1991).await.err();
    assert_eq!(over, Some(Error::OverRefund { wanted: Minor(1991), available: Minor(1990) }));
    let silent = call::payments_ask_refund(&shop.engine, &qian, Meta::new(), refund(order, 1990, " ")).await.err();
    assert_eq!(silent, Some(Error::invalid("reason", "required")));
    let asked = ask(&shop, &qian, order, 1990).await?;
    assert!(asked.mine && !asked.may_approve && asked.decision.is_none());
    assert_eq!((asked.amount, asked.reason.as_str(), asked.asked_name.as_str()), (Minor(1990), "broken", "QIAN"));
    // Nothing has moved, and there is one request at a time.
    assert_eq!(refunded(&shop, order).await?, 0);
    assert!(matches!(ask(&shop, &qian, order, 1500).await, Err(Error::Duplicate { .. })));

    // Whoever could not pay it back is not asked; nobody approves their own.
    assert_eq!((waiting(&shop, &shop.caller).await?, waiting(&shop, &qian).await?), (1, 0));
    assert_eq!((waiting(&shop, &sun).await?, waiting(&shop, &service).await?), (0, 0));
    assert!(seen(&shop, &sun).await?.is_empty());
    let shown = seen(&shop, &shop.caller).await?;
    assert!(shown.len() == 1 && shown[0].may_approve && shown[0].order_id == order);
    assert_eq!(shown[0].refundable, Minor(1990));
    let over = Error::OverLimit { limit: Minor(1989), wanted: Minor(1990) };
    assert_eq!(approve(&shop, &sun, asked.id).await.err(), Some(over.clone()));
    assert_eq!(decline(&shop, &sun, asked.id, "no").await.err(), Some(over));
    assert_eq!(approve(&shop, &qian, asked.id).await.err(), Some(Error::OwnRequest));

    // Approved twice with the same id it is done once, and with another one refused.
    let meta = Meta::new();
    let by_id = RefundRequestById { id: asked.id };
    let first = call::payments_approve_refund(&shop.engine, &shop.caller, meta, by_id).await?;
    let again = call::payments_approve_refund(&shop.engine, &shop.caller, meta, by_id).await?;
    assert_eq!(first, again);
    let decided =
        Error::WrongState { kind: "refund_request".into(), state: "approved".into(), action: "decide".into() };
    assert_eq!(approve(&shop, &shop.caller, asked.id).await.err(), Some(decided.clone()));
    assert_eq!(decline(&shop, &shop.caller, asked.id, "late").await.err(), Some(decided));
    let paid = shop.ask(call::orders_get, OrderById { order_id: order }).await?;
    assert_eq!((paid.refunded, paid.due), (Minor(1990), Minor(0)));
    let entry = paid.payments.last().expect("the refund");
    assert_eq!((entry.amount, entry.note.as_str(), entry.actor_name.as_str()), (Minor(1990), "broken", "LIN"));

    // The asker hears of it, once; the history has both.
    assert_eq!(waiting(&shop, &qian).await?, 1);
    let outcome = seen(&shop, &qian).await?;
    assert_eq!((outcome[0].decision, outcome[0].decided_name.as_str()), (Some(Decision::Approved), "LIN"));
    call::payments_read_refund(&shop.engine, &qian, Meta::new(), by_id).await?;
    assert_eq!(waiting(&shop, &qian).await?, 0);
    assert!(seen(&shop, &qian).await?.is_empty());
    let all = ListRefundRequests { decided: true, order_id: Some(order) };
    assert_eq!(call::payments_refund_requests(&shop.engine, &qian, all).await?.items.len(), 1);
    let history = AuditInput { command: "payments.approve_refund".into(), ..AuditInput::default() };
    let history = shop.ask(call::app_audit, history).await?.items;
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].actor_name.as_str(), history[0].subject), ("LIN", Some(order)));
    assert!(history[0].changes.contains("QIAN"), "{}", history[0].changes);
    Ok(())
});

story!(a_request_is_declined_with_a_reason_or_taken_back, async |shop| {
    let shop = with_owner(shop).await?;
    let qian = of(&shop, "qian", desk_role(&shop, "Desk", 1000).await?).await?;
    let order = paid_order(&shop).await?;
    let asked = ask(&shop, &qian, order, 1500).await?;
    let refused = decline(&shop, &shop.caller, asked.id, " ").await.err();
    assert_eq!(refused, Some(Error::invalid("answer", "required")));
    decline(&shop, &shop.caller, asked.id, "repair it").await?;
    let outcome = seen(&shop, &qian).await?;
    assert_eq!((outcome[0].decision, outcome[0].answer.as_str()), (Some(Decision::Declined), "repair it"));
    assert_eq!((refunded(&shop, order).await?, waiting(&shop, &qian).await?), (0, 1));
    // There may be another one then; the asker needs no reason to take it back, and no news of it.
    let asked = ask(&shop, &qian, order, 1200).await?;
    assert_eq!(decline(&shop, &qian, asked.id, "").await?.decision, Some(Decision::Withdrawn));
    assert_eq!(waiting(&shop, &qian).await?, 1);
    assert_eq!(waiting(&shop, &shop.caller).await?, 0);
    Ok(())
});

story!(a_request_that_came_too_late_is_refused_and_stays, async |shop| {
    let shop = with_owner(shop).await?;
    let qian = of(&shop, "qian", desk_role(&shop, "Desk", 1000).await?).await?;
    let order = paid_order(&shop).await?;
    let asked = ask(&shop, &qian, order, 1500).await?;
    give(&shop, &shop.caller, order, 491).await?;
    let late = Error::OverRefund { wanted: Minor(1500), available: Minor(1499) };
    assert_eq!(approve(&shop, &shop.caller, asked.id).await.err(), Some(late));
    let stays = seen(&shop, &shop.caller).await?;
    assert_eq!((stays.len(), stays[0].decision, stays[0].refundable), (1, None, Minor(1499)));
    assert_eq!(refunded(&shop, order).await?, 491);
    Ok(())
});

story!(two_who_approve_at_once_pay_once, async |shop| {
    let shop = with_owner(shop).await?;
    let qian = of(&shop, "qian", desk_role(&shop, "Desk", 1).await?).await?;
    let finance = of(&shop, "wu", Preset::Finance.id()).await?;
    for _ in 0..5 {
        let order = paid_order(&shop).await?;
        let id = ask(&shop, &qian, order, 900).await?.id;
        let (one, two) = tokio::join!(approve(&shop, &shop.caller, id), approve(&shop, &finance, id));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let refused = one.err().or(two.err());
        assert!(matches!(&refused, Some(Error::WrongState { state, .. }) if state == "approved"), "{refused:?}");
        assert_eq!(refunded(&shop, order).await?, 900);
    }
    Ok(())
});

story!(from_an_amount_on_refunds_need_a_second_person, async |shop| {
    let second_from = async |shop: &Shop, from: i64| {
        let version = shop.ask(call::settings_shop, Nothing {}).await?.shop.expect("a shop").version;
        let preferences = Preferences { second_person_from: Minor(from), ..Preferences::default() };
        shop.call(call::settings_save_preferences, SavePreferences { version, preferences }).await
    };
    assert_eq!(second_from(&shop, -1).await.err(), Some(Error::invalid("second_person_from", "negative")));
    second_from(&shop, 1000).await?;
    // Where nobody else can, nobody is waited for.
    let order = paid_order(&shop).await?;
    assert_eq!(give(&shop, &shop.caller, order, 1000).await, Ok(()));
    let shop = with_owner(shop).await?;
    of(&shop, "qian", desk_role(&shop, "Desk", 999).await?).await?;
    let order = paid_order(&shop).await?;
    assert_eq!(give(&shop, &shop.caller, order, 1000).await, Ok(()), "the other one's limit is less");

    let finance = of(&shop, "wu", Preset::Finance.id()).await?;
    let order = paid_order(&shop).await?;
    assert_eq!(give(&shop, &shop.caller, order, 999).await, Ok(()));
    // In two steps it is as much as in one, and the owner is asked like anybody.
    let wanted = |wanted: i64| Error::SecondPerson { from: Minor(1000), wanted: Minor(wanted) };
    assert_eq!(give(&shop, &shop.caller, order, 1).await, Err(wanted(1000)));
    let asked = ask(&shop, &shop.caller, order, 1).await?;
    assert_eq!(approve(&shop, &shop.caller, asked.id).await.err(), Some(Error::OwnRequest));
    assert_eq!(approve(&shop, &finance, asked.id).await?.decision, Some(Decision::Approved));
    assert_eq!(refunded(&shop, order).await?, 1000);
    assert_eq!(give(&shop, &finance, order, 990).await, Err(wanted(1990)));
    Ok(())
});

story!(who_does_not_see_an_order_does_not_hear_of_its_refund, async |shop| {
    let shop = with_owner(shop).await?;
    let small = desk_role(&shop, "Desk", 1000).await?;
    let own = role(&shop, "Own", None, Sees { own_orders: true, channels: Vec::new() }).await?;
    let web = role(&shop, "Web", None, Sees { own_orders: false, channels: vec!["web".into()] }).await?;
    let qian = of(&shop, "qian", small).await?;
    let order = paid_order(&shop).await?;
    let id = ask(&shop, &qian, order, 1990).await?.id;
    for (login, role, limit) in [("sun", own, Limit::Own), ("li", web, Limit::Channels)] {
        let who = of(&shop, login, role).await?;
        assert_eq!(waiting(&shop, &who).await?, 0, "{login}");
        assert_eq!(seen(&shop, &who).await?, [], "{login}");
        let hidden = Some(Error::OutOfScope { limit });
        assert_eq!(approve(&shop, &who, id).await.err(), hidden, "{login}");
        assert_eq!(decline(&shop, &who, id, "no").await.err(), hidden, "{login}");
        assert_eq!(ask(&shop, &who, order, 100).await.err(), hidden, "{login}");
    }
    assert_eq!(refunded(&shop, order).await?, 0);
    assert_eq!(waiting(&shop, &shop.caller).await?, 1);
    approve(&shop, &shop.caller, id).await?;
    assert_eq!(refunded(&shop, order).await?, 1990);
    Ok(())
});
