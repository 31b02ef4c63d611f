//! Products, the SKUs that are sold, and the tree they hang in.

mod audit;
mod bulk;
mod categories;
mod check;
mod index;
mod list;
mod matrix;
mod pick;
mod product;
mod remove;
mod sale;
mod save;
mod skus;
mod state;

pub use audit::{ProductChange, ProductFieldChange, ProductHistory, history};
pub use categories::{
    Category, CategoryTree, DeleteCategory, MoveCategory, SaveCategory, categories, delete_category, move_category,
    save_category,
};
pub use list::{
    ListProducts, ProductCounts, ProductPage, ProductRow, ProductSort, ProductStateCount, counts, list_products,
};
pub use matrix::{SkuMatrix, SkuMatrixRow, SkuMatrixRows, sku_matrix};
pub use pick::{FoundSku, FoundSkus, SearchSkus, search_skus};
pub use product::{Missing, Product, ProductById, ProductSpec, Sku, get_product};
pub use remove::delete_product;
pub use save::{SaveProduct, SaveSku, save_product};
pub use state::{
    PriorState, ProductStatesSet, RefusedState, RestoreStates, SetProductState, restore_states, set_state,
};

pub(crate) use bulk::{NewProduct, NewSku, insert_many, insert_skus};
pub(crate) use index::{barcode_key, index};
pub(crate) use sale::{SaleSku, options_text, skus_for_order};
