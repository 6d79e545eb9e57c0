//! Where a session's operations are, for whoever wants to ask it: `operations.toml` beside its journal.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::Context;
use wb_live::operations::Token;

use crate::error::UserError;

/// An address on this machine, and the token that it wants.
#[derive(Debug)]
pub(crate) struct Door {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What a client must show to change something.
    pub(crate) token: Token,
}

/// The file of a session's operations.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct DoorFile(PathBuf);

impl DoorFile {
    /// In the folder of a deployment's sessions. A session on paper has a door of its own: who stops the one that sends
    /// orders must not stop the other instead.
    pub(crate) fn of(experiments: &Path, name: &str, on_paper: bool) -> DoorFile {
        let folder = experiments.join("journals").join(name);
        let folder = if on_paper { folder.join("paper") } else { folder };
        DoorFile(folder.join("operations.toml"))
    }

    /// Opens the door of a session that has begun: makes a token, and the file that tells it and the address, which only
    /// its owner may read.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn open(&self, listener: &TcpListener) -> anyhow::Result<Door> {
        let address = listener.local_addr().context("asking for the port")?;
        let text = wb_exchange::random_text()?;
        let door = Door { address, token: Token::new(&text)? };
        self.write(&format!("address = \"{address}\"\ntoken = \"{text}\"\n"))
            .with_context(|| format!("writing {}", self.0.display()))?;
        Ok(door)
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        fs::create_dir_all(self.0.parent().expect("a file lies in a folder"))?;
        let aside = self.0.with_extension("new");
        // A file that was there may be open to others.
        if aside.exists() {
            fs::remove_file(&aside)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&aside)?.write_all(text.as_bytes())?;
        fs::rename(&aside, &self.0)
    }

    /// Closes it: the session has ended.
    pub(crate) fn close(&self) {
        // Where it stays, whoever asks finds nobody.
        drop(fs::remove_file(&self.0));
    }

    /// The door of a session that another process runs.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn find(&self, name: &str) -> anyhow::Result<Door> {
        let none = || {
            let hint = format!("`workbench live {name}` begins one");
            UserError::data(format!("no session of {name} is under way")).hint(hint)
        };
        let text = fs::read_to_string(&self.0).map_err(|_| none())?;
        let table: toml::Table = text.parse().map_err(|_| none())?;
        let part = |key: &str| table.get(key).and_then(toml::Value::as_str).ok_or_else(none);
        Ok(Door {
            address: part("address")?.parse().map_err(|_| none())?,
            token: Token::new(part("token")?)?,
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::listen::listen;

    #[test]
    fn a_door_is_found_while_it_is_open_and_its_token_is_its_owners() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = DoorFile::of(folder.path(), "near", false);
        assert_eq!(file.find("near").expect_err("closed").to_string(), "no session of near is under way");
        let listener = listen(0).expect("a free port");
        let door = file.open(&listener).expect("a writable folder");
        let mode = fs::metadata(&file.0).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(file.find("near").expect("open").address, listener.local_addr().expect("bound"));
        assert!(!format!("{door:?}").contains("token = "), "{door:?}");
        let paper = DoorFile::of(folder.path(), "near", true);
        assert!(paper.find("near").is_err(), "another session's door");
        file.close();
        assert!(file.find("near").is_err());
    }
}
