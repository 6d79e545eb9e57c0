//! "Did you mean": the known name nearest to a misspelt one, as a hint.

pub(crate) use wb_kernel::closest;

/// `did you mean `x`?`, if there is something to suggest.
pub(crate) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}
