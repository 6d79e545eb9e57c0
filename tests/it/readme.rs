//! Every console block of README.md runs, and prints what it shows.

use std::process::Command;

use crate::support::project::{Done, Project};
use crate::support::root;

/// A command of a console block and the lines shown under it.
struct Shown {
    command: String,
    output: Vec<String>,
}

fn console_blocks(text: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.trim_end() {
            "```console" => inside = true,
            "```" => inside = false,
            line if inside => match line.strip_prefix("$ ") {
                Some(command) => shown.push(Shown { command: command.to_string(), output: Vec::new() }),
                None => {
                    shown.last_mut().expect("a block begins with a command").output.push(line.to_string())
                }
            },
            _ => {}
        }
    }
    shown
}

/// What a command of the README is on this machine: the binary of this build instead of a new one.
fn local(command: &str) -> Option<String> {
    let binary = env!("CARGO_BIN_EXE_workbench");
    if command == "bash tests/run.sh" {
        // This very test runs inside it.
        assert!(root().join("tests/run.sh").exists(), "the test command of README.md exists");
        return None;
    }
    if command.starts_with("cargo install") || command.starts_with("cargo bench") {
        return None;
    }
    Some(match command.strip_prefix("cargo run --release -- ") {
        Some(args) => format!("{binary} {args}"),
        None => command.replacen("workbench ", &format!("{binary} "), 1),
    })
}

#[test]
fn every_console_block_of_the_readme_runs_and_prints_what_it_shows() {
    let project = Project::new();
    // The README is read in a checkout: its specs, settings and sample models are there.
    for folder in ["config/runs", "config/sweeps", "config"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("config") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
                project.write(&format!("{folder}/{name}"), &std::fs::read_to_string(&path).expect("text"));
            }
        }
    }
    let targets = "data/sample/halloween.csv";
    project.write(targets, &std::fs::read_to_string(root().join(targets)).expect("targets"));
    for entry in std::fs::read_dir(root().join("models/sample")).expect("models/sample") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let copy = project.write(&format!("models/sample/{name}"), "");
        std::fs::copy(&path, copy).expect("a sample is copied");
    }
    let shown = console_blocks(&std::fs::read_to_string(root().join("README.md")).expect("README.md"));
    assert!(shown.len() >= 5, "README.md shows how to begin");
    for block in shown {
        let Some(command) = local(&block.command) else { continue };
        let output = Command::new("bash")
            .args(["-c", &command])
            .current_dir(project.path())
            .env(
                "PATH",
                format!(
                    "{}:{}",
                    root().join("target/python/bin").display(),
                    std::env::var("PATH").unwrap_or_default()
                ),
            )
            .output()
            .expect("bash starts");
        let done = Done::of(output);
        let context = format!("$ {}\n{}\n{}", block.command, done.stdout, done.stderr);
        assert_eq!(done.code, 0, "{context}");
        for line in block.output.iter().filter(|line| !line.contains('…') && !line.trim().is_empty()) {
            let printed =
                done.stdout.lines().chain(done.stderr.lines()).any(|l| l.trim_end() == line.trim_end());
            assert!(printed, "README.md shows `{line}` under\n{context}");
        }
    }
}
