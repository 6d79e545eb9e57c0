//! The file of targets that a parameter names.

use std::path::Path;
use std::sync::Arc;

use wb_core::{ParamSet, ParamValue, TargetTable};

use crate::error::UserError;

/// Reads the file that a spec names as `written`: relative to the project.
///
/// # Errors
/// If it cannot be read, or holds something else.
#[cfg(feature = "ingest")]
pub(crate) fn read(root: &Path, written: &str) -> Result<Arc<TargetTable>, UserError> {
    let told = |error| crate::error::explain(&anyhow::Error::from(error));
    wb_ingest::read_targets(&root.join(written), written).map(Arc::new).map_err(told)
}

/// Says that this build cannot read files of targets.
///
/// # Errors
/// Always.
#[cfg(not(feature = "ingest"))]
pub(crate) fn read(_: &Path, written: &str) -> Result<Arc<TargetTable>, UserError> {
    let message = format!("this build cannot read targets from {written}");
    Err(UserError::usage(message).hint("build with the feature `ingest`, which is on by default"))
}

/// Makes sure that the files which parameters name still hold what they held when `spec` was stored.
///
/// # Errors
/// With the file that does not. `what` was made of it.
pub(crate) fn check_unchanged(params: &ParamSet, spec: &str, what: &str) -> Result<(), UserError> {
    for (name, value) in params.iter() {
        if let ParamValue::Targets(table) = value
            && !spec.contains(&table.hash)
        {
            let message = format!("{} ({name}) has changed since {what} was made", table.source);
            return Err(UserError::data(message).hint("what was stored is as it was; run the spec again"));
        }
    }
    Ok(())
}
