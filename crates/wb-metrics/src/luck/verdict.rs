//! The luck in a sweep's best trial, in words.

use crate::luck::SweepLuck;
use crate::luck::sweep_luck::CONFIDENCE;
use crate::number::grouped;

impl SweepLuck {
    /// What was found, in sentences, the most important first; at least one.
    pub fn verdict(&self) -> Vec<String> {
        let sentences = [
            Some(self.headline()),
            self.effective_trials(),
            self.conclusion(),
            self.track_record(),
            self.overfitting(),
            self.paths(),
            self.superior_ability(),
        ];
        sentences.into_iter().flatten().collect()
    }

    fn headline(&self) -> String {
        let of = match self.trials {
            1 => "The only trial".to_string(),
            trials => format!("The best of {} trials", whole(trials)),
        };
        let Some(best) = &self.best else {
            return format!(
                "{of} has no Sharpe ratio, or too few returns for one: nothing can be said of its luck."
            );
        };
        let sharpe = grouped(self.a_year(best.sharpe), 2);
        match (&self.deflated, self.probability) {
            (Some(deflated), _) if self.trials_ever > 1 => format!(
                "{of} has Sharpe {sharpe} a year; after deflation the probability that it is above zero is {}.",
                probability(deflated.probability)
            ),
            (_, Some(alone)) => format!(
                "{of} has Sharpe {sharpe} a year; the probability that it is above zero is {}, and there was nothing \
                 to choose from.",
                probability(alone)
            ),
            _ => format!("{of} has Sharpe {sharpe} a year, of returns too skewed to say how sure that is."),
        }
    }

    fn effective_trials(&self) -> Option<String> {
        let deflated = self.deflated.filter(|_| self.trials_ever > 1)?;
        let ever = match self.trials_ever {
            ever if ever > self.trials => {
                format!("All {} trials ever made on these data count as ", whole(ever))
            }
            _ => "They count as ".to_string(),
        };
        Some(format!(
            "{ever}{}; without skill the best of as many is expected to show Sharpe {} a year.",
            match deflated.trials {
                1 => "one".to_string(),
                trials => format!("{} independent ones", whole(trials)),
            },
            grouped(self.a_year(deflated.threshold), 2)
        ))
    }

    fn conclusion(&self) -> Option<String> {
        let deflated = self.deflated.filter(|_| self.trials_ever > 1)?.probability;
        let overfitted = self.overfitting.as_ref().is_some_and(|o| o.probability > 0.5);
        let words = match deflated {
            p if p < 0.5 => "That is no more than luck would show.",
            p if p < CONFIDENCE => {
                "That is more than luck is expected to show, but not by enough to rule it out."
            }
            _ if overfitted => {
                "That is more than luck would show, but the choice does not carry over to other times."
            }
            _ => "Luck alone is an unlikely explanation.",
        };
        Some(words.to_string())
    }

    fn track_record(&self) -> Option<String> {
        let years = |periods: f64| format!("{} years", grouped(periods / self.periods_per_year, 1));
        let needed = self.minimum_track_record?;
        Some(format!(
            "Had it been the only trial, {} of such returns would make it 95 % sure that its Sharpe ratio is above zero; \
             there are {}.",
            years(needed),
            years(self.periods as f64)
        ))
    }

    fn overfitting(&self) -> Option<String> {
        let overfitting = self.overfitting.as_ref()?;
        Some(format!(
            "Of {} splits of the time into halves, the best trial of one half is not above the median in the other in \
             {}, the probability of backtest overfitting, and loses there in {}.",
            whole(overfitting.splits.len() as u64),
            percent(overfitting.probability),
            percent(overfitting.probability_of_loss)
        ))
    }

    fn paths(&self) -> Option<String> {
        let validation = self.cross_validation.as_ref().filter(|_| self.trials > 1)?;
        let median = self.a_year(validation.median());
        Some(format!(
            "Choosing the best by cross-validation gives a median Sharpe of {} a year out of sample on {}, of which {} \
             lose.",
            grouped(median, 2),
            counted(validation.paths.len() as u64, "path"),
            percent(validation.probability_of_loss())
        ))
    }

    fn superior_ability(&self) -> Option<String> {
        let test = self.superior_ability?;
        Some(format!(
            "If no trial were better than holding nothing, the best would do as well as it did with probability {} \
             (Hansen's test), or {} (White's reality check).",
            probability(test.consistent),
            probability(test.reality_check)
        ))
    }
}

fn whole(count: u64) -> String {
    grouped(count as f64, 0)
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("one {noun}") } else { format!("{} {noun}s", whole(count)) }
}

/// Two digits; never 0 or 1, which no estimate of a probability is.
fn probability(p: f64) -> String {
    match p {
        p if p < 0.005 => "less than 0.01".to_string(),
        p if p > 0.995 => "more than 0.99".to_string(),
        p => grouped(p, 2),
    }
}

fn percent(share: f64) -> String {
    format!("{} %", grouped(100.0 * share, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::{
        CrossValidation, DeflatedSharpe, EffectiveTrials, HalfSplit, Overfitting, SharpeEstimate,
        SuperiorAbility,
    };

    /// Two years of monthly returns, chosen from 1,960 trials.
    fn luck() -> SweepLuck {
        let half = HalfSplit { best: 0, in_sample: 0.5, out_of_sample: 0.1, logit: -0.3 };
        let overfitting = Overfitting {
            probability: 0.617,
            probability_of_loss: 0.25,
            slope: None,
            splits: vec![half; 12_870],
        };
        SweepLuck {
            trials: 1960,
            trials_ever: 1960,
            periods: 24,
            periods_per_year: 12.0,
            best: Some(SharpeEstimate { sharpe: 1.9 / 12_f64.sqrt(), count: 24, skew: 0.0, kurtosis: 3.0 }),
            probability: Some(0.996),
            minimum_track_record: Some(12.6),
            effective: Some(EffectiveTrials { clustered: 1000, clusters: 7, independent: 41.2 }),
            deflated: Some(DeflatedSharpe {
                trials: 41,
                threshold: 2.07 / 12_f64.sqrt(),
                probability: 0.412,
            }),
            overfitting: Some(overfitting),
            cross_validation: Some(CrossValidation { paths: vec![0.2, -0.1, 0.1], chosen: vec![0; 3] }),
            superior_ability: Some(SuperiorAbility {
                reality_check: 0.31,
                consistent: 0.204,
                lower: 0.2,
                upper: 0.22,
            }),
            bands: None,
        }
    }

    fn check(luck: &SweepLuck, sentence: usize, expected: &str) {
        assert_eq!(luck.verdict()[sentence], expected);
    }

    #[test]
    fn the_best_of_many_is_judged_in_plain_words() {
        let expected = [
            "The best of 1,960 trials has Sharpe 1.90 a year; after deflation the probability that it is above zero is \
             0.41.",
            "They count as 41 independent ones; without skill the best of as many is expected to show Sharpe 2.07 a year.",
            "That is no more than luck would show.",
            "Had it been the only trial, 1.1 years of such returns would make it 95 % sure that its Sharpe ratio is above \
             zero; there are 2.0 years.",
            "Of 12,870 splits of the time into halves, the best trial of one half is not above the median in the other in \
             62 %, the probability of backtest overfitting, and loses there in 25 %.",
            "Choosing the best by cross-validation gives a median Sharpe of 0.35 a year out of sample on 3 paths, of which \
             33 % lose.",
            "If no trial were better than holding nothing, the best would do as well as it did with probability 0.20 \
             (Hansen's test), or 0.31 (White's reality check).",
        ];
        assert_eq!(luck().verdict(), expected);
    }

    #[test]
    fn earlier_sweeps_of_the_same_data_are_counted() {
        let luck = SweepLuck { trials_ever: 12_000, ..luck() };
        check(
            &luck,
            1,
            "All 12,000 trials ever made on these data count as 41 independent ones; without skill the best of as many \
             is expected to show Sharpe 2.07 a year.",
        );
    }

    #[test]
    fn the_conclusion_follows_the_deflated_probability() {
        let check = |p: f64, overfitting: f64, expected: &str| {
            let mut luck = luck();
            luck.deflated = luck.deflated.map(|deflated| DeflatedSharpe { probability: p, ..deflated });
            luck.overfitting = luck.overfitting.map(|o| Overfitting { probability: overfitting, ..o });
            check(&luck, 2, expected);
        };
        check(0.499, 0.1, "That is no more than luck would show.");
        check(0.8, 0.1, "That is more than luck is expected to show, but not by enough to rule it out.");
        check(
            0.95,
            0.6,
            "That is more than luck would show, but the choice does not carry over to other times.",
        );
        check(0.95, 0.5, "Luck alone is an unlikely explanation.");
    }

    #[test]
    fn a_single_trial_was_not_chosen() {
        let luck =
            SweepLuck { trials: 1, trials_ever: 1, overfitting: None, superior_ability: None, ..luck() };
        assert_eq!(luck.verdict().len(), 2);
        check(
            &luck,
            0,
            "The only trial has Sharpe 1.90 a year; the probability that it is above zero is more than 0.99, and there \
             was nothing to choose from.",
        );
    }

    #[test]
    fn what_cannot_be_said_is_said() {
        let luck = SweepLuck {
            best: None,
            probability: None,
            minimum_track_record: None,
            effective: None,
            deflated: None,
            overfitting: None,
            cross_validation: None,
            superior_ability: None,
            ..luck()
        };
        let expected = "The best of 1,960 trials has no Sharpe ratio, or too few returns for one: nothing can be said of \
                        its luck.";
        assert_eq!(luck.verdict(), [expected]);
    }
}
