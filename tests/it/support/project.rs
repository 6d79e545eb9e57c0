//! A scratch project folder and the commands run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with nothing in it but what a test puts there.
pub(crate) struct Project {
    dir: TempDir,
}

/// What a command did.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    pub(crate) fn new() -> Project {
        Project { dir: TempDir::new().expect("a folder for scratch") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file into the project.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders are made");
        std::fs::write(&path, text).expect("the file is written");
        path
    }

    /// Runs `workbench` here with these arguments and nothing of the caller's settings.
    pub(crate) fn run(&self, args: &[&str]) -> Done {
        Done::of(self.command(args).output().expect("the binary starts"))
    }

    /// The same before it is started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbench"));
        let ours = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("WORKBENCH_"));
        for name in ours {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.path());
        command
    }

    /// Runs `workbench` and expects it to succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> Done {
        let done = self.run(args);
        assert_eq!(done.code, 0, "workbench {}\n{}\n{}", args.join(" "), done.stdout, done.stderr);
        done
    }

    /// Runs `workbench` and expects it to stop with this code and to say each of these.
    pub(crate) fn fails(&self, args: &[&str], code: i32, says: &[&str]) {
        let done = self.run(args);
        let context = format!("workbench {}\n{}\n{}", args.join(" "), done.stdout, done.stderr);
        assert_eq!(done.code, code, "{context}");
        for text in says {
            assert!(done.stderr.contains(text), "`{text}` is not in the message of {context}");
        }
    }

    /// Runs `workbench` with `--format json` and reads what it prints.
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        let done = self.ok(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error} in {}", done.stdout))
    }
}

impl Done {
    pub(crate) fn of(output: Output) -> Done {
        Done {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
