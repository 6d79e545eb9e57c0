//! The bundled exchange as a process, and a project whose catalog it replays.

use std::process::{Child, Stdio};

use serde_json::Value;
use wb_core::{Bar, BarColumns, Grid, Instrument, Interval, Rng, Ts};

use super::market::{instruments, store_series};
use super::project::Project;

/// An exchange that is ended with the test.
pub(crate) struct Running {
    child: Child,
    pub(crate) port: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself has said why.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Five hours of minutes of NEARUSDT around a price of one.
pub(crate) fn project() -> Project {
    let spec = Instrument {
        symbol: "NEARUSDT".to_string(),
        venue: "binance".to_string(),
        currency: "USDT".to_string(),
        tick: Grid::decimal(3),
        lot: Grid::decimal(1),
        ..instruments(1)[0].clone()
    };
    let interval = Interval::Minutes(1);
    let (mut bars, mut rng) = (BarColumns::new(interval), Rng::new(1));
    let mills = |mills: u64| mills as f64 / 1_000.0;
    for minute in 1..=300 {
        let (open, close) = (1_000 + rng.below(9), 1_000 + rng.below(9));
        let bar = Bar {
            interval,
            open: mills(open),
            high: mills(open.max(close) + 2),
            low: mills(open.min(close) - 2),
            close: mills(close),
            volume: 100.0 + rng.below(100) as f64,
        };
        bars.push(Ts::from_seconds(1_700_006_400 + 60 * minute), &bar);
    }
    let project = Project::new();
    store_series(&project, &spec, &bars);
    project
}

/// Starts an exchange of the project's NEARUSDT, an hour behind the first bar, with the key `the-key`.
pub(crate) fn start(project: &Project, arguments: &[&str]) -> Running {
    start_with(project, &[&["--port", "0", "--api-key", "the-key"][..], arguments].concat())
}

/// The same with a port and a key of one's own.
pub(crate) fn start_with(project: &Project, arguments: &[&str]) -> Running {
    let arguments = [
        &["exchange", "--data", "binance:NEARUSDT", "--from", "2023-11-15T01:00:00Z", "--format", "json"],
        arguments,
    ];
    let mut command = project.command(&arguments.concat());
    let child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
    let mut running = Running { child, port: String::new() };
    let stdout = running.child.stdout.take().expect("it is piped");
    let about = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>().next();
    let about = about.expect("the exchange says where it is").expect("in JSON");
    let rest = about["rest"].as_str().expect("an address");
    running.port = rest.rsplit(':').next().expect("a port").to_string();
    running
}
