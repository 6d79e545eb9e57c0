//! The steps from a deployment's name to a session that trades: each is a reason not to.

use std::sync::mpsc::{Receiver, Sender, channel};

use wb_core::Interval;
use wb_live::runner::{Baseline, Notice, Outbox, Recovery, Runner, RunnerConfig, Severity, Trader};
use wb_live::session::{Instruction, Session, SessionParts};
use wb_live::shell::{Connections, Patience, Route, wall_clock};
use wb_live::venues::binance::{BinanceSpot, Credentials};
use wb_live::venues::{Feed, Line, OrderNames, RateUse, VenueCodec, VenueRules};
use wb_store::{Bundle, BundleId, Journal, JournalWriter, NewJournal, SyncPolicy};

use super::questions::Questions;
use super::session_files::SessionFiles;
use super::venue::VenueSettings;
use crate::error::UserError;
use crate::output;
use crate::recorded::Recorded;
use crate::run_journal::limits;

/// A session that may begin.
pub(crate) struct Prepared {
    /// The deployment.
    pub(crate) name: String,
    /// What it trades.
    pub(crate) bundle: Bundle,
    /// Where it trades.
    pub(crate) venue: VenueSettings,
    /// Its files.
    pub(crate) files: SessionFiles,
    rules: VenueRules,
    /// What the questions have used of the venue's limits.
    used: Vec<RateUse>,
    credentials: Option<Credentials>,
    on_paper: bool,
}

/// Asks the venue what has to be known before the first connection: its rules, its clock, and what the key may do.
/// Without a key the session trades on paper.
///
/// # Errors
/// If the venue does not answer, lists the instruments otherwise than the bundle has them, our clock is wrong, or the key
/// may withdraw.
pub(crate) async fn prepare(
    name: &str,
    bundle: Bundle,
    venue: VenueSettings,
    files: SessionFiles,
    credentials: Option<Credentials>,
) -> anyhow::Result<Prepared> {
    let mut questions = Questions::of(&venue.rest);
    let rules = questions.rules(&bundle.journal.instruments).await?;
    let (name, used, on_paper) = (name.to_string(), Vec::new(), credentials.is_none());
    let mut prepared = Prepared { name, bundle, venue, files, rules, used, credentials, on_paper };
    let minute = Interval::Minutes(1);
    let mut codec = prepared.codec(minute, 0)?;
    questions.check_clock(&mut codec, prepared.venue.config(minute).max_clock_offset).await?;
    if !on_paper {
        questions.check_key(&mut codec).await?;
    }
    prepared.credentials = codec.into_credentials();
    prepared.used = questions.used;
    Ok(prepared)
}

impl Prepared {
    fn codec(&mut self, interval: Interval, session: u32) -> anyhow::Result<BinanceSpot> {
        // Orders that the venue cannot keep wait for trades.
        let on_paper = self.on_paper;
        let feeds = self.rules.listings.iter().flat_map(|listing| {
            let id = listing.instrument.id;
            let trades = (!on_paper && !listing.rules.keeps_links).then_some(Feed::Trades(id));
            [Some(Feed::Bars(id, interval)), trades].into_iter().flatten()
        });
        let feeds = feeds.collect();
        let tag = self.venue.tag.clone().unwrap_or_else(|| tag_of(&self.name));
        let names = OrderNames::new(&tag, session).map_err(|error| UserError::usage(error.to_string()))?;
        let credentials = self.credentials.take();
        Ok(BinanceSpot::new(self.rules.listings.clone(), feeds, names, credentials)
            .map_err(|error| UserError::usage(error.to_string()))?)
    }

    /// Begins to trade: a new journal, or the deployment's own brought to its end and gone on with.
    ///
    /// # Errors
    /// If the journal is another code's, another process writes it, or the disk refuses.
    pub(crate) fn begin(mut self, recorded: &Recorded<'_>) -> anyhow::Result<(Session, Sender<Instruction>)> {
        let config = self.venue.config(recorded.interval());
        let codec = self.codec(recorded.interval(), session_of(&self.bundle.id))?;
        let routes = vec![
            Route { line: Line::Market, url: format!("{}{}", self.venue.streams, codec.path(Line::Market)) },
            Route {
                line: Line::Trading,
                url: format!("{}{}", self.venue.requests, codec.path(Line::Trading)),
            },
        ];
        let mut first = Outbox::default();
        let baseline = self.files.baseline()?;
        let on_paper = self.on_paper;
        let trader = || trader(recorded, on_paper);
        let parts = Parts { codec, rules: self.rules, used: self.used, config, baseline };
        let (runner, journal) = if self.files.journal.join("header.toml").exists() {
            resume(&self.files, trader, parts, &mut first)?
        } else {
            let journal = new_journal(&self.name, &self.bundle, &self.files, recorded)?;
            (parts.runner(trader()?), journal)
        };
        // Waits differ between runners, so that not all of them come back at once.
        let (connections, incoming) =
            Connections::open(routes, Patience::default(), wall_clock().0.unsigned_abs());
        let (operator, instructions): (Sender<Instruction>, Receiver<Instruction>) = channel();
        let files = self.files;
        let on_baseline = move |baseline: &Baseline| {
            if let Err(error) = files.keep_baseline(baseline) {
                output::warning(format_args!("{error:#}"));
            }
        };
        let session = Session::begin(SessionParts {
            runner,
            first,
            journal,
            connections,
            incoming,
            operator: instructions,
            on_notice: Box::new(tell),
            on_baseline: Box::new(on_baseline),
        });
        Ok((session, operator))
    }
}

/// What a runner is made of besides its kernel.
struct Parts {
    codec: BinanceSpot,
    rules: VenueRules,
    used: Vec<RateUse>,
    config: RunnerConfig,
    baseline: Option<Baseline>,
}

impl Parts {
    fn runner(self, trader: Trader) -> Runner {
        let codec = Box::new(self.codec);
        let mut runner = Runner::new(trader, codec, self.rules, self.config, self.baseline);
        self.used.iter().for_each(|usage| runner.take_usage(usage, wall_clock()));
        runner
    }
}

fn new_journal(
    name: &str,
    bundle: &Bundle,
    files: &SessionFiles,
    recorded: &Recorded<'_>,
) -> anyhow::Result<JournalWriter> {
    let new = NewJournal {
        subject: &format!("deployment {name}, bundle {}", bundle.id),
        workbench: env!("CARGO_PKG_VERSION"),
        code_id: crate::deployed::CODE_ID,
        started: wall_clock(),
        risk: &limits(&recorded.spec().risk),
        spec: &bundle.journal.spec,
        instruments: &bundle.journal.instruments,
    };
    Ok(JournalWriter::create(&files.journal, &new, SyncPolicy::AtSegmentEnd)?)
}

/// A kernel that has seen nothing, and who carries out what it wants.
fn trader(recorded: &Recorded<'_>, on_paper: bool) -> anyhow::Result<Trader> {
    let (kernel, simulation) = (recorded.kernel()?, &recorded.spec().simulation);
    Ok(if on_paper { Trader::on_paper(kernel, simulation) } else { Trader::at_venue(kernel) })
}

/// Brings a fresh kernel to where the last session ended.
fn resume(
    files: &SessionFiles,
    fresh: impl Fn() -> anyhow::Result<Trader>,
    parts: Parts,
    first: &mut Outbox,
) -> anyhow::Result<(Runner, JournalWriter)> {
    // The writer first: it holds the journal, so that nobody else adds to it while it is read.
    let mut writer = JournalWriter::resume(&files.journal, SyncPolicy::AtSegmentEnd)?;
    let (mut recovery, mut count) = read_again(files, fresh()?)?;
    if let Some(seq) = recovery.cut() {
        writer = writer.take_back(seq)?;
        (recovery, count) = read_again(files, fresh()?)?;
    }
    output::note(format_args!("{count} records of earlier sessions read; the kernel is where it was"));
    let runner = recovery.finish(wall_clock(), first, |trader| parts.runner(trader));
    Ok((runner, writer))
}

/// Tells a fresh kernel all that a journal has. Gives the number of records as well.
fn read_again(files: &SessionFiles, fresh: Trader) -> anyhow::Result<(Recovery, u64)> {
    let journal = Journal::open(&files.journal)?;
    let mut records = journal.records();
    let mut recovery = Recovery::new(fresh);
    let mut count = 0_u64;
    while let Some(entry) = records.next()? {
        recovery.take(entry.seq, &entry.record).map_err(|error| UserError::no(error.to_string()))?;
        count += 1;
    }
    Ok((recovery, count))
}

/// Says what the runner has to say.
fn tell(notice: &Notice) {
    let at = wall_clock();
    match notice.severity {
        Severity::Info => output::note(format_args!("{at} {notice}")),
        Severity::Warning => output::warning(format_args!("{at} {notice}")),
        Severity::Halt => output::error(&format!("{at} {notice}"), Some("`workbench live resume` goes on")),
    }
}

/// The number in the names of a bundle's orders: another bundle begins to count anew, and its orders are not these.
fn session_of(bundle: &BundleId) -> u32 {
    let digits = bundle.to_string();
    digits
        .get(..8)
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .expect("an id has hexadecimal digits")
}

/// A tag for the names of orders made of a deployment's name.
fn tag_of(name: &str) -> String {
    let plain: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(14).collect();
    if plain.is_empty() { "wb".to_string() } else { plain }
}
