//! Thresholds: the file of gates, and the defaults of what it leaves out.

use std::path::Path;

use super::table::{GATES, Gate};
use crate::error::UserError;
use crate::settings::Project;
use crate::suggest::did_you_mean;

/// The threshold of every gate.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Thresholds(Vec<f64>);

impl Thresholds {
    /// Those of `given`, a file that must exist; else those of the project's `config/gates.toml`, if it has one.
    ///
    /// # Errors
    /// If the file cannot be read, has a key that is no gate, or a threshold that is no number.
    pub(crate) fn of(project: &Project, given: Option<&Path>) -> Result<Thresholds, UserError> {
        const FILE: &str = "config/gates.toml";
        let file = project.root.join(FILE);
        let (file, shown) = match given {
            Some(given) => (given, given.display().to_string()),
            None if file.is_file() => (file.as_path(), FILE.to_string()),
            None => return Ok(Thresholds::strict()),
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| UserError::usage(format!("{shown} cannot be read: {error}")))?;
        Thresholds::read(&shown, &text)
    }

    /// The defaults.
    fn strict() -> Thresholds {
        Thresholds(GATES.iter().map(|gate| gate.default).collect())
    }

    fn read(shown: &str, text: &str) -> Result<Thresholds, UserError> {
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| UserError::usage(format!("{shown}: {error}")))?;
        let mut thresholds = Thresholds::strict();
        for (key, value) in &table {
            let Some(at) = GATES.iter().position(|gate| gate.key == key) else {
                let hint = did_you_mean(key, GATES.iter().map(|gate| gate.key));
                return Err(UserError::usage(format!("{shown}: there is no gate `{key}`")).maybe_hint(hint));
            };
            let number = value.as_float().or_else(|| value.as_integer().map(|x| x as f64));
            thresholds.0[at] = number.filter(|x| x.is_finite()).ok_or_else(|| {
                UserError::usage(format!("{shown}: {key} = {value}: must be a number"))
                    .hint("a gate is waived with --waive and a reason, not in the file")
            })?;
        }
        Ok(thresholds)
    }

    /// Every gate with its threshold.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Gate, f64)> {
        GATES.iter().zip(self.0.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_file_of_gates_names_every_default() {
        let text = include_str!("../../../config/gates.toml");
        let table: toml::Table = text.parse().expect("TOML");
        assert_eq!(table.len(), GATES.len());
        assert_eq!(Thresholds::read("config/gates.toml", text), Ok(Thresholds::strict()));
    }

    #[test]
    fn a_key_that_is_left_out_stays_strict() {
        let read = Thresholds::read("x.toml", "max_drawdown = 0.5\nhistory_days = 30\n").expect("two gates");
        for (gate, threshold) in read.iter() {
            let expected = match gate.key {
                "max_drawdown" => 0.5,
                "history_days" => 30.0,
                _ => gate.default,
            };
            assert_eq!(threshold.to_bits(), expected.to_bits(), "{}", gate.key);
        }
    }

    #[test]
    fn a_gate_that_does_not_exist_or_has_no_number_is_refused() {
        let check = |text: &str, message: &str, hint: &str| {
            let error = Thresholds::read("x.toml", text).expect_err(message);
            assert!(error.message.starts_with(message), "{}", error.message);
            assert_eq!(error.hint.as_deref().unwrap_or_default(), hint);
        };
        let hint = "a gate is waived with --waive and a reason, not in the file";
        check("max_drwdown = 0.5", "x.toml: there is no gate `max_drwdown`", "did you mean `max_drawdown`?");
        check("max_drawdown = \"none\"", "x.toml: max_drawdown = \"none\": must be a number", hint);
        check("max_drawdown = inf", "x.toml: max_drawdown = inf: must be a number", hint);
        check("max_drawdown = ", "x.toml: ", "");
    }
}
