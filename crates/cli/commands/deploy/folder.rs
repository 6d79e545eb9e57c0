//! `--dir`: what a deployment needs on another machine, in one folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use wb_store::{Bundle, Deployment};

use super::attached::within_project;
use crate::deployed::{check_elsewhere, deployments, this_binary};
use crate::error::UserError;
use crate::settings::{Project, Settings};

const BINARY: &str = "workbench";
const EXPERIMENTS: &str = "paths.experiments";

/// A folder that is to be made. It is a project of its own, with nothing in it but what one deployment needs.
pub(super) struct DeployFolder<'a> {
    /// Where. Nothing may be there.
    pub(super) dir: &'a Path,
    /// The project that it is made from.
    pub(super) project: &'a Project,
    /// The settings of the project.
    pub(super) settings: &'a Settings,
    /// The name of the deployment.
    pub(super) name: &'a str,
    /// Its bundle.
    pub(super) bundle: &'a Bundle,
}

impl DeployFolder<'_> {
    /// Whether it can be made, before anything is.
    ///
    /// # Errors
    /// If something is in its place, or a path of the project means nothing on another machine.
    pub(super) fn check(dir: &Path, settings: &Settings) -> Result<(), UserError> {
        if dir.exists() {
            let message = format!("--dir {}: it exists", dir.display());
            return Err(UserError::usage(message).hint("give another folder, or remove it"));
        }
        let experiments = settings.text(EXPERIMENTS).expect("paths have defaults");
        within_project(EXPERIMENTS, experiments).map(drop)
    }

    /// Makes it aside, tries the bundle with the binary in it, and renames it into its place.
    ///
    /// # Errors
    /// If the disk refuses, or the binary in it does not hold.
    pub(super) fn make(&self) -> anyhow::Result<()> {
        let mut aside = self.dir.as_os_str().to_os_string();
        aside.push(".new");
        let aside = PathBuf::from(aside);
        if aside.exists() {
            fs::remove_dir_all(&aside).with_context(|| format!("removing {}", aside.display()))?;
        }
        self.fill(&aside)?;
        let home = aside.canonicalize().with_context(|| format!("finding {}", aside.display()))?;
        check_elsewhere(&home.join(BINARY), &home, self.name)?;
        fs::rename(&aside, self.dir).with_context(|| format!("making {}", self.dir.display()))
    }

    fn fill(&self, home: &Path) -> anyhow::Result<()> {
        // With its permissions: it stays executable.
        copy(&this_binary()?, &home.join(BINARY))?;
        let config = self.project.root.join("config");
        for file in settings_in(&config)? {
            copy(&file, &home.join("config").join(file.file_name().expect("a file has a name")))?;
        }
        // What else stands in the file of the deployment comes along.
        let (from, to) = (deployments(&self.project.root), deployments(home));
        let file = format!("{}.toml", self.name);
        if from.join(&file).exists() {
            copy(&from.join(&file), &to.join(&file))?;
        }
        Deployment::point(&to, self.name, self.bundle.id)?;
        let experiments = within_project(EXPERIMENTS, self.settings.text(EXPERIMENTS).expect("a default"))?;
        let bundle = home.join(&experiments).join("bundles").join(self.bundle.id.to_string());
        copy_tree(&self.bundle.folder, &bundle)?;
        let unit = home.join(self.unit());
        fs::write(&unit, self.unit_text(&experiments)).with_context(|| format!("writing {}", unit.display()))
    }

    fn unit(&self) -> String {
        format!("workbench-{}.service", self.name)
    }

    fn unit_text(&self, experiments: &Path) -> String {
        let name = self.name;
        let experiments = experiments.display().to_string();
        let values = [
            ("{HOME}", format!("/opt/workbench/{name}")),
            ("{UNIT}", self.unit()),
            ("{NAME}", name.to_string()),
            ("{STRATEGY}", self.bundle.manifest.strategy.clone()),
            ("{BUNDLE}", self.bundle.id.short()),
            ("{EXPERIMENTS}", experiments),
        ];
        let template = include_str!("unit.service").to_string();
        values.iter().fold(template, |text, (place, value)| text.replace(place, value))
    }
}

/// The files of settings that lie in a folder itself, not in one of it.
fn settings_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    let paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    let wanted = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|ending| ending == "toml");
    Ok(paths.into_iter().filter(wanted).collect())
}

fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("listing {}", from.display()))? {
        let path = entry?.path();
        let to = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() { copy_tree(&path, &to)? } else { copy(&path, &to)? }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let parent = to.parent().expect("it lies in the folder");
    fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
    fs::copy(from, to).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    Ok(())
}
