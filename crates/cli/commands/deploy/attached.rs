//! The files of the project that a spec names: what a bundle brings along.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use wb_core::ParamValue;
use wb_engine::RunSpec;

use crate::error::UserError;
use crate::models::ModelLibrary;
use crate::recorded::MODELS;
use crate::settings::Project;

/// Path in the project and content of every file that the run depends on beside its data: targets and models.
///
/// # Errors
/// If one cannot be read, or lies outside the project.
pub(super) fn attached(
    project: &Project,
    library: &ModelLibrary,
    spec: &RunSpec,
) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let read = |path: &Path| fs::read(path).with_context(|| format!("reading {}", path.display()));
    let mut files = Vec::new();
    for (name, value) in spec.params.iter() {
        if let ParamValue::Targets(table) = value {
            let path = within_project(name, &table.source)?;
            let content = read(&project.root.join(&path))?;
            files.push((path, content));
        }
    }
    for model in &spec.models {
        for path in library.store.files(&format!("{}@{}", model.name, model.version))? {
            let content = read(&library.store.root().join(&path))?;
            files.push((Path::new(MODELS).join(path), content));
        }
    }
    Ok(files)
}

/// A path of a setting or parameter that lies within the project, wherever the project lies.
///
/// # Errors
/// If it does not.
pub(super) fn within_project(key: &str, path: &str) -> Result<PathBuf, UserError> {
    // `./x` is `x`.
    let parts = Path::new(path).components().filter(|part| *part != Component::CurDir);
    if parts.clone().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(parts.collect());
    }
    let message =
        format!("{key} = {path}: it leads out of the project, to what another machine may not have");
    Err(UserError::usage(message).hint("name it by a path that begins in the project and stays in it"))
}
