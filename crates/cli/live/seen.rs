//! What a session saw of itself, added up from its journal.

use std::collections::BTreeMap;

use wb_core::Ts;
use wb_live::session::Stage;
use wb_report::{Comparisons, SessionNotice, StageSamples};
use wb_store::{Line, Observation, Severity, StageTimes, Verdict};

/// What the sessions of a journal saw of themselves.
#[derive(Default)]
pub(crate) struct Seen {
    /// How often a session began.
    pub(crate) sessions: usize,
    /// How often the connection for market data, and that for orders, were lost.
    pub(crate) lost_connections: [usize; 2],
    /// Fills that had been missed, and that comparisons found.
    pub(crate) found_fills: usize,
    /// How long it took to give orders, in their order.
    pub(crate) stage_times: Vec<StageTimes>,
    /// What was said, in its order.
    pub(crate) notices: Vec<SessionNotice>,
    /// Whether the connection for market data stands, and that for orders.
    standing: [bool; 2],
    verdicts: BTreeMap<&'static str, usize>,
}

fn place(line: Line) -> usize {
    usize::from(line == Line::Trading)
}

impl Seen {
    /// Takes an observation of this time; the kernel is at `kernel_time` then.
    pub(crate) fn take(&mut self, at: Ts, kernel_time: Ts, observation: &Observation) {
        match observation {
            Observation::Began => {
                self.sessions += 1;
                self.standing = [false; 2];
            }
            Observation::Connected(line) => self.standing[place(*line)] = true,
            // One that could not be made is told as well.
            Observation::Disconnected(line) => {
                let stood = std::mem::take(&mut self.standing[place(*line)]);
                self.lost_connections[place(*line)] += usize::from(stood);
            }
            Observation::Compared { verdict, found } => {
                *self.verdicts.entry(verdict_words(*verdict)).or_default() += 1;
                self.found_fills += *found as usize;
            }
            Observation::Stages(times) => self.stage_times.push(*times),
            // The notices say why.
            Observation::Halted(_) => {}
            Observation::Notice { severity, part, words } => {
                match self.notices.last_mut().filter(|_| *part > 0) {
                    Some(notice) => notice.text.push_str(words.as_str()),
                    None => self.notices.push(SessionNotice {
                        at,
                        kernel_time: (kernel_time != Ts::MIN).then_some(kernel_time),
                        severity: severity_word(*severity),
                        text: words.as_str().to_string(),
                    }),
                }
            }
        }
    }

    /// How many comparisons ended in which way.
    pub(crate) fn comparisons(&self) -> Vec<Comparisons> {
        self.verdicts.iter().map(|(verdict, count)| Comparisons { verdict, count: *count }).collect()
    }

    /// How long each stage took.
    pub(crate) fn stages(&self) -> Vec<StageSamples> {
        let samples = |stage: Stage| StageSamples {
            name: stage.name(),
            about: stage.about(),
            ns: self.stage_times.iter().map(|times| stage.ns(times)).collect(),
        };
        Stage::ALL.map(samples).to_vec()
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Halt => "halt",
    }
}

fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agreed => "books agreed",
        Verdict::Disturbed => "a fill came between: compared again",
        Verdict::Differed => "balances differed, as what is on its way may explain: compared again",
        Verdict::Disagreed => "books disagreed: halted",
        Verdict::Unanswered => "the venue did not answer: compared again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_are_counted_and_the_parts_of_a_notice_joined() {
        let mut seen = Seen::default();
        let text = "the venue's books and ours disagree: ".repeat(4);
        let long = Observation::notice(Severity::Halt, &text);
        let connections = [
            Observation::Disconnected(Line::Market),
            Observation::Connected(Line::Trading),
            Observation::Disconnected(Line::Trading),
            Observation::Disconnected(Line::Trading),
        ];
        let all = [Observation::Began]
            .into_iter()
            .chain(connections)
            .chain(
                [Verdict::Agreed, Verdict::Disturbed, Verdict::Agreed]
                    .map(|verdict| Observation::Compared { verdict, found: 2 }),
            )
            .chain(long)
            .chain(Observation::notice(Severity::Info, "no longer"));
        all.for_each(|observation| seen.take(Ts(5), Ts::MIN, &observation));
        assert_eq!((seen.sessions, seen.lost_connections, seen.found_fills), (1, [0, 1], 6));
        let counts: Vec<usize> = seen.comparisons().iter().map(|ended| ended.count).collect();
        assert_eq!(counts, [1, 2]);
        let said: Vec<(&str, &str)> =
            seen.notices.iter().map(|notice| (notice.severity, notice.text.as_str())).collect();
        assert_eq!(said, [("halt", text.as_str()), ("info", "no longer")]);
    }
}
