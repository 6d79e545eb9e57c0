//! The venue of a deployment, as the lines of `config/deployments/NAME.toml` below `[venue]` and `[runner]` say.

use std::path::Path;

use anyhow::Context;
use wb_core::{Interval, Span};
use wb_live::runner::{Caution, Pace, RunnerConfig};

use crate::error::UserError;
use crate::suggest::did_you_mean;

/// Where the venue is, and how carefully to trade there.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct VenueSettings {
    /// Scheme and host of requests over HTTP.
    pub(crate) rest: String,
    /// Scheme and host of market data.
    pub(crate) streams: String,
    /// Scheme and host of requests over a socket.
    pub(crate) requests: String,
    /// What the names of our orders begin with.
    pub(crate) tag: Option<String>,
    /// Whether the venue is a replay that waits for us.
    pub(crate) lockstep: bool,
    stale_after: Option<Span>,
    max_daily_loss: Option<f64>,
    dead_man: Option<Span>,
    preload: Option<bool>,
}

/// Hosts of Binance Spot, and of its demo. Source: binance-spot-api-docs, rest-api.md, demo-mode.
const PRESETS: [(&str, [&str; 3]); 2] = [
    ("binance", ["https://api.binance.com", "wss://stream.binance.com:9443", "wss://ws-api.binance.com:443"]),
    (
        "binance-demo",
        ["https://demo-api.binance.com", "wss://demo-stream.binance.com", "wss://demo-ws-api.binance.com"],
    ),
];

const HEADINGS: [&str; 3] = ["bundle", "venue", "runner"];
const VENUE_KEYS: [&str; 6] = ["name", "rest", "streams", "requests", "tag", "pace"];
const RUNNER_KEYS: [&str; 4] = ["stale_after", "max_daily_loss", "dead_man", "preload"];
const HINT: &str = "say where to trade: [venue] name = \"binance-demo\" in the deployment's file, or \
                    --exchange http://127.0.0.1:9443 for a rehearsal";

impl VenueSettings {
    /// Reads a deployment's file; `exchange` is a bundled exchange to trade against instead.
    ///
    /// # Errors
    /// If it cannot be read, a key is unknown or a value is not what it may be, or no venue is named.
    pub(crate) fn read(path: &Path, exchange: Option<&str>, lockstep: bool) -> anyhow::Result<VenueSettings> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let table: toml::Table = text.parse().with_context(|| format!("reading {}", path.display()))?;
        let at = |message: String| UserError::usage(format!("{}: {message}", path.display()));
        VenueSettings::of(&table, exchange, lockstep).map_err(|error| {
            let UserError { message, hint, .. } = error;
            at(message).maybe_hint(hint).into()
        })
    }

    fn of(table: &toml::Table, exchange: Option<&str>, lockstep: bool) -> Result<VenueSettings, UserError> {
        known_keys("", table, &HEADINGS)?;
        let (venue, runner) = (below(table, "venue")?, below(table, "runner")?);
        known_keys("venue.", &venue, &VENUE_KEYS)?;
        known_keys("runner.", &runner, &RUNNER_KEYS)?;
        if let Some((key, _)) = venue.iter().find(|(_, value)| !value.is_str()) {
            return Err(UserError::usage(format!("venue.{key}: write a text between quotes")));
        }
        let text = |key: &str| venue.get(key).and_then(toml::Value::as_str);
        let [rest, streams, requests] = hosts(exchange, &text)?;
        let max_daily_loss = match runner.get("max_daily_loss").map(toml::Value::as_float) {
            Some(Some(loss)) if loss > 0.0 && loss < 1.0 => Some(loss),
            Some(_) => {
                return Err(UserError::usage("runner.max_daily_loss: a share of equity, such as 0.05"));
            }
            None => None,
        };
        let preload = match runner.get("preload").map(toml::Value::as_bool) {
            Some(None) => return Err(UserError::usage("runner.preload: true or false")),
            preload => preload.flatten(),
        };
        let paced = match text("pace") {
            None | Some("clock") => false,
            Some("lockstep") => true,
            Some(_) => return Err(UserError::usage("venue.pace: \"clock\" or \"lockstep\"")),
        };
        Ok(VenueSettings {
            rest,
            streams,
            requests,
            tag: text("tag").map(str::to_string),
            lockstep: lockstep || paced,
            stale_after: span(&runner, "stale_after", "150s")?,
            max_daily_loss,
            dead_man: span(&runner, "dead_man", "12h")?,
            preload,
        })
    }

    /// How carefully to trade bars of this length.
    pub(crate) fn config(&self, interval: Interval) -> RunnerConfig {
        let defaults = RunnerConfig::new(interval);
        RunnerConfig {
            pace: if self.lockstep { Pace::Lockstep } else { Pace::Clock },
            // A backtest of the same stretch begins without a past.
            preload: self.preload.unwrap_or(!self.lockstep),
            caution: Caution {
                stale_after: self.stale_after.unwrap_or(defaults.caution.stale_after),
                max_daily_loss: self.max_daily_loss,
                dead_man: self.dead_man,
            },
            ..defaults
        }
    }

    /// A key with another value than in `began` that only the beginning of a session takes over.
    pub(crate) fn fixed_change(&self, began: &VenueSettings) -> Option<&'static str> {
        let same = [
            ("venue.rest", self.rest == began.rest),
            ("venue.streams", self.streams == began.streams),
            ("venue.requests", self.requests == began.requests),
            ("venue.tag", self.tag == began.tag),
            ("venue.pace", self.lockstep == began.lockstep),
            ("runner.preload", self.preload == began.preload),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(key, _)| key)
    }
}

/// Hosts of HTTP, market data and requests.
fn hosts<'a>(
    exchange: Option<&str>,
    text: &impl Fn(&str) -> Option<&'a str>,
) -> Result<[String; 3], UserError> {
    if let Some(url) = exchange {
        let url = url.trim_end_matches('/');
        let Some(host) = url.strip_prefix("http://") else {
            let message = format!("--exchange {url}: a bundled exchange is at http://127.0.0.1:PORT");
            return Err(UserError::usage(message));
        };
        let socket = format!("ws://{host}");
        return Ok([url.to_string(), socket.clone(), socket]);
    }
    let preset = match text("name") {
        Some(name) => {
            let found = PRESETS.iter().find(|(known, _)| *known == name);
            let hosts = found.map(|(_, hosts)| hosts).ok_or_else(|| {
                let names = PRESETS.iter().map(|(known, _)| *known);
                let hint = did_you_mean(name, names.clone())
                    .unwrap_or_else(|| format!("there are {}", names.collect::<Vec<_>>().join(", ")));
                UserError::usage(format!("no venue `{name}`")).hint(hint)
            })?;
            Some(hosts)
        }
        None => None,
    };
    let host = |place: usize, key: &str| {
        let own = text(key).map(|url| url.trim_end_matches('/').to_string());
        own.or_else(|| preset.map(|hosts| hosts[place].to_string())).ok_or_else(|| {
            UserError::usage(format!("no venue to trade at: venue.{key} is missing")).hint(HINT)
        })
    };
    Ok([host(0, "rest")?, host(1, "streams")?, host(2, "requests")?])
}

/// The lines below a heading.
fn below(table: &toml::Table, heading: &str) -> Result<toml::Table, UserError> {
    match table.get(heading) {
        None => Ok(toml::Table::new()),
        Some(toml::Value::Table(below)) => Ok(below.clone()),
        Some(_) => Err(UserError::usage(format!("`{heading}` is a heading: write [{heading}]"))),
    }
}

/// A stretch of time longer than none.
fn span(table: &toml::Table, key: &str, example: &str) -> Result<Option<Span>, UserError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let span = value.as_str().and_then(Span::parse).filter(|span| span.0 > 0);
    let wrong = || UserError::usage(format!("runner.{key}: write it like \"{example}\""));
    span.ok_or_else(wrong).map(Some)
}

fn known_keys(heading: &str, table: &toml::Table, known: &[&str]) -> Result<(), UserError> {
    let Some(odd) = table.keys().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
    let hint =
        did_you_mean(odd, known.iter().copied()).unwrap_or_else(|| format!("there are {}", known.join(", ")));
    Err(UserError::usage(format!("unknown key `{heading}{odd}`")).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, exchange: Option<&str>) -> Result<VenueSettings, UserError> {
        VenueSettings::of(&text.parse().expect("TOML"), exchange, false)
    }

    #[test]
    fn a_venue_is_named_or_given_by_its_hosts_or_a_rehearsal() {
        let demo = read("bundle = \"x\"\n[venue]\nname = \"binance-demo\"\n", None).expect("good");
        assert_eq!(demo.rest, "https://demo-api.binance.com");
        let rehearsal = read("", Some("http://127.0.0.1:9443/")).expect("good");
        assert_eq!(rehearsal.requests, "ws://127.0.0.1:9443");
        let own = read("[venue]\nname = \"binance\"\nrest = \"http://localhost:1/\"\n", None).expect("good");
        assert_eq!(
            (own.rest.as_str(), own.streams.as_str()),
            ("http://localhost:1", "wss://stream.binance.com:9443")
        );
    }

    #[test]
    fn what_a_session_under_way_cannot_take_over_is_named() {
        let with = |lines: &str| read(&format!("[venue]\nname = \"binance\"\n{lines}"), None).expect("good");
        let began = with("[runner]\ndead_man = \"12h\"\n");
        assert_eq!(with("[runner]\nstale_after = \"5m\"\n").fixed_change(&began), None);
        assert_eq!(with("tag = \"other\"\n").fixed_change(&began), Some("venue.tag"));
        assert_eq!(with("rest = \"http://localhost:1\"\n").fixed_change(&began), Some("venue.rest"));
        assert_eq!(with("[runner]\npreload = false\n").fixed_change(&began), Some("runner.preload"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |text: &str| read(text, None).expect_err("refused").message;
        assert_eq!(message(""), "no venue to trade at: venue.rest is missing");
        assert_eq!(message("[venue]\nname = \"binnance\"\n"), "no venue `binnance`");
        assert_eq!(message("[venue]\nnaem = \"binance\"\n"), "unknown key `venue.naem`");
        let with = |line: &str| format!("[venue]\nname = \"binance\"\n[runner]\n{line}\n");
        assert_eq!(message(&with("stale_after = 5")), "runner.stale_after: write it like \"150s\"");
        assert_eq!(message(&with("dead_man = \"0s\"")), "runner.dead_man: write it like \"12h\"");
        assert_eq!(message(&with("preload = 1")), "runner.preload: true or false");
        assert_eq!(message("runner = 5\n"), "`runner` is a heading: write [runner]");
        assert_eq!(message("[runer]\n"), "unknown key `runer`");
        assert_eq!(message("[venue]\nname = 5\n"), "venue.name: write a text between quotes");
        assert_eq!(
            message("[venue]\nname = \"binance\"\npace = \"x\"\n"),
            "venue.pace: \"clock\" or \"lockstep\""
        );
        assert_eq!(
            message(&with("max_daily_loss = 5.0")),
            "runner.max_daily_loss: a share of equity, such as 0.05"
        );
    }
}
