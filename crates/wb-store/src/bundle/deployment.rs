//! Deployments: names for what may trade, each a file in git that points to a bundle.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::manifest::BundleId;
use crate::error::{IoContext, StoreError, damaged_bundle};
use crate::refs::unsafe_name;

const KEY: &str = "bundle";

/// A deployment: `config/deployments/NAME.toml`.
///
/// The line `bundle = "…"` is ours. All other lines belong to whoever runs the deployment, and stay as they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The bundle that it points to.
    pub bundle: BundleId,
}

impl Deployment {
    /// Reads the deployment of that name from the folder of deployments.
    ///
    /// # Errors
    /// If there is none of that name, or its file does not name a bundle.
    pub fn read(folder: &Path, name: &str) -> Result<Deployment, StoreError> {
        let path = Deployment::path(folder, name)?;
        let Some(text) = read_if_present(&path)? else {
            return Err(StoreError::NoDeployment { name: name.to_string(), known: names(folder)? });
        };
        let table: toml::Table =
            text.parse().map_err(|e: toml::de::Error| damaged_bundle(&path, e.to_string()))?;
        let bundle = table
            .get(KEY)
            .and_then(toml::Value::as_str)
            .ok_or_else(|| damaged_bundle(&path, format!("it has no line {KEY} = \"…\"")))?;
        let bundle = bundle.parse().map_err(|e| damaged_bundle(&path, format!("{KEY}: {e}")))?;
        Ok(Deployment { name: name.to_string(), path, bundle })
    }

    /// The file that a deployment of that name has or would have.
    ///
    /// # Errors
    /// If the name is none for a file.
    pub fn path(folder: &Path, name: &str) -> Result<PathBuf, StoreError> {
        match unsafe_name(name) {
            None => Ok(folder.join(format!("{name}.toml"))),
            Some(reason) => Err(StoreError::Name { kind: "deployment", name: name.to_string(), reason }),
        }
    }

    /// Lets the name point to a bundle from now on.
    ///
    /// # Errors
    /// If the name is none for a file, or the disk refuses.
    pub fn point(folder: &Path, name: &str, bundle: BundleId) -> Result<Deployment, StoreError> {
        let path = Deployment::path(folder, name)?;
        let text = match read_if_present(&path)? {
            Some(text) => pointed(&text, &bundle),
            None => format!(
                "# What `workbench live {name}` trades. `workbench deploy` writes the next line; review it like code.\n\
                 {KEY} = \"{bundle}\"\n"
            ),
        };
        fs::create_dir_all(folder).doing("create", folder)?;
        let aside = folder.join(format!(".{name}.toml.new"));
        fs::write(&aside, text).doing("write", &aside)?;
        fs::rename(&aside, &path).doing("replace", &path)?;
        Ok(Deployment { name: name.to_string(), path, bundle })
    }
}

/// The text with another bundle in its line, or with such a line on top where it has none.
fn pointed(text: &str, bundle: &BundleId) -> String {
    let line = format!("{KEY} = \"{bundle}\"");
    // A key behind a heading is another key.
    let top = text.lines().take_while(|line| !line.trim_start().starts_with('['));
    let ours = |line: &str| line.split('=').next().is_some_and(|key| key.trim() == KEY);
    match top.into_iter().position(ours) {
        Some(at) => {
            let others = |(number, other)| if number == at { line.as_str() } else { other };
            text.lines().enumerate().map(others).map(|line| format!("{line}\n")).collect()
        }
        None => format!("{line}\n{text}"),
    }
}

fn read_if_present(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read_to_string(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        other => other.doing("read", path).map(Some),
    }
}

/// The names of all deployments, sorted.
fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.doing("list", folder)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.doing("list", folder)?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".toml").map(str::to_string));
    }
    names.sort();
    Ok(names)
}
