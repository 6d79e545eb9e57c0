//! Trained models of the project: added, held against their golden rows, and given to runs.

mod adding;
mod library;
mod runtimes;
mod sound;

use std::collections::BTreeMap;

use wb_kernel::Model;

use crate::error::UserError;
use crate::spec_file::model_line;

pub(crate) use adding::{Added, NewModel};
pub(crate) use library::{GoldenResult, ModelLibrary};
pub(crate) use runtimes::RuntimeKind;

/// What the `versions` of a manifest say of models begins so: `model alpha`.
const PREFIX: &str = "model ";

/// What a manifest says of the models of a run.
pub(crate) fn model_versions(models: &[Model]) -> BTreeMap<String, String> {
    models.iter().map(|model| (format!("{PREFIX}{}", model.name), model.identity())).collect()
}

/// Makes sure that these models, and what runs them, are those of which `spec` was stored.
///
/// # Errors
/// With the model that is not. `what` was made of it.
pub(crate) fn check_unchanged(models: &[Model], spec: &str, what: &str) -> Result<(), UserError> {
    match models.iter().find(|model| !spec.contains(&model_line(model))) {
        None => Ok(()),
        Some(model) => {
            let (name, now) = (&model.name, model.identity());
            let message =
                format!("the model {name}, or what runs it, has changed since {what} was made: it is {now}");
            Err(UserError::data(message).hint("what was stored is as it was; run the spec again"))
        }
    }
}

/// What of the `versions` of a manifest is of models.
pub(crate) fn models_of(versions: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let of_models = versions.iter().filter(|(name, _)| name.starts_with(PREFIX));
    of_models.map(|(name, version)| (name.clone(), version.clone())).collect()
}
