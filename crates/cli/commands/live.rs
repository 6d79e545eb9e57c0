//! `workbench live`: what was deployed, trading.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;
use tracing::{info, warn};
use wb_live::operations::{Operation, OperationsError, ask, serve, status_json};
use wb_live::runner::{RunnerState, Verb};
use wb_live::session::{Ended, Instruction, Session};
use wb_live::shell::{block_on, on_hangup, spawn, wall_clock};
use wb_store::Deployment;

use super::Global;
use crate::deployed::{check_golden, deployments, open_bundle, waiver_words};
use crate::error::{Exit, UserError};
use crate::figures::grouped;
use crate::interrupt::Interrupt;
use crate::listen::listen;
use crate::live::{
    Began, DoorFile, LogLevel, SessionFiles, Supervised, VenueSettings, begin_log, prepare, read_keys,
};
use crate::output::{self, Align, Format, Table};
use crate::recorded::Recorded;
use crate::settings::Project;

/// Arguments of `workbench live`.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  workbench live first --paper
  workbench live first
  workbench live first --exchange http://127.0.0.1:9443 --lockstep

The deployment's file says where to trade: [venue] name = \"binance\" or \"binance-demo\". The key of the venue stands in
WORKBENCH_VENUE_KEY and WORKBENCH_VENUE_SECRET, or in config/secrets/NAME.toml of mode 0600. Before anything is sent the
bundle's golden events are replayed in this very process. Every input and decision is written into a journal before it
leaves; a session that was killed goes on from there. Ctrl-C ends the session and leaves orders and positions as they are.
On paper the venue is asked for market data only, which needs no key: no order is sent, a simulated venue fills them as
in the backtest, without its latencies."
)]
pub(crate) struct LiveArgs {
    #[command(subcommand)]
    ask: Option<Ask>,
    /// The deployment
    #[arg(required = true)]
    name: Option<String>,
    /// Send no order: a simulated venue fills them at the costs of the backtest, and no key is needed
    #[arg(long)]
    paper: bool,
    /// Trade against a bundled exchange instead: http://127.0.0.1:PORT
    #[arg(long, value_name = "URL")]
    exchange: Option<String>,
    /// The exchange is a replay in lockstep: go on when it is done with a close, and live in its time
    #[arg(long, requires = "exchange")]
    lockstep: bool,
    /// The port on this machine at which the session can be asked: /health, /ready, /live, /metrics; 0 for any
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How much is written into the session's log
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    log_level: LogLevel,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// What a session that is under way can be asked.
#[derive(Subcommand, Clone, Debug)]
enum Ask {
    /// How a session stands, as JSON
    Status(Asked),
    /// Give a sign of life
    Alive(Asked),
    /// Read the section `runner` of the deployment's file again
    Reload(Asked),
    /// Take no new exposure
    Pause(Asked),
    /// Go on, also after a halt
    Resume(Asked),
    /// Cancel every order, close every position, and pause
    Flatten(Asked),
    /// Cancel every order, and end the session
    Kill(Asked),
}

/// Whose session is asked.
#[derive(Args, Clone, Debug)]
struct Asked {
    /// The deployment
    name: String,
    /// Its session on paper, and not the one that sends orders
    #[arg(long)]
    paper: bool,
}

/// Trades until Ctrl-C, a halt of the operator, or the end of a replay.
///
/// # Errors
/// If the bundle may not trade with this binary, the venue does not answer or refuses, or there is no key.
pub(crate) fn run(args: &LiveArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let project = global.project()?;
    let settings = project.settings(None, &global.flags()?)?;
    let experiments = project.folder(&settings, "paths.experiments");
    let name = match (&args.ask, &args.name) {
        (Some(asked), _) => return ask_session(asked, &experiments),
        (None, Some(name)) => name,
        (None, None) => unreachable!("clap wants one of both"),
    };
    let bundle = open_bundle(&project, &settings, name)?;
    let golden = check_golden(&bundle, &project)?;
    waiver_words(&bundle).for_each(output::warning);
    output::note(format_args!("bundle {}: {}", bundle.id.short(), golden.sentence()));
    let deployment = Deployment::read(&deployments(&project.root), name)?;
    let venue = VenueSettings::read(&deployment.path, args.exchange.as_deref(), args.lockstep)?;
    let key = match args.paper {
        true => None,
        false => Some(read_keys(&project.root.join(format!("config/secrets/{name}.toml")))?),
    };
    let files = SessionFiles::of(&experiments, name, &bundle.id, args.paper);
    let log = files.log(wall_clock());
    begin_log(&log, args.log_level)?;
    output::note(format_args!("log {}", Project::shown(&log)));
    info!(deployment = name, bundle = %bundle.id, version = env!("CARGO_PKG_VERSION"), "session");
    let journal = bundle.journal.clone();
    let recorded = Recorded::of(&journal, &bundle.folder, &[], &project)?;
    if args.paper {
        output::note("on paper: no order is sent");
        if !recorded.spec().simulation.latency.is_zero() {
            output::warning("the latencies of the run are not simulated on paper");
        }
    }
    let began = Arc::new(Began {
        deployments: deployments(&project.root),
        name: name.clone(),
        bundle: bundle.id,
        interval: recorded.interval(),
        exchange: args.exchange.clone(),
        venue: venue.clone(),
    });
    let ended = block_on(async {
        let prepared = prepare(name, bundle, venue, files.clone(), key).await?;
        // A port that cannot be had must not stop a session that has begun.
        let listener = listen(args.port)?;
        let (session, operator) = prepared.begin(&recorded)?;
        let door_file = DoorFile::of(&experiments, name, args.paper);
        let door = door_file.open(&listener)?;
        output::note(format_args!("asked at http://{}", door.address));
        listen_to_hangups(began.clone(), operator.clone());
        let reload = Arc::new(move || began.read_again());
        let served = serve(listener, session.status(), operator.clone(), reload, door.token);
        spawn(async move {
            if let Err(error) = served.await {
                output::warning(format_args!("the session cannot be asked: {error}"));
            }
        });
        watch(&session, &operator).await;
        door_file.close();
        anyhow::Ok(session.ended().await)
    })
    .context("starting the event loop")??;
    tell(&ended, &files, args.format);
    ended.journal?;
    Ok(if ended.status.state == RunnerState::Stopping {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Exit::Venue.code())
    })
}

/// Asks a session of another process.
fn ask_session(asked: &Ask, experiments: &Path) -> anyhow::Result<ExitCode> {
    let (Asked { name, paper }, operation) = match asked {
        Ask::Status(asked) => (asked, Operation::Live),
        Ask::Alive(asked) => (asked, Operation::Control(Verb::Alive)),
        Ask::Reload(asked) => (asked, Operation::Reload),
        Ask::Pause(asked) => (asked, Operation::Control(Verb::Pause)),
        Ask::Resume(asked) => (asked, Operation::Control(Verb::Resume)),
        Ask::Flatten(asked) => (asked, Operation::Control(Verb::Flatten)),
        Ask::Kill(asked) => (asked, Operation::Control(Verb::Kill)),
    };
    let door = DoorFile::of(experiments, name, *paper).find(name)?;
    let answer = block_on(ask(door.address, &door.token, operation)).context("starting the event loop")?;
    match answer {
        Ok(said) => output::line(said.trim_end()),
        Err(error @ OperationsError::NoAnswer(_)) => {
            let hint = format!("did it end? `workbench live {name}` begins another");
            return Err(UserError::data(error.to_string()).hint(hint).into());
        }
        Err(OperationsError::Refused { status, error, hint }) => {
            let message = format!("the session refuses with status {status}: {error}");
            return Err(UserError::no(message).maybe_hint(hint).into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads settings again whenever the system says SIGHUP, as `systemctl reload` does.
fn listen_to_hangups(began: Arc<Began>, operator: Sender<Instruction>) {
    let read_again = move || match began.read_again() {
        // A session that has ended needs no settings.
        Ok(caution) => drop(operator.send(Instruction::Caution(caution))),
        Err(refusal) => {
            let words = "settings read again are not taken over, those that hold go on";
            warn!("{words}: {}", refusal.error);
            output::warning(format_args!("{words}: {}", refusal.error));
        }
    };
    spawn(async move {
        if let Err(error) = on_hangup(read_again).await {
            output::warning(format_args!("SIGHUP is not heard: {error}"));
        }
    });
}

/// Waits until the session has ended or Ctrl-C asks for it.
async fn watch(session: &Session, operator: &Sender<Instruction>) {
    let interrupt = Interrupt::watch();
    let supervised = Supervised::begin();
    let mut status = session.status();
    let mut state = None;
    while status.changed().await.is_ok() {
        supervised.turned_over();
        let now = status.borrow_and_update().state;
        if state.replace(now) != Some(now) {
            output::note(format_args!("{now}"));
            supervised.is_now(now);
        }
        if interrupt.is_asked() && operator.send(Instruction::Verb(Verb::Stop)).is_err() {
            return;
        }
        if now == RunnerState::Stopping {
            return;
        }
    }
}

fn tell(ended: &Ended, files: &SessionFiles, format: Format) {
    let (status, journal) = (&ended.status, Project::shown(&files.journal));
    let counters = &status.counters;
    if format == Format::Json {
        let mut said = status_json(status);
        said["journal"] = json!(journal);
        return output::json(&said);
    }
    output::heading("session");
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    if status.on_paper {
        about.row(["orders go to", "paper"]);
    }
    about.row(["digest", &status.digest]);
    about.row(["equity", &format!("{:.2}", status.equity)]);
    about.row(["events", &grouped(counters.events as f64, 0)]);
    about.row(["orders", &grouped(counters.orders as f64, 0)]);
    about.row(["fills", &grouped(counters.fills as f64, 0)]);
    about.row(["rejected", &grouped(counters.rejected as f64, 0)]);
    for latency in &status.latency {
        let us = |ns: u64| ns as f64 / 1_000.0;
        let text = format!(
            "p50 {:.1} us, p99 {:.1} us, of {}",
            us(latency.p50_ns),
            us(latency.p99_ns),
            latency.count
        );
        about.row([latency.stage.name(), &text]);
    }
    about.row(["journal", &journal]);
    output::table(&about);
    output::line(format_args!("`workbench replay {journal}` tells a fresh kernel the same."));
}
