//! The one list of everything the product can do.
//!
//! From it come the window's IPC commands and their TypeScript bindings, the HTTP door, the
//! command line, the permission matrix, the audit log and the UI's cache invalidation. A row:
//!
//! ```text
//! command ipc_name "dotted.name" = path::to::function, Input => Output,
//!     [Permission offline|online undo|final audited|unaudited] [tags it invalidates];
//! query   ipc_name "dotted.name" = path::to::function, Input => Output, [Permission offline|online] [];
//! ```
//! `undo` says that the command records its inverse. `unaudited` is for what leaves no trace in
//! the shop's affairs (a typed draft). Queries change nothing and are not audited.

use std::pin::Pin;

use domain::access::Permission;
use serde::{Serialize, de::DeserializeOwned};
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::{Caller, Ctx, Meta},
    engine::{Begun, Engine, again, answer, guarded},
    error::{Error, Result},
};

/// What a door waits for. Boxed, so that the code of a command is compiled here, once: the body of an
/// `async fn` is compiled anew by every crate that waits for it, which made each door and each test as
/// large as the engine.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Command,
    Query,
}

/// What is known of a command besides its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Spec {
    pub name: &'static str,
    pub kind: Kind,
    pub permission: Permission,
    /// May it run on a desk that has lost its server?
    pub offline: bool,
    /// Can it be taken back with `app.undo`?
    pub undo: bool,
    pub audited: bool,
    /// The areas of the UI whose data are old once it is done.
    pub tags: &'static [&'static str],
}

/// Hands the whole list to a macro: `for_each_command!(my_macro)` calls `my_macro! { rows }`.
#[macro_export]
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            command settings_setup "settings.setup" = $crate::settings::setup, $crate::settings::Setup => $crate::settings::Shop,
                [SettingsWrite online final audited] [settings];
            query settings_shop "settings.shop" = $crate::settings::shop, $crate::settings::Nothing => $crate::settings::ShopState,
                [Open offline] [];
            // catalog
            command catalog_save_product "catalog.save_product" = $crate::catalog::save_product, $crate::catalog::SaveProduct => $crate::catalog::Product,
                [CatalogWrite online undo audited] [catalog stock];
            command catalog_delete_product "catalog.delete_product" = $crate::catalog::delete_product, $crate::catalog::ProductById => $crate::settings::Nothing,
                [CatalogWrite online undo audited] [catalog stock];
            command catalog_set_state "catalog.set_state" = $crate::catalog::set_state, $crate::catalog::SetProductState => $crate::catalog::ProductStatesSet,
                [CatalogWrite online undo audited] [catalog stock];
            command catalog_restore_states "catalog.restore_states" = $crate::catalog::restore_states, $crate::catalog::RestoreStates => $crate::catalog::ProductStatesSet,
                [CatalogWrite online undo audited] [catalog stock];
            query catalog_get_product "catalog.get_product" = $crate::catalog::get_product, $crate::catalog::ProductById => $crate::catalog::Product,
                [CatalogRead offline] [];
            query catalog_list_products "catalog.list_products" = $crate::catalog::list_products, $crate::catalog::ListProducts => $crate::catalog::ProductPage,
                [CatalogRead offline] [];
            query catalog_counts "catalog.counts" = $crate::catalog::counts, $crate::settings::Nothing => $crate::catalog::ProductCounts,
                [CatalogRead offline] [];
            query catalog_history "catalog.history" = $crate::catalog::history, $crate::catalog::ProductById => $crate::catalog::ProductHistory,
                [CatalogRead online] [];
            query catalog_sku_matrix "catalog.sku_matrix" = $crate::catalog::sku_matrix, $crate::catalog::SkuMatrix => $crate::catalog::SkuMatrixRows,
                [CatalogRead offline] [];
            query catalog_search_skus "catalog.search_skus" = $crate::catalog::search_skus, $crate::catalog::SearchSkus => $crate::catalog::FoundSkus,
                [CatalogRead offline] [];
            query catalog_categories "catalog.categories" = $crate::catalog::categories, $crate::settings::Nothing => $crate::catalog::CategoryTree,
                [CatalogRead offline] [];
            command catalog_save_category "catalog.save_category" = $crate::catalog::save_category, $crate::catalog::SaveCategory => $crate::catalog::Category,
                [CatalogWrite online undo audited] [catalog];
            command catalog_move_category "catalog.move_category" = $crate::catalog::move_category, $crate::catalog::MoveCategory => $crate::catalog::Category,
                [CatalogWrite online undo audited] [catalog];
            command catalog_delete_category "catalog.delete_category" = $crate::catalog::delete_category, $crate::catalog::DeleteCategory => $crate::settings::Nothing,
                [CatalogWrite online undo audited] [catalog];

            // stock
            query stock_list "stock.list" = $crate::stock::list, $crate::stock::ListStock => $crate::stock::StockPage,
                [StockRead offline] [];
            query stock_get "stock.get" = $crate::stock::get, $crate::stock::GetStock => $crate::stock::StockCard,
                [StockRead offline] [];
            query stock_low "stock.low" = $crate::stock::low, $crate::settings::Nothing => $crate::stock::LowStock,
                [StockRead offline] [];
            query stock_moves "stock.moves" = $crate::stock::moves, $crate::stock::ListMoves => $crate::stock::MovePage,
                [StockRead online] [];
            command stock_adjust "stock.adjust" = $crate::stock::adjust, $crate::stock::AdjustStock => $crate::stock::AdjustedStock,
                [StockWrite online undo audited] [stock catalog];
            query stock_check "stock.check" = $crate::stock::differences, $crate::settings::Nothing => Vec<$crate::stock::StockDifference>,
                [StockRead online] [];
            command stock_repair "stock.repair" = $crate::stock::repair, $crate::stock::RepairStock => $crate::stock::StockDifference,
                [StockWrite online final audited] [stock catalog];

            // imports
            query imports_inspect "imports.inspect" = $crate::imports::inspect, $crate::imports::InspectFile => $crate::imports::InspectedFile,
                [ImportsRead online] [];
            command imports_start "imports.start" = $crate::imports::start, $crate::imports::StartImport => $crate::imports::ImportJob,
                [ImportsWrite online final audited] [imports];
            query imports_get "imports.get" = $crate::imports::get, $crate::imports::ImportJobId => $crate::imports::ImportJob,
                [ImportsRead online] [];
            query imports_list "imports.list" = $crate::imports::list, $crate::imports::ImportJobList => $crate::imports::ImportJobs,
                [ImportsRead online] [];
            command imports_cancel "imports.cancel" = $crate::imports::cancel, $crate::imports::ImportJobId => $crate::imports::ImportJob,
                [ImportsWrite online final audited] [imports];
            command imports_resume "imports.resume" = $crate::imports::resume, $crate::imports::ImportJobId => $crate::imports::ImportJob,
                [ImportsWrite online final audited] [imports];
            query imports_rejects "imports.rejects" = $crate::imports::rejects, $crate::imports::ImportRejectList => $crate::imports::ImportRejects,
                [ImportsRead online] [];
            query imports_save_rejects "imports.save_rejects" = $crate::imports::save_rejects, $crate::imports::SaveRejects => $crate::imports::SavedFile,
                [ImportsRead online] [];
            command imports_forget_mapping "imports.forget_mapping" = $crate::imports::forget_mapping, $crate::imports::ForgetMapping => $crate::settings::Nothing,
                [ImportsWrite online final audited] [imports];
            command exports_table "exports.table" = $crate::exports::table, $crate::exports::Export => $crate::exports::ExportJob,
                [ExportsWrite online final audited] [];
            query exports_get "exports.get" = $crate::exports::get, $crate::exports::ExportId => $crate::exports::ExportJob,
                [ExportsWrite online] [];
            command exports_cancel "exports.cancel" = $crate::exports::cancel, $crate::exports::ExportId => $crate::settings::Nothing,
                [ExportsWrite online final unaudited] [];

            // orders
            query orders_quote "orders.quote" = $crate::orders::quote, $crate::orders::PlaceOrder => $crate::orders::OrderQuote,
                [OrdersRead offline] [];
            command orders_place "orders.place" = $crate::orders::place, $crate::orders::PlaceOrder => $crate::orders::Placed,
                [OrdersWrite offline final audited] [orders stock customers payments analytics];
            query orders_list "orders.list" = $crate::orders::list, $crate::orders::ListOrders => $crate::orders::OrderPage,
                [OrdersRead offline] [];
            command orders_open_buyer "orders.open_buyer" = $crate::orders::open_buyer, $crate::orders::OpenBuyer => $crate::orders::Order,
                [ContactOpen online final audited] [];
            query orders_get "orders.get" = $crate::orders::get, $crate::orders::OrderById => $crate::orders::Order,
                [OrdersRead offline] [];
            query orders_board "orders.board" = $crate::orders::board, $crate::settings::Nothing => $crate::orders::OrderBoard,
                [OrdersRead offline] [];
            command orders_cancel "orders.cancel" = $crate::orders::cancel, $crate::orders::CancelOrder => $crate::orders::OrderNow,
                [OrdersWrite online final audited] [orders stock customers payments analytics];
            command orders_review "orders.review" = $crate::orders::review, $crate::orders::ReviewOrders => $crate::orders::OrderBulk,
                [OrdersWrite online final audited] [orders stock];
            command orders_hold "orders.hold" = $crate::orders::hold, $crate::orders::PlaceHold => $crate::orders::OrderNow,
                [OrdersWrite online undo audited] [orders];
            command orders_release_hold "orders.release_hold" = $crate::orders::release_hold, $crate::orders::ReleaseHold => $crate::orders::OrderNow,
                [OrdersWrite online final audited] [orders];
            command orders_reserve "orders.reserve" = $crate::orders::reserve, $crate::orders::OrderAt => $crate::orders::OrderNow,
                [OrdersWrite online final audited] [orders stock];
            command orders_annotate "orders.annotate" = $crate::orders::annotate, $crate::orders::AnnotateOrders => $crate::orders::OrderBulk,
                [OrdersWrite online undo audited] [orders];
            query orders_tags "orders.tags" = $crate::orders::tags, $crate::settings::Nothing => $crate::orders::OrderTags,
                [OrdersRead offline] [];
            command orders_archive "orders.archive" = $crate::orders::archive, $crate::orders::OrderIds => $crate::orders::OrderBulk,
                [OrdersWrite online undo audited] [orders];
            command orders_unarchive "orders.unarchive" = $crate::orders::unarchive, $crate::orders::OrderIds => $crate::orders::OrderBulk,
                [OrdersWrite online undo audited] [orders];
            command orders_deliver "orders.deliver" = $crate::orders::deliver, $crate::orders::OrderAt => $crate::orders::OrderNow,
                [OrdersWrite online final audited] [orders];
            command orders_complete "orders.complete" = $crate::orders::complete, $crate::orders::OrderAt => $crate::orders::OrderNow,
                [OrdersWrite online final audited] [orders];
            command orders_add_note "orders.add_note" = $crate::orders::add_note, $crate::orders::AddOrderNote => $crate::orders::OrderEvent,
                [OrdersWrite online final audited] [orders];
            command orders_run_timers "orders.run_timers" = $crate::orders::run_timers, $crate::settings::Nothing => $crate::orders::TimersRun,
                [OrdersWrite online final audited] [orders stock customers analytics];

            // payments
            command payments_capture "payments.capture" = $crate::payments::capture, $crate::payments::CapturePayment => $crate::payments::Captured,
                [PaymentsWrite offline final audited] [orders payments stock analytics];
            command payments_refund "payments.refund" = $crate::payments::refund, $crate::payments::RefundPayment => $crate::payments::Refunded,
                [PaymentsRefund online final audited] [orders payments stock analytics];
            command payments_ask_refund "payments.ask_refund" = $crate::payments::ask_refund, $crate::payments::RefundPayment => $crate::payments::RefundRequest,
                [PaymentsRefund online final audited] [attention];
            command payments_approve_refund "payments.approve_refund" = $crate::payments::approve_refund, $crate::payments::RefundRequestById => $crate::payments::RefundRequest,
                [PaymentsRefund online final audited] [attention orders payments stock analytics];
            command payments_decline_refund "payments.decline_refund" = $crate::payments::decline_refund, $crate::payments::DeclineRefund => $crate::payments::RefundRequest,
                [PaymentsRefund online final audited] [attention];
            command payments_read_refund "payments.read_refund" = $crate::payments::read_refund, $crate::payments::RefundRequestById => $crate::app::Done,
                [PaymentsRefund online final audited] [attention];
            query payments_refund_requests "payments.refund_requests" = $crate::payments::refund_requests, $crate::payments::ListRefundRequests => $crate::payments::RefundRequests,
                [PaymentsRefund online] [];
            query payments_list "payments.list" = $crate::payments::list, $crate::payments::ListPayments => $crate::payments::PaymentPage,
                [PaymentsRead online] [];
            query payments_summary "payments.summary" = $crate::payments::summary, $crate::payments::PaymentDays => $crate::payments::PaymentSummary,
                [PaymentsRead online] [];

            // shipping
            query shipping_carriers "shipping.carriers" = $crate::shipping::carriers, $crate::settings::Nothing => Vec<$crate::shipping::Carrier>,
                [OrdersRead offline] [];
            query shipping_check_waybill "shipping.check_waybill" = $crate::shipping::check_waybill, $crate::shipping::CheckWaybill => $crate::shipping::WaybillChecked,
                [OrdersRead offline] [];
            command shipping_ship "shipping.ship" = $crate::shipping::ship, $crate::shipping::ShipOrder => $crate::shipping::Shipped,
                [ShippingWrite online undo audited] [orders stock];
            command shipping_ready_for_pickup "shipping.ready_for_pickup" = $crate::shipping::ready_for_pickup, $crate::orders::OrderAt => $crate::shipping::Shipped,
                [ShippingWrite online undo audited] [orders];
            command shipping_hand_over "shipping.hand_over" = $crate::shipping::hand_over, $crate::shipping::HandOver => $crate::shipping::Shipped,
                [ShippingWrite online final audited] [orders stock];
            command shipping_deliver "shipping.deliver" = $crate::shipping::deliver, $crate::shipping::ParcelById => $crate::orders::OrderNow,
                [ShippingWrite online final audited] [orders];
            command shipping_cancel_parcel "shipping.cancel_parcel" = $crate::shipping::cancel_parcel, $crate::shipping::CancelParcel => $crate::orders::OrderNow,
                [ShippingWrite online final audited] [orders stock];
            command settings_save_shop "settings.save_shop" = $crate::settings::save_shop, $crate::settings::SaveShop => $crate::settings::Shop,
                [SettingsWrite online undo audited] [settings];
            command settings_save_preferences "settings.save_preferences" = $crate::settings::save_preferences, $crate::settings::SavePreferences => $crate::settings::Shop,
                [SettingsWrite online undo audited] [settings stock];
            command settings_save_logo "settings.save_logo" = $crate::settings::save_logo, $crate::settings::Logo => $crate::app::Done,
                [SettingsWrite online undo audited] [settings];
            command settings_save_backup_plan "settings.save_backup_plan" = $crate::backup::save_plan, $crate::backup::SaveBackupPlan => $crate::backup::BackupPlan,
                [SettingsWrite online undo audited] [backups];
            command settings_run_backup "settings.run_backup" = $crate::backup::run_now, $crate::settings::Nothing => $crate::app::Done,
                [SettingsWrite online final audited] [backups];
            query settings_backups "settings.backups" = $crate::backup::list, $crate::settings::Nothing => $crate::backup::Backups,
                [SettingsWrite online] [];
            command settings_unlock_backups "settings.unlock_backups" = $crate::backup::unlock, $crate::backup::UnlockBackups => $crate::app::Done,
                [SettingsWrite online final unaudited] [backups];
            query settings_test_backup_place "settings.test_backup_place" = $crate::backup::test_place, $crate::backup::TestBackupPlace => $crate::app::Done,
                [SettingsWrite online] [];
            query settings_late_backups "settings.late_backups" = $crate::backup::late, $crate::settings::Nothing => $crate::backup::LateBackups,
                [SettingsWrite online] [];
            query settings_try_backup "settings.try_backup" = $crate::backup::try_out, $crate::backup::BackupById => $crate::backup::TriedBackup,
                [SettingsWrite online] [];
            query settings_desks "settings.desks" = $crate::settings::desks, $crate::settings::Nothing => $crate::settings::Desks,
                [SettingsRead online] [];
            command settings_name_desk "settings.name_desk" = $crate::settings::name_desk, $crate::settings::NameDesk => $crate::settings::Desk,
                [SettingsWrite online undo audited] [desks];
            command settings_admit_desk "settings.admit_desk" = $crate::settings::admit_desk, $crate::settings::DeskById => $crate::settings::Desk,
                [SettingsWrite online final audited] [desks];
            command settings_revoke_desk "settings.revoke_desk" = $crate::settings::revoke_desk, $crate::settings::DeskById => $crate::settings::Desk,
                [SettingsWrite online final audited] [desks];
            query settings_logo "settings.logo" = $crate::settings::logo, $crate::settings::Nothing => $crate::settings::Logo,
                [SettingsRead offline] [];
            query settings_preview_number "settings.preview_number" = $crate::settings::preview_number, $crate::settings::PreviewNumber => $crate::settings::NumberPreview,
                [SettingsRead offline] [];
            // customers
            command customers_save "customers.save" = $crate::customers::save, $crate::customers::Save => $crate::customers::Customer,
                [CustomersWrite offline undo audited] [customers];
            command customers_delete "customers.delete" = $crate::customers::delete, $crate::customers::CustomerById => $crate::app::Done,
                [CustomersWrite online undo audited] [customers];
            command customers_merge "customers.merge" = $crate::customers::merge, $crate::customers::Merge => $crate::customers::Customer,
                [CustomersWrite online final audited] [customers orders];
            command customers_erase "customers.erase" = $crate::customers::erase, $crate::customers::Erase => $crate::customers::Erased,
                [CustomersErase online final audited] [customers orders cases];
            command customers_erase_old "customers.erase_old" = $crate::customers::erase_old, $crate::settings::Nothing => $crate::customers::ErasedOld,
                [CustomersErase online final audited] [customers orders cases];
            query customers_count_old "customers.count_old" = $crate::customers::count_old, $crate::customers::CountOld => $crate::customers::OldCustomers,
                [SettingsWrite online] [];
            command customers_save_address "customers.save_address" = $crate::customers::save_address, $crate::customers::SaveAddress => $crate::customers::Address,
                [CustomersWrite offline undo audited] [customers];
            command customers_delete_address "customers.delete_address" = $crate::customers::delete_address, $crate::customers::AddressById => $crate::app::Done,
                [CustomersWrite offline undo audited] [customers];
            command customers_prefer_address "customers.prefer_address" = $crate::customers::prefer_address, $crate::customers::AddressById => $crate::customers::Address,
                [CustomersWrite offline undo audited] [customers];
            command customers_open "customers.open" = $crate::customers::open, $crate::customers::OpenCustomer => $crate::customers::Customer,
                [ContactOpen online final audited] [];
            query customers_get "customers.get" = $crate::customers::get, $crate::customers::CustomerById => $crate::customers::Customer,
                [CustomersRead offline] [];
            query customers_list "customers.list" = $crate::customers::list, $crate::customers::ListCustomers => $crate::customers::CustomerList,
                [CustomersRead offline] [];
            query customers_search "customers.search" = $crate::customers::search, $crate::customers::SearchCustomers => $crate::customers::CustomerHits,
                [CustomersRead offline] [];
            query customers_orders "customers.orders" = $crate::customers::orders, $crate::customers::CustomerOrdersInput => $crate::customers::Purchases,
                [CustomersRead online] [];
            query customers_parse_address "customers.parse_address" = $crate::customers::parse_address, $crate::customers::ParseAddress => $crate::customers::Parsed,
                [CustomersRead offline] [];
            // analytics
            query analytics_dashboard "analytics.dashboard" = $crate::analytics::dashboard, $crate::analytics::DashboardInput => $crate::analytics::Dashboard,
                [AnalyticsRead online] [];
            query analytics_sales_by "analytics.sales_by" = $crate::analytics::sales_by, $crate::analytics::SalesByInput => $crate::analytics::SalesBy,
                [AnalyticsRead online] [];
            query analytics_recount "analytics.recount" = $crate::analytics::recount, $crate::settings::Nothing => $crate::analytics::Recount,
                [AnalyticsRead online] [];
            command analytics_rebuild "analytics.rebuild" = $crate::analytics::rebuild, $crate::settings::Nothing => $crate::analytics::Recount,
                [AnalyticsWrite online final audited] [analytics];
            // access
            query access_me "access.me" = $crate::access::me, $crate::settings::Nothing => $crate::access::Me,
                [Open offline] [];
            query access_staff "access.staff" = $crate::access::staff, $crate::settings::Nothing => $crate::access::StaffAndRoles,
                [AccessRead online] [];
            command access_save_staff "access.save_staff" = $crate::access::save_staff, $crate::access::SaveStaff => $crate::access::Staff,
                [AccessWrite online final audited] [access];
            command access_change_password "access.change_password" = $crate::access::change_password, $crate::access::ChangePassword => $crate::app::Done,
                [AppWrite online final audited] [];
            command access_set_pin "access.set_pin" = $crate::access::set_pin, $crate::access::SetPin => $crate::app::Done,
                [AppWrite online final audited] [access];
            command access_remove_pin "access.remove_pin" = $crate::access::remove_pin, $crate::access::StaffById => $crate::app::Done,
                [AccessWrite online final audited] [access];
            query access_offer_totp "access.offer_totp" = $crate::access::offer_totp, $crate::settings::Nothing => $crate::access::TotpOffer,
                [AppRead online] [];
            command access_turn_on_totp "access.turn_on_totp" = $crate::access::turn_on_totp, $crate::access::TurnOnTotp => $crate::app::Done,
                [AppWrite online final audited] [access];
            command access_turn_off_totp "access.turn_off_totp" = $crate::access::turn_off_totp, $crate::access::TurnOffTotp => $crate::app::Done,
                [AppWrite online final audited] [access];
            command access_renew_recovery_codes "access.renew_recovery_codes" = $crate::access::renew_recovery_codes, $crate::access::RenewRecoveryCodes => $crate::app::Done,
                [AppWrite online final audited] [access];
            command access_remove_totp "access.remove_totp" = $crate::access::remove_totp, $crate::access::StaffById => $crate::app::Done,
                [AccessWrite online final audited] [access];
            command access_save_role "access.save_role" = $crate::access::save_role, $crate::access::SaveRole => $crate::access::Role,
                [AccessWrite online final audited] [access];
            command access_delete_role "access.delete_role" = $crate::access::delete_role, $crate::access::RoleById => $crate::app::Done,
                [AccessWrite online final audited] [access];
            query access_alerts "access.alerts" = $crate::access::alerts, $crate::access::ListAlerts => $crate::access::Alerts,
                [AccessWrite online] [];
            command access_acknowledge_alert "access.acknowledge_alert" = $crate::access::acknowledge_alert, $crate::access::AcknowledgeAlert => $crate::access::Alert,
                [AccessWrite online final audited] [attention];
            // offline
            query offline_connection "offline.connection" = $crate::offline::connection, $crate::settings::Nothing => $crate::offline::Connection,
                [AppRead offline] [];
            query offline_cases "offline.cases" = $crate::offline::list, $crate::offline::ListCases => $crate::offline::CaseList,
                [OrdersRead online] [];
            command offline_settle "offline.settle" = $crate::offline::settle, $crate::offline::Settle => $crate::offline::OfflineCase,
                [OrdersWrite online final audited] [cases];
            command offline_carry_out "offline.carry_out" = $crate::offline::carry_out, $crate::offline::CaseById => $crate::offline::OfflineCase,
                [OrdersWrite online final audited] [cases orders stock customers payments analytics];
            // app
            query app_audit "app.audit" = $crate::app::audit, $crate::app::AuditInput => $crate::app::AuditPage,
                [AuditRead online] [];
            query app_commands "app.commands" = $crate::app::commands, $crate::settings::Nothing => $crate::app::CommandList,
                [AppRead offline] [];
            query app_check "app.check" = $crate::app::check, $crate::settings::Nothing => $crate::app::CheckReport,
                [AppRead online] [];
            query app_health "app.health" = $crate::app::health, $crate::settings::Nothing => $crate::app::Health,
                [AppRead online] [];
            query app_about "app.about" = $crate::app::about, $crate::settings::Nothing => $crate::app::About,
                [AppRead offline] [];
            query app_attention "app.attention" = $crate::app::attention, $crate::settings::Nothing => $crate::app::Attention,
                [AppRead online] [];
            command app_save_draft "app.save_draft" = $crate::app::save_draft, $crate::app::SaveDraft => $crate::app::Draft,
                [AppWrite offline final unaudited] [drafts];
            command app_discard_draft "app.discard_draft" = $crate::app::discard_draft, $crate::app::DraftId => $crate::app::Done,
                [AppWrite offline final unaudited] [drafts];
            query app_drafts "app.drafts" = $crate::app::drafts, $crate::app::DraftsInput => $crate::app::Drafts,
                [AppRead offline] [];
            command app_save_view "app.save_view" = $crate::app::save_view, $crate::app::SaveView => $crate::app::View,
                [AppWrite offline undo audited] [views];
            command app_delete_view "app.delete_view" = $crate::app::delete_view, $crate::app::ViewId => $crate::app::Done,
                [AppWrite offline undo audited] [views];
            query app_views "app.views" = $crate::app::views, $crate::app::ViewsInput => $crate::app::Views,
                [AppRead offline] [];
        }
    };
}

macro_rules! flag {
    (offline) => {
        true
    };
    (online) => {
        false
    };
    (undo) => {
        true
    };
    (final) => {
        false
    };
    (audited) => {
        true
    };
    (unaudited) => {
        false
    };
}

macro_rules! spec {
    (command $dotted:literal [$permission:ident $offline:ident $undo:ident $audited:ident] [$($tag:ident)*]) => {
        Spec {
            name: $dotted,
            kind: Kind::Command,
            permission: Permission::$permission,
            offline: flag!($offline),
            undo: flag!($undo),
            audited: flag!($audited),
            tags: &[$(stringify!($tag)),*],
        }
    };
    (query $dotted:literal [$permission:ident $offline:ident] []) => {
        Spec {
            name: $dotted,
            kind: Kind::Query,
            permission: Permission::$permission,
            offline: flag!($offline),
            undo: false,
            audited: false,
            tags: &[],
        }
    };
}

macro_rules! typed {
    (command $ipc:ident $dotted:literal $f:path, $input:ty, $output:ty, $flags:tt $tags:tt) => {
        pub fn $ipc(engine: &Engine, caller: &Caller, meta: Meta, input: $input) -> Answer<$output> {
            undoing::$ipc(engine, caller, meta, None, input)
        }
    };
    (query $ipc:ident $dotted:literal $f:path, $input:ty, $output:ty, $flags:tt $tags:tt) => {
        pub fn $ipc(engine: &Engine, caller: &Caller, input: $input) -> Answer<$output> {
    static SPEC: Spec = spec!(query $dotted $flags $tags);
            let (engine, caller) = (engine.clone(), caller.clone());
            Box::pin(guarded(async move {
                let work = || async {
                    let mut ctx = engine.begin_query(&SPEC, &caller).await?;
                    $f(&mut ctx, input.clone()).await
                };
                engine.here_or_there(work).await
            }))
        }
    };
}

macro_rules! undoable {
    (command $ipc:ident $dotted:literal $f:path, $input:ty, $output:ty, $flags:tt $tags:tt) => {
        pub fn $ipc(
            engine: &Engine,
            caller: &Caller,
            meta: Meta,
            undoes: Option<Uuid>,
            input: $input,
        ) -> Answer<$output> {
    static SPEC: Spec = spec!(command $dotted $flags $tags);
            let (engine, caller) = (engine.clone(), caller.clone());
            Box::pin(guarded(async move {
                let work = || async {
                    match engine.begin(&SPEC, &caller, meta, undoes, &input).await? {
                        Begun::Done(result) => answer(&result),
                        Begun::Fresh(mut ctx) => {
                            let outcome = $f(&mut ctx, input.clone()).await;
                            engine.finish(ctx, outcome).await
                        }
                    }
                };
                let mut attempt = 0;
                loop {
                    match engine.here_or_there(work).await {
                        Err(error) if again(&error, attempt).await => attempt += 1,
                        outcome => return outcome,
                    }
                }
            }))
        }
    };
    (query $($rest:tt)*) => {};
}

/// What may be given offline is one of these when it is given again.
macro_rules! within {
    (command $name:ident $ctx:ident $input:ident $dotted:literal $f:path, [$permission:ident offline $($flag:ident)*]) => {
        if $name == $dotted {
            return to_json(Box::pin($f($ctx, from_json($input)?)).await?);
        }
    };
    ($($rest:tt)*) => {};
}

macro_rules! by_name {
    (command $ipc:ident, $engine:expr, $caller:expr, $meta:expr, $undoes:expr, $input:expr) => {
        to_json(undoing::$ipc($engine, $caller, $meta, $undoes, $input).await?)
    };
    (query $ipc:ident, $engine:expr, $caller:expr, $meta:expr, $undoes:expr, $input:expr) => {
        to_json(call::$ipc($engine, $caller, $input).await?)
    };
}

macro_rules! build {
    ($($kind:ident $ipc:ident $dotted:literal = $f:path, $input:ty => $output:ty, $flags:tt $tags:tt;)*) => {
        /// Every command and query, in the order of the list.
        pub static SPECS: &[Spec] = &[$(spec!($kind $dotted $flags $tags)),*];

        /// Typed calls, a function a row.
        pub mod call {
            use super::*;
            $(typed!($kind $ipc $dotted $f, $input, $output, $flags $tags);)*
        }

        mod undoing {
            use super::*;
            $(undoable!($kind $ipc $dotted $f, $input, $output, $flags $tags);)*
        }

        /// Runs a command that may be given offline as a part of another one, in its transaction. Whether it is
        /// allowed is for the other one to ask.
        pub(crate) async fn within(ctx: &mut Ctx, name: &str, input: serde_json::Value) -> Result<serde_json::Value> {
            $(within!($kind name ctx input $dotted $f, $flags);)*
            Err(Error::UnknownCommand { name: name.to_owned() })
        }

        async fn dispatch(
            engine: &Engine,
            caller: &Caller,
            name: &str,
            meta: Meta,
            undoes: Option<Uuid>,
            input: serde_json::Value,
        ) -> Result<serde_json::Value> {
            match name {
                $($dotted => Box::pin(async {
                    let input = parsed::<$input>(engine, caller, $dotted, input).await?;
                    by_name!($kind $ipc, engine, caller, meta, undoes, input)
                }).await,)*
                _ => Err(Error::UnknownCommand { name: name.to_owned() }),
            }
        }
    };
}

for_each_command!(build);

/// Runs a command by its name, with JSON in and out: for the doors that have no types.
/// `app.undo {command_id}` is not a row of the list, because it runs another row.
pub fn call_json(
    engine: &Engine,
    caller: &Caller,
    name: &str,
    meta: Meta,
    input: serde_json::Value,
) -> Answer<serde_json::Value> {
    let (engine, caller, name) = (engine.clone(), caller.clone(), name.to_owned());
    Box::pin(async move { by_json(&engine, &caller, &name, meta, input).await })
}

async fn by_json(
    engine: &Engine,
    caller: &Caller,
    name: &str,
    meta: Meta,
    input: serde_json::Value,
) -> Result<serde_json::Value> {
    if name == "app.undo" {
        #[derive(serde::Deserialize)]
        struct Undo {
            command_id: Uuid,
        }
        let Undo { command_id } = from_json(input)?;
        return undo(engine, caller, meta, command_id).await;
    }
    dispatch(engine, caller, name, meta, None, input).await
}

/// Takes back the command `undone` by running the inverse it recorded, as a command of its own.
pub fn undo(engine: &Engine, caller: &Caller, meta: Meta, undone: Uuid) -> Answer<serde_json::Value> {
    let (engine, caller) = (engine.clone(), caller.clone());
    Box::pin(async move {
        let inverse = engine.inverse_of(undone).await?;
        dispatch(&engine, &caller, &inverse.command, meta, Some(undone), inverse.input).await
    })
}

/// A command that was given before, in whatever name and moment `caller` says.
pub(crate) async fn again_as(
    engine: &Engine,
    caller: &Caller,
    name: &str,
    meta: Meta,
    undoes: Option<Uuid>,
    input: serde_json::Value,
) -> Result<serde_json::Value> {
    dispatch(engine, caller, name, meta, undoes, input).await
}

pub fn spec(name: &str) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.name == name)
}

/// What is wrong with the input is told to those only who may give the command.
async fn parsed<T: DeserializeOwned>(
    engine: &Engine,
    caller: &Caller,
    name: &str,
    input: serde_json::Value,
) -> Result<T> {
    match from_json(input) {
        Ok(input) => Ok(input),
        Err(malformed) => {
            if let Some(spec) = spec(name) {
                engine.need(caller, spec.permission).await?;
            }
            Err(malformed)
        }
    }
}

/// The input of a command, or what is wrong with it.
pub fn from_json<T: DeserializeOwned>(input: serde_json::Value) -> Result<T> {
    serde_json::from_value(input).map_err(|error| Error::invalid_because("input", "malformed", error.to_string()))
}

fn to_json<T: Serialize>(value: T) -> Result<serde_json::Value> {
    Ok(serde_json::to_value(value)?)
}
