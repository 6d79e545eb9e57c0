//! What goes wrong, what would help, and the exit code.

use std::fmt;

use wb_catalog::CatalogError;
use wb_engine::EngineError;
use wb_infer::InferError;
use wb_kernel::SetupError;
use wb_store::StoreError;

/// How the process ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// The answer is no.
    No = 1,
    /// The command line, a spec or a setting is wrong.
    Usage = 2,
    /// Market data or a stored run is missing or wrong.
    Data = 3,
    /// The venue does not answer, or says no.
    Venue = 4,
    /// The fault is ours.
    Bug = 70,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

/// An error that the user can do something about.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct UserError {
    /// What was being done, to what, and why it failed.
    pub(crate) message: String,
    /// What would help, where we know it.
    pub(crate) hint: Option<String>,
    /// How the process ends.
    pub(crate) exit: Exit,
}

impl UserError {
    /// Something on the command line, in a spec or in a setting.
    pub(crate) fn usage(message: impl Into<String>) -> UserError {
        UserError { message: message.into(), hint: None, exit: Exit::Usage }
    }

    /// Something with market data or a stored run.
    pub(crate) fn data(message: impl Into<String>) -> UserError {
        UserError { message: message.into(), hint: None, exit: Exit::Data }
    }

    /// Something with a venue.
    pub(crate) fn venue(message: impl Into<String>) -> UserError {
        UserError { message: message.into(), hint: None, exit: Exit::Venue }
    }

    /// The answer is no.
    pub(crate) fn no(message: impl Into<String>) -> UserError {
        UserError { message: message.into(), hint: None, exit: Exit::No }
    }

    /// The same with a hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> UserError {
        self.hint = Some(hint.into());
        self
    }

    /// The same with a hint, if there is one.
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> UserError {
        self.hint = hint.or(self.hint);
        self
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UserError {}

/// What to tell the user about any error, with its exit code: the one place where errors of other crates get both.
pub(crate) fn explain(error: &anyhow::Error) -> UserError {
    let message = told(error);
    if let Some(known) = error.chain().find_map(|cause| cause.downcast_ref::<UserError>()) {
        return UserError { message, ..known.clone() };
    }
    if let Some((exit, hint)) = error.chain().find_map(foreign) {
        return UserError { message, hint, exit };
    }
    if error.chain().any(|cause| cause.is::<std::io::Error>()) {
        return UserError::data(message);
    }
    UserError { message, hint: Some("please report this message".to_string()), exit: Exit::Bug }
}

/// The error and its causes, each said once: some errors say their cause themselves.
fn told(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |mut told, cause| {
        let cause = cause.to_string();
        if !told.contains(&cause) {
            let colon = if told.is_empty() { "" } else { ": " };
            told = format!("{told}{colon}{cause}");
        }
        told
    })
}

/// Exit code and hint of an error of another crate.
fn foreign(cause: &(dyn std::error::Error + 'static)) -> Option<(Exit, Option<String>)> {
    #[cfg(feature = "ingest")]
    if let Some(error) = cause.downcast_ref::<wb_ingest::IngestError>() {
        let exit =
            if matches!(error, wb_ingest::IngestError::Request { .. }) { Exit::Usage } else { Exit::Data };
        return Some((exit, error.hint().map(str::to_string)));
    }
    if let Some(error) = cause.downcast_ref::<CatalogError>() {
        return Some(match error {
            CatalogError::BadName { .. } => (Exit::Usage, None),
            CatalogError::UnknownSeries { .. } => (Exit::Data, Some("see `workbench data list`".to_string())),
            _ => (Exit::Data, None),
        });
    }
    if cause.is::<wb_exchange::SetupError>() {
        return Some((Exit::Usage, None));
    }
    if let Some(error) = cause.downcast_ref::<StoreError>() {
        let exit = if matches!(error, StoreError::Name { .. }) { Exit::Usage } else { Exit::Data };
        return Some((exit, error.hint().map(str::to_string)));
    }
    if let Some(error) = cause.downcast_ref::<InferError>() {
        let exit = match error {
            InferError::Malformed(_) | InferError::Refused(_) | InferError::Golden { .. } => Exit::Data,
            _ => Exit::Usage,
        };
        return Some((exit, error.hint().map(str::to_string)));
    }
    match cause.downcast_ref::<EngineError>()? {
        EngineError::Setup(SetupError::UnknownModel { .. }) => Some((
            Exit::Usage,
            Some(
                "name it in the run spec: models = [\"alpha\"]; `workbench model list` shows them"
                    .to_string(),
            ),
        )),
        EngineError::Setup(SetupError::Model { name, .. }) => Some((
            Exit::Usage,
            Some(format!("`workbench model show {name}` shows what it was trained on, in order")),
        )),
        EngineError::NoBars { .. } => Some((Exit::Data, None)),
        EngineError::TooFewBars { .. } => Some((
            Exit::Data,
            Some("give it a longer range of data, fewer starts, or features of shorter memory".to_string()),
        )),
        _ => Some((Exit::Usage, None)),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn context_is_kept_and_the_exit_code_is_that_of_the_cause() {
        let cause = UserError::data("data/x.csv: no rows").hint("is it the right file?");
        let error = anyhow::Result::<()>::Err(cause.into()).context("importing v:X").expect_err("an error");
        let told = explain(&error);
        assert_eq!(told.message, "importing v:X: data/x.csv: no rows");
        assert_eq!((told.hint.as_deref(), told.exit), (Some("is it the right file?"), Exit::Data));
    }

    #[test]
    fn a_cause_that_has_been_told_is_not_told_again() {
        let cause = std::io::Error::other("disk on fire");
        let error = anyhow::Error::from(cause).context("cannot read x: disk on fire").context("importing");
        assert_eq!(explain(&error).message, "importing: cannot read x: disk on fire");
    }

    #[test]
    fn an_error_that_nobody_foresaw_is_our_bug() {
        assert_eq!(explain(&anyhow::anyhow!("odd")).exit, Exit::Bug);
    }
}
