//! The venue's key: from the environment, or from a file that nobody else may read.

use std::path::Path;

use wb_live::venues::binance::Credentials;

use crate::error::UserError;

const KEY: &str = "WORKBENCH_VENUE_KEY";
const SECRET: &str = "WORKBENCH_VENUE_SECRET";

/// The key of a deployment: from the environment, else from its file of secrets.
///
/// # Errors
/// If there is none, others may read the file, or the secret cannot sign.
pub(crate) fn read_keys(file: &Path) -> Result<Credentials, UserError> {
    let from_env = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let (key, secret) = match (from_env(KEY), from_env(SECRET)) {
        (Some(key), Some(secret)) => (key, secret),
        (Some(_), None) => return Err(UserError::usage(format!("{KEY} is set and {SECRET} is not"))),
        (None, Some(_)) => return Err(UserError::usage(format!("{SECRET} is set and {KEY} is not"))),
        (None, None) => from_file(file)?,
    };
    Credentials::new(&key, &secret).map_err(|error| UserError::usage(error.to_string()))
}

fn from_file(file: &Path) -> Result<(String, String), UserError> {
    let shown = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let hint = format!(
                "set {KEY} and {SECRET}, or write api_key = \"…\" and api_secret = \"…\" to {shown} and chmod 600 it"
            );
            return Err(UserError::usage("no key of the venue is given").hint(hint));
        }
        Err(error) => return Err(UserError::usage(format!("{shown}: {error}"))),
    };
    if is_open_to_others(file) {
        let message = format!("{shown} may be read by others than its owner");
        return Err(UserError::usage(message).hint(format!("chmod 600 {shown}")));
    }
    // The text is a secret: an error must not show it.
    let table: toml::Table =
        text.parse().map_err(|_| UserError::usage(format!("{shown} is not TOML; its text is not shown")))?;
    let part = |name: &str| {
        let text = table.get(name).and_then(toml::Value::as_str).map(str::to_string);
        text.ok_or_else(|| UserError::usage(format!("{shown} has no {name} = \"…\"")))
    };
    Ok((part("api_key")?, part("api_secret")?))
}

#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_of_secrets_is_read_only_where_nobody_else_may_and_is_never_shown() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("near.toml");
        let read = || from_file(&file).map_err(|error| error.message);
        assert_eq!(read(), Err("no key of the venue is given".to_string()));
        std::fs::write(&file, "api_key = \"k\"\napi_secret = \"canary\"\n").expect("writable");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("ours");
        assert!(read().expect_err("refused").ends_with("may be read by others than its owner"));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("ours");
        assert_eq!(read(), Ok(("k".to_string(), "canary".to_string())));
        std::fs::write(&file, "api_secret = canary\n").expect("writable");
        let message = read().expect_err("refused");
        assert!(message.ends_with("is not TOML; its text is not shown") && !message.contains("canary"));
    }
}
