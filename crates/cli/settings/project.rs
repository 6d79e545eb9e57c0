//! The project: the folder that holds `config/`, and the files of settings in it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::layers::{Settings, read_environment};
use super::options::{Given, read_toml};
use super::sources::Layer;
use crate::error::UserError;
use crate::suggest::did_you_mean;

/// The spec that runs where none is named.
const DEFAULT_SPEC: &str = include_str!("../../../config/runs/sma-cross.toml");
/// Its place in a project.
const DEFAULT_SPEC_PATH: &str = "config/runs/sma-cross.toml";

/// The folder in which relative paths of settings begin, and the profile in use.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Project {
    /// The nearest parent with `config/workbench.toml`; without one, the current folder.
    pub(crate) root: PathBuf,
    profile: Option<String>,
}

/// A run spec as text.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SpecText {
    /// Its path, as people know it.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl Project {
    /// The project that the flags and the environment name, else the one around the current folder.
    ///
    /// # Errors
    /// If the named folder does not exist.
    pub(crate) fn find(root: Option<&Path>, profile: Option<&str>) -> Result<Project, UserError> {
        let here = env::current_dir()
            .map_err(|error| UserError::usage(format!("the current folder cannot be read: {error}")))?;
        let named =
            root.map(Path::to_path_buf).or_else(|| env::var_os("WORKBENCH_PROJECT").map(PathBuf::from));
        let root = match named {
            Some(root) if root.is_dir() => here.join(root),
            Some(root) => {
                return Err(UserError::usage(format!("project folder {} does not exist", root.display())));
            }
            None => here
                .ancestors()
                .find(|folder| folder.join("config/workbench.toml").is_file())
                .unwrap_or(&here)
                .to_path_buf(),
        };
        let profile = profile.map(str::to_string).or_else(|| env::var("WORKBENCH_PROFILE").ok());
        Ok(Project { root, profile })
    }

    /// All layers merged: the project's files, the spec if there is one, the environment, and `flags`.
    ///
    /// # Errors
    /// If a file cannot be read, or holds what it may not.
    pub(crate) fn settings(&self, spec: Option<&SpecText>, flags: &[Given]) -> Result<Settings, UserError> {
        let mut settings = Settings::defaults();
        for (layer, path) in [(Layer::Project, "config/workbench.toml"), (Layer::Risk, "config/risk.toml")] {
            if let Some(text) = self.read_if_present(path)? {
                settings.add(&read_toml(layer, path, &text)?)?;
            }
        }
        if let Some(profile) = &self.profile {
            let path = format!("config/profiles/{profile}.toml");
            let text = self.read_if_present(&path)?.ok_or_else(|| self.no_profile(profile))?;
            settings.add(&read_toml(Layer::Profile, &path, &text)?)?;
        }
        if let Some(spec) = spec {
            settings.add(&read_toml(Layer::Spec, &spec.path, &spec.text)?)?;
        }
        // A variable that is no text cannot be one of ours.
        let variables = env::vars_os()
            .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
        settings.add(&read_environment(variables)?)?;
        settings.add(flags)?;
        Ok(settings)
    }

    /// The spec that `given` names: a path, or the name of a file in `config/runs`. The default spec where nothing
    /// is given.
    ///
    /// # Errors
    /// If there is no such file.
    pub(crate) fn spec(&self, given: Option<&str>) -> Result<SpecText, UserError> {
        let Some(given) = given else {
            let text = self.read_if_present(DEFAULT_SPEC_PATH)?;
            let text = text.unwrap_or_else(|| DEFAULT_SPEC.to_string());
            return Ok(SpecText { path: DEFAULT_SPEC_PATH.to_string(), text });
        };
        self.file("run spec", "config/runs", given)
    }

    /// The sweep spec that `given` names: a path, or the name of a file in `config/sweeps`.
    ///
    /// # Errors
    /// If there is no such file.
    pub(crate) fn sweep(&self, given: &str) -> Result<SpecText, UserError> {
        self.file("sweep spec", "config/sweeps", given)
    }

    /// All layers merged as for the run spec that a sweep spec names as its base, with the keys of the sweep; and the
    /// run spec.
    ///
    /// # Errors
    /// If a file cannot be read, or holds what it may not.
    pub(crate) fn sweep_settings(
        &self,
        sweep: &SpecText,
        flags: &[Given],
    ) -> Result<(Settings, SpecText), UserError> {
        let given = [read_toml(Layer::Sweep, &sweep.path, &sweep.text)?, flags.to_vec()].concat();
        let mut own = Settings::defaults();
        own.add(&given)?;
        let base = own.text("base").ok_or_else(|| {
            let error = UserError::usage(format!("{}: `base` is missing", sweep.path));
            error.hint("add a line such as base = \"config/runs/sma-cross.toml\"")
        })?;
        let spec = self.spec(Some(base))?;
        Ok((self.settings(Some(&spec), &given)?, spec))
    }

    /// The file of `folder` that `given` names by its path or its name; `kind` is what it is.
    fn file(&self, kind: &str, folder: &str, given: &str) -> Result<SpecText, UserError> {
        let by_name = format!("{folder}/{given}.toml");
        let places = [(PathBuf::from(given), given), (self.root.join(&by_name), by_name.as_str())];
        for (file, shown) in &places {
            if file.is_file() {
                return Ok(SpecText { path: (*shown).to_string(), text: read(file, shown)? });
            }
        }
        let known = self.names_in(folder);
        let wanted = Path::new(given).file_stem().map_or(given.into(), |stem| stem.to_string_lossy());
        let mut error = UserError::usage(format!("{kind} {given}: no such file"));
        if let Some(near) = crate::suggest::closest(&wanted, known.iter().map(String::as_str)) {
            error = error.hint(format!("did you mean {folder}/{near}.toml?"));
        } else if !known.is_empty() {
            error = error.hint(format!("there are {} in {folder}", known.join(", ")));
        }
        Err(error)
    }

    /// The folder that a setting of `paths.` names.
    pub(crate) fn folder(&self, settings: &Settings, key: &str) -> PathBuf {
        self.root.join(settings.text(key).expect("paths have defaults"))
    }

    /// The path as people write it: relative to the current folder where it lies below.
    pub(crate) fn shown(path: &Path) -> String {
        let here = env::current_dir().unwrap_or_default();
        path.strip_prefix(&here).unwrap_or(path).display().to_string()
    }

    fn read_if_present(&self, path: &str) -> Result<Option<String>, UserError> {
        let file = self.root.join(path);
        if file.is_file() { read(&file, path).map(Some) } else { Ok(None) }
    }

    fn no_profile(&self, profile: &str) -> UserError {
        let known = self.names_in("config/profiles");
        let error =
            UserError::usage(format!("no profile {profile}: config/profiles/{profile}.toml does not exist"));
        error.maybe_hint(did_you_mean(profile, known.iter().map(String::as_str)))
    }

    /// Names of the TOML files in a folder of the project, without their ending, sorted.
    fn names_in(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
            .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
            .collect();
        names.sort();
        names
    }
}

fn read(file: &Path, shown: &str) -> Result<String, UserError> {
    fs::read_to_string(file).map_err(|error| UserError::usage(format!("{shown} cannot be read: {error}")))
}
