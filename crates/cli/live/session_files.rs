//! The files of a deployment's sessions: its journal, and what the account held before the first order.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use wb_core::Ts;
use wb_live::runner::Baseline;
use wb_store::{BundleId, Deployment};

use crate::deployed::deployments;
use crate::error::UserError;
use crate::settings::{Project, Settings};

/// `journals/NAME/BUNDLE/`: one journal for all sessions of a deployment's bundle.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SessionFiles {
    /// The folder of the journal.
    pub(crate) journal: PathBuf,
    baseline: PathBuf,
    logs: PathBuf,
}

impl SessionFiles {
    /// The files of a deployment below the folder of experiments. What is traded on paper has files of its own.
    pub(crate) fn of(experiments: &Path, name: &str, bundle: &BundleId, on_paper: bool) -> SessionFiles {
        let mut folder = experiments.join("journals").join(name).join(bundle.short());
        if on_paper {
            folder.push("paper");
        }
        SessionFiles {
            journal: folder.join("journal"),
            baseline: folder.join("account.toml"),
            logs: folder.join("logs"),
        }
    }

    /// The log of a session that begins now: a file for each session.
    pub(crate) fn log(&self, begins: Ts) -> PathBuf {
        // Not every file system takes a colon.
        self.logs.join(format!("{}.jsonl", begins.to_string().replace(':', "-")))
    }

    /// What the account held before the first order, if there was a session.
    ///
    /// # Errors
    /// If the file is not what [`SessionFiles::keep_baseline`] writes.
    pub(crate) fn baseline(&self) -> anyhow::Result<Option<Baseline>> {
        let text = match fs::read_to_string(&self.baseline) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.with_context(|| format!("reading {}", self.baseline.display()))?,
        };
        let damaged = || UserError::data(format!("{}: not what was written", self.baseline.display()));
        let table: toml::Table = text.parse().map_err(|_| damaged())?;
        let assets =
            table.get("before_the_first_order").and_then(toml::Value::as_table).ok_or_else(damaged)?;
        let amount = |(asset, amount): (&String, &toml::Value)| Some((asset.clone(), amount.as_float()?));
        let assets = assets.iter().map(amount).collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
        Ok(Some(Baseline { assets }))
    }

    /// Keeps what the account held before the first order.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn keep_baseline(&self, baseline: &Baseline) -> anyhow::Result<()> {
        let mut assets = toml::Table::new();
        for (asset, amount) in &baseline.assets {
            assets.insert(asset.clone(), toml::Value::Float(*amount));
        }
        let mut table = toml::Table::new();
        table.insert("before_the_first_order".to_string(), toml::Value::Table(assets));
        let aside = self.baseline.with_extension("new");
        fs::write(&aside, table.to_string()).with_context(|| format!("writing {}", aside.display()))?;
        fs::rename(&aside, &self.baseline).with_context(|| format!("writing {}", self.baseline.display()))
    }
}

/// The folder of the journal that `text` means: the name of a deployment, or else the folder itself.
pub(crate) fn journal_folder(text: &str, project: &Project, settings: &Settings) -> PathBuf {
    let folder = PathBuf::from(text);
    match Deployment::read(&deployments(&project.root), text) {
        Ok(deployment) if !folder.exists() => {
            let experiments = project.folder(settings, "paths.experiments");
            SessionFiles::of(&experiments, text, &deployment.bundle, false).journal
        }
        _ => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_comes_back_to_the_bit() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bundle = "a".repeat(64).parse().expect("an id");
        let files = SessionFiles::of(folder.path(), "near", &bundle, false);
        assert_eq!(files.baseline().expect("there is none"), None);
        let assets = vec![("NEAR".to_string(), 0.1 + 0.2), ("USDT".to_string(), 10_000.0)];
        let baseline = Baseline { assets };
        fs::create_dir_all(&files.journal).expect("a writable folder");
        files.keep_baseline(&baseline).expect("a writable folder");
        assert_eq!(files.baseline().expect("it was written"), Some(baseline));
        fs::write(&files.baseline, "x = 1").expect("a writable folder");
        assert!(files.baseline().is_err());
    }
}
