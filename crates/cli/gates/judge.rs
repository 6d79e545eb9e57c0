//! Every gate measured and held against its threshold, and what is waived.

use wb_store::GateRecord;

use super::evidence::Evidence;
use super::table::{GATES, Gate};
use super::thresholds::Thresholds;
use crate::error::UserError;
use crate::suggest::did_you_mean;

/// Behind `--waive`: every gate that is not passed.
const ALL: &str = "all";

/// One gate, as it was found.
pub(crate) struct Judged {
    /// The gate.
    pub(crate) gate: &'static Gate,
    /// What is written into a bundle.
    pub(crate) record: GateRecord,
    /// How to come by a value where there is none.
    pub(crate) hint: Option<String>,
}

impl Judged {
    /// Whether it is in the way of trading.
    pub(crate) fn blocks(&self) -> bool {
        !self.record.passed && self.record.waived.is_none()
    }
}

/// Gates that somebody takes the responsibility for, each with the reason.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Waivers(Vec<(String, String)>);

impl Waivers {
    /// Pairs gates and reasons in their order.
    ///
    /// # Errors
    /// If a gate does not exist or is named twice, or a reason is missing.
    pub(crate) fn of(gates: &[String], reasons: &[String]) -> Result<Waivers, UserError> {
        let mut waivers = Vec::with_capacity(gates.len());
        for (at, gate) in gates.iter().enumerate() {
            if gate != ALL && !GATES.iter().any(|known| known.key == gate) {
                let names = GATES.iter().map(|gate| gate.key).chain([ALL]);
                let hint = did_you_mean(gate, names.clone())
                    .unwrap_or_else(|| format!("there are {}", names.collect::<Vec<_>>().join(", ")));
                return Err(UserError::usage(format!("--waive {gate}: there is no such gate")).hint(hint));
            }
            if gates[..at].contains(gate) {
                return Err(UserError::usage(format!("--waive {gate}: it is waived twice")));
            }
            let reason = reasons.get(at).map(|reason| reason.trim()).filter(|reason| !reason.is_empty());
            let reason = reason.ok_or_else(|| {
                UserError::usage(format!("--waive {gate}: a reason is missing"))
                    .hint(format!("add --reason \"why {gate} may be waived\" behind it"))
            })?;
            waivers.push((gate.clone(), reason.to_string()));
        }
        if reasons.len() > gates.len() {
            let message = format!("--reason {:?}: there is no gate that it waives", reasons[gates.len()]);
            return Err(UserError::usage(message).hint("name the gate before it, with --waive"));
        }
        Ok(Waivers(waivers))
    }

    fn reason(&self, gate: &str) -> Option<&str> {
        let named = |name: &str| self.0.iter().find(|(gate, _)| gate == name);
        named(gate).or_else(|| named(ALL)).map(|(_, reason)| reason.as_str())
    }
}

/// Holds every gate against its threshold. A waiver of a gate that is passed is none.
pub(crate) fn judge(evidence: &Evidence, thresholds: &Thresholds, waivers: &Waivers) -> Vec<Judged> {
    let one = |(gate, threshold): (&'static Gate, f64)| {
        let measured = (gate.measure)(evidence);
        let passed = measured.value.is_some_and(|value| gate.bound.admits(value, threshold));
        let record = GateRecord {
            gate: gate.key.to_string(),
            bound: gate.bound.words().to_string(),
            threshold,
            value: measured.value,
            evidence: measured.words,
            passed,
            waived: waivers.reason(gate.key).filter(|_| !passed).map(str::to_string),
        };
        Judged { gate, record, hint: measured.hint }
    };
    thresholds.iter().map(one).collect()
}
