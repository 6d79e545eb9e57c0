//! `workbench exchange`: market data of the catalog behind a venue's protocol, on this machine.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::json;
use wb_catalog::{Catalog, SeriesInfo};
use wb_core::{InstrumentId, Interval, Ts, UtcOffsets};
use wb_exchange::{
    ApiKey, Exchange, FaultScript, Limits, OrderRules, Path, Secret, Setup, Speed, Timestamps, now,
    random_text, serve,
};

use super::Global;
use super::data::{parse_interval, series};
use crate::error::UserError;
use crate::listen::listen;
use crate::market::open_catalog;
use crate::output::{self, Align, Format, Table};
use crate::settings::{Given, Settings, read_flag, resolve_simulation};

/// Arguments of `workbench exchange`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench exchange --data binance:NEARUSDT --from 2023-09-01 --speed 60x
  workbench exchange --data binance:NEARUSDT --spec config/runs/near.toml --speed lockstep

It speaks the protocol of Binance Spot on one port of this machine: REST below http://127.0.0.1:PORT/api/v3, market
streams at ws://127.0.0.1:PORT/ws and /stream, requests at ws://127.0.0.1:PORT/ws-api/v3. Orders are filled and charged by
the simulated venue, with the account and the simulation of the settings or of a run spec.

In lockstep the next close happens at `POST /control/step`, or at a `time` request over the WebSocket API whose id begins
with `step`. Ctrl-C ends it.")]
pub(crate) struct ExchangeArgs {
    /// The series that are traded: venue:SYMBOL
    #[arg(long, value_name = "SERIES", required = true, value_delimiter = ',')]
    data: Vec<String>,
    /// Which interval, where there are several
    #[arg(long, value_parser = parse_interval)]
    interval: Option<Interval>,
    /// Where the replay begins: a day, or an instant in UTC [default: the first bar]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Where it ends: a day (included), or an instant in UTC (not included) [default: the last bar]
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Account, simulation, interval and range as in this run spec
    #[arg(long, value_name = "SPEC")]
    spec: Option<String>,
    /// How fast: 1x, 60x, or lockstep
    #[arg(long, default_value = "1x", value_name = "SPEED", value_parser = parse_speed)]
    speed: Speed,
    /// Which times are told: those of the data, or moved to now [default: original in lockstep, rebased otherwise]
    #[arg(long, value_enum, value_name = "WHICH")]
    timestamps: Option<Times>,
    /// The path of prices that is taken inside a bar
    #[arg(long, value_enum, default_value_t, value_name = "PATH")]
    path: InsideBar,
    /// The port; 0 for any that is free
    #[arg(long, default_value_t = 9443)]
    port: u16,
    /// The name of the key that clients send; made up without it [env: WORKBENCH_EXCHANGE_KEY]
    #[arg(long, value_name = "NAME")]
    api_key: Option<String>,
    /// The secret of an HMAC key; made up without it [env: WORKBENCH_EXCHANGE_SECRET]
    #[arg(long, value_name = "SECRET", conflicts_with = "ed25519")]
    api_secret: Option<String>,
    /// The public half of an Ed25519 key, instead of a secret: a PEM file
    #[arg(long, value_name = "FILE")]
    ed25519: Option<PathBuf>,
    /// What goes wrong on purpose: a TOML file, see crates/wb-exchange/README.md
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum, Debug)]
enum Times {
    Original,
    Rebased,
}

#[derive(Clone, Copy, ValueEnum, Debug, Default)]
enum InsideBar {
    #[default]
    OpenLowHighClose,
    OpenHighLowClose,
}

fn parse_speed(text: &str) -> Result<Speed, String> {
    let bad = || "write lockstep, or how many times as fast as the clock, such as 1x or 60x".to_string();
    if text == "lockstep" {
        return Ok(Speed::Lockstep);
    }
    let times = text.strip_suffix('x').and_then(|number| number.parse::<f64>().ok());
    times.filter(|times| times.is_finite() && *times > 0.0).map(Speed::Times).ok_or_else(bad)
}

/// Opens the exchange and serves it until the process is ended.
///
/// # Errors
/// If settings or data do not go together, or the port cannot be had.
pub(crate) fn run(args: &ExchangeArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let project = global.project()?;
    let spec = args.spec.as_deref().map(|spec| project.spec(Some(spec))).transpose()?;
    let settings = project.settings(spec.as_ref(), &args.flags(global)?)?;
    let catalog = open_catalog(&project.folder(&settings, "paths.data"))?;
    let (key, secret) = args.key()?;
    let setup = args.setup(&settings, &catalog, key.clone())?;
    let listener = listen(args.port)?;
    let port = listener.local_addr().context("asking for the port")?.port();
    let exchange = Exchange::open(setup, now())?;
    args.tell(port, &key, secret.as_deref());
    serve(exchange, listener).context("serving")?;
    Ok(ExitCode::SUCCESS)
}

impl ExchangeArgs {
    /// The layer of flags.
    fn flags(&self, global: &Global) -> anyhow::Result<Vec<Given>> {
        let mut flags = global.flags()?;
        for (flag, path, text) in [("--from", "data.from", &self.from), ("--to", "data.to", &self.to)] {
            if let Some(text) = text {
                flags.push(read_flag(flag, path, text)?);
            }
        }
        Ok(flags)
    }

    /// The key of the account, and the secret to tell: one that was made up.
    fn key(&self) -> anyhow::Result<(ApiKey, Option<String>)> {
        let from_env = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let name = match self.api_key.clone().or_else(|| from_env("WORKBENCH_EXCHANGE_KEY")) {
            Some(name) => name,
            None => random_text()?,
        };
        if let Some(path) = &self.ed25519 {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
            let secret = Secret::ed25519_from_pem(&text).ok_or_else(|| {
                UserError::usage(format!("{}: not the public half of an Ed25519 key", path.display()))
                    .hint("`openssl pkey -in KEY.pem -pubout` writes one")
            })?;
            return Ok((ApiKey { name, secret }, None));
        }
        let given = self.api_secret.clone().or_else(|| from_env("WORKBENCH_EXCHANGE_SECRET"));
        let made = if given.is_none() { Some(random_text()?) } else { None };
        let secret = given.or_else(|| made.clone()).expect("one of both is there");
        Ok((ApiKey { name, secret: Secret::Hmac(secret) }, made))
    }

    fn faults(&self) -> anyhow::Result<FaultScript> {
        let Some(path) = &self.faults else { return Ok(FaultScript::default()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Ok(FaultScript::parse(&text)
            .map_err(|error| UserError::usage(format!("{}: {error}", path.display())))?)
    }

    fn setup(&self, settings: &Settings, catalog: &Catalog, key: ApiKey) -> anyhow::Result<Setup> {
        let interval = self.interval.or_else(|| settings.interval("data.interval"));
        let infos: Vec<SeriesInfo> =
            self.data.iter().map(|name| series(catalog, name, interval)).collect::<Result<_, _>>()?;
        let utc = UtcOffsets::default();
        let to = settings.when("data.to").map_or(Ts::MAX, |to| to.end(&utc));
        let first = infos.iter().map(|info| info.first - info.key.interval().span()).min();
        let from =
            settings.when("data.from").map(|from| from.begin(&utc)).or(first).expect("there is a series");
        let mut instruments = Vec::new();
        let mut bars = Vec::new();
        for (id, info) in (0..).zip(&infos) {
            instruments.push(catalog.meta(&info.key)?.instrument(&info.key, InstrumentId(id)));
            bars.push(catalog.read_bars(&info.key, Ts::MIN, to)?);
        }
        if bars.iter().all(|bars| bars.ts.last().is_none_or(|last| *last <= from)) {
            let there = infos.iter().map(|info| format!("{} has bars to {}", info.key, info.last));
            let message = format!("no bars from {from} on");
            return Err(UserError::data(message).hint(there.collect::<Vec<_>>().join("; ")).into());
        }
        let timestamps = match (self.timestamps, self.speed) {
            (Some(Times::Original), _) | (None, Speed::Lockstep) => Timestamps::Original,
            (Some(Times::Rebased), _) | (None, Speed::Times(_)) => Timestamps::Rebased,
        };
        Ok(Setup {
            instruments: instruments.into(),
            bars,
            from,
            simulation: resolve_simulation(settings)?,
            path: match self.path {
                InsideBar::OpenLowHighClose => Path::OpenLowHighClose,
                InsideBar::OpenHighLowClose => Path::OpenHighLowClose,
            },
            speed: self.speed,
            timestamps,
            keys: vec![key],
            limits: match self.speed {
                Speed::Lockstep => Limits::of_lockstep(),
                Speed::Times(_) => Limits::default(),
            },
            rules: OrderRules::default(),
            faults: self.faults()?,
        })
    }

    /// Says where it is, and with which key it can be used.
    fn tell(&self, port: u16, key: &ApiKey, secret: Option<&str>) {
        let rest = format!("http://127.0.0.1:{port}");
        let sockets = format!("ws://127.0.0.1:{port}");
        if self.format == Format::Json {
            return output::json(&json!({
                "rest": rest,
                "streams": sockets,
                "requests": format!("{sockets}/ws-api/v3"),
                "api_key": key.name,
                "api_secret": secret,
            }));
        }
        output::heading("exchange");
        let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
        about.row(["REST", &rest]);
        about.row(["streams", &sockets]);
        about.row(["requests", &format!("{sockets}/ws-api/v3")]);
        about.row(["api key", &key.name]);
        if let Some(secret) = secret {
            about.row(["api secret", secret]);
        }
        output::table(&about);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_number_of_times_or_lockstep() {
        assert_eq!(parse_speed("60x"), Ok(Speed::Times(60.0)));
        assert_eq!(parse_speed("0.5x"), Ok(Speed::Times(0.5)));
        assert_eq!(parse_speed("lockstep"), Ok(Speed::Lockstep));
        for bad in ["60", "0x", "-1x", "infx", "NaNx", "", "fast"] {
            assert!(parse_speed(bad).is_err(), "{bad}");
        }
    }
}
