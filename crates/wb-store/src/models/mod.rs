//! Models on disk: content found by its hash, cards that say what a model is, and which version of each is in use.
//!
//! ```text
//! models/
//!   blobs/<blake3>.onnx
//!   cards/<name>/<version>.toml            what it takes and gives, and what runs it
//!   cards/<name>/<version>.golden.arrow    rows of inputs, and what must come out
//!   refs/<name>                            the version in use
//! ```

mod card;
mod golden;
mod store;

pub use card::{CARD_FORMAT, Card, CardInput, CardOutput};
pub use golden::GoldenRows;
pub use store::{ModelListing, ModelStore, StoredModel};
