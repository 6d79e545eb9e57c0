//! The runner itself: what it owns, what it is told, and how the kernel is fed.

use std::collections::VecDeque;
use std::fmt;

use wb_core::{Command, Control, Event, OrderEvent, Ts};
use wb_kernel::{Digest, Kernel};
use wb_store::{EVENTS_PER_DIGEST, JournalRecord, Observation, Severity};

use super::closes::Closes;
use super::config::{Pace, RunnerConfig};
use super::contingents::{Contingents, Move};
use super::dead_man::DeadMan;
use super::desk::Desk;
use super::ledger::{Baseline, Ledger};
use super::lockstep::Lockstep;
use super::loss::DailyLoss;
use super::market::Past;
use super::outbox::Outbox;
use super::requests::{Budget, Requests};
use super::settling::Settling;
use super::state::{Reason, Reasons, RunnerState};
use super::trader::Trader;
use super::trading_line::TradingLine;
use crate::venues::{CodecError, Decoded, Line, Listing, VenueClock, VenueCodec, VenueRules};

/// What is told and done of orders in one instant; the rest waits, so that a strategy that answers each refusal with the
/// same order cannot hang the runner.
const MOST_ANSWERS: usize = 1_000;

/// One kernel, one venue's codec, and what trading needs between them.
pub struct Runner {
    pub(super) trader: Trader,
    pub(super) codec: Box<dyn VenueCodec>,
    pub(super) listings: Vec<Listing>,
    pub(super) config: RunnerConfig,
    pub(super) reasons: Reasons,
    /// Whether the kernel has been told to pause.
    paused: bool,
    pub(super) desk: Desk,
    pub(super) contingents: Contingents,
    pub(super) ledger: Ledger,
    /// Whether it was said that fees are taken out of what is bought.
    pub(super) fee_told: bool,
    pub(super) requests: Requests,
    pub(super) budget: Budget,
    pub(super) clock: VenueClock,
    pub(super) closes: Closes,
    pub(super) past: Past,
    pub(super) loss: DailyLoss,
    pub(super) dead_man: DeadMan,
    pub(super) lockstep: Lockstep,
    pub(super) trading_line: TradingLine,
    pub(super) settling: Option<Settling>,
    pub(super) settled: Ts,
    /// No comparison begins before then.
    pub(super) next_round_at: Ts,
    /// Of each instrument, the first trade that may not be known since books last agreed, and behind the last one heard
    /// of.
    pub(super) next_trade: Vec<Option<u64>>,
    pub(super) behind_last_trade: Vec<Option<u64>>,
    pub(super) baseline: Option<Baseline>,
    /// The latest time that the venue has told of.
    venue_time: Ts,
    decoded: Decoded,
    commands: Vec<Command>,
    /// What became of orders here and not at the venue, as the kernel is to be told of it.
    news: VecDeque<OrderEvent>,
    events: u64,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("trader", &self.trader)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl Runner {
    /// A runner around a kernel, which may have been brought into its state by [`super::Recovery`].
    ///
    /// `baseline` is what [`Runner::baseline`] gave when the deployment began; absent for a new one, and on paper.
    pub fn new(
        trader: Trader,
        codec: Box<dyn VenueCodec>,
        rules: VenueRules,
        config: RunnerConfig,
        baseline: Option<Baseline>,
    ) -> Runner {
        let mut reasons = Reasons::default();
        for reason in [Reason::TradingLine, Reason::MarketLine, Reason::Unsettled, Reason::Cold] {
            reasons.add(reason);
        }
        let count = rules.listings.len();
        Runner {
            codec,
            reasons,
            paused: false,
            desk: Desk::new(),
            contingents: Contingents::new(count),
            ledger: Ledger::new(&rules.listings, baseline.as_ref()),
            fee_told: false,
            requests: Requests::default(),
            budget: Budget::new(&rules.limits),
            clock: VenueClock::default(),
            closes: Closes::new(count, config.close_grace),
            past: Past::new(count),
            loss: DailyLoss::default(),
            dead_man: DeadMan::default(),
            lockstep: Lockstep::default(),
            trading_line: TradingLine::Down,
            settling: None,
            settled: Ts::MIN,
            next_round_at: Ts::MIN,
            next_trade: vec![None; count],
            behind_last_trade: vec![None; count],
            baseline,
            venue_time: Ts::MIN,
            decoded: Decoded::default(),
            commands: Vec::new(),
            news: VecDeque::new(),
            events: 0,
            trader,
            listings: rules.listings,
            config,
        }
    }

    /// Where it is in its life.
    pub fn state(&self) -> RunnerState {
        self.reasons.state()
    }

    /// Why it does not trade, as one value.
    pub(crate) fn reason_set(&self) -> Reasons {
        self.reasons
    }

    /// Why it does not trade.
    pub fn reasons(&self) -> impl Iterator<Item = Reason> {
        self.reasons.iter()
    }

    /// The kernel.
    pub fn kernel(&self) -> &Kernel {
        self.trader.kernel()
    }

    /// Whether no order is sent: a simulated venue in this process fills them.
    pub fn is_on_paper(&self) -> bool {
        self.trader.is_on_paper()
    }

    /// What the account held before the first order, once that is known: to be kept for restarts.
    pub fn baseline(&self) -> Option<&Baseline> {
        self.baseline.as_ref()
    }

    /// How far the venue's clock is from ours, if it has been measured.
    pub fn clock(&self) -> &VenueClock {
        &self.clock
    }

    /// Orders that have not ended.
    pub fn open_orders(&self) -> usize {
        self.trader.simulated_orders().unwrap_or_else(|| self.desk.open().count())
    }

    /// A connection stands.
    pub fn on_connected(&mut self, line: Line, now: Ts, out: &mut Outbox) {
        out.at(now);
        out.observe(Observation::Connected(line));
        if line == Line::Market {
            self.past.heard(now);
            self.clear(Reason::MarketLine, now, out);
        } else {
            self.trading_line = TradingLine::Opened(now);
        }
        let mut frames = Vec::new();
        match self.codec.on_connected(line, self.clock.at(now), &mut frames) {
            Ok(()) if line == Line::Trading && frames.is_empty() => self.reports_come(now, out),
            Ok(()) => frames.iter().for_each(|frame| send_text(out, line, frame)),
            Err(error) => {
                self.trading_line = TradingLine::Refused;
                self.halt(Reason::ShutOut, &error.to_string(), out);
            }
        }
    }

    /// A connection is lost.
    pub fn on_disconnected(&mut self, line: Line, now: Ts, out: &mut Outbox) {
        out.at(now);
        out.observe(Observation::Disconnected(line));
        match line {
            Line::Market => self.hold(Reason::MarketLine, now, out),
            Line::Trading => self.lose_trading_line(now, out),
        }
    }

    /// The venue sent a frame.
    pub fn on_frame(&mut self, line: Line, now: Ts, frame: &[u8], out: &mut Outbox) {
        out.at(now);
        if line == Line::Trading {
            self.hear_trading_line(now);
        }
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        if let Err(error) = self.codec.decode(now, frame, &mut decoded) {
            out.notice(Severity::Warning, format!("a message of the venue is not understood: {error}"));
            // It may have been a fill: books are compared instead of guessing.
            if line == Line::Trading {
                self.settle_soon();
            }
        }
        decoded.replies.iter().for_each(|reply| send_text(out, line, reply));
        for message in decoded.messages.drain(..) {
            self.on_message(line, now, message, out);
        }
        self.step_if_due(now, out);
        self.decoded = decoded;
    }

    /// Time has passed: to be called several times a second.
    pub fn on_time(&mut self, now: Ts, out: &mut Outbox) {
        out.at(now);
        self.run_timers(now, out);
        self.tend_orders(now, out);
        self.deliver_waiting_closes(now, out);
        self.look_for_stale_data(now, out);
        self.look_for_the_operator(now, out);
        self.look_for_a_dumb_line(now, out);
        self.look_for_overdue_answers(now, out);
        self.look_for_an_empty_close(now, out);
        self.go_on(now, out);
    }

    /// The journal cannot be written: nothing may be sent any more that a restart would not know of.
    pub fn journal_failed(&mut self, why: &str, out: &mut Outbox) {
        self.halt(Reason::Journal, why, out);
    }

    /// Whether the journal says that the kernel was paused when it ended.
    pub(super) fn recall_pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// A record of the kernel's digest, to close a journal with.
    pub fn digest_record(&self) -> JournalRecord {
        JournalRecord::Digest(self.kernel().now(), self.digest().bits())
    }

    /// The hash of every command and fill so far.
    pub fn digest(&self) -> Digest {
        self.kernel().digest()
    }

    /// The time at which the kernel is told something now. It never goes back, whatever a clock does.
    pub(super) fn kernel_time(&self, now: Ts) -> Ts {
        let now = match self.config.pace {
            Pace::Clock => now,
            Pace::Lockstep => self.venue_time,
        };
        now.max(self.kernel().now())
    }

    /// The venue has told something of this time.
    pub(super) fn heard_of(&mut self, ts: Ts) {
        self.venue_time = self.venue_time.max(ts);
    }

    /// Tells the kernel, and then does all that follows from it for orders.
    pub(super) fn tell(&mut self, event: Event, now: Ts, out: &mut Outbox) {
        self.feed(event, now, out);
        self.tend_orders(now, out);
    }

    /// Tells the kernel, writes down what it is told and all that it wants before anything else happens, and sends that.
    fn feed(&mut self, event: Event, now: Ts, out: &mut Outbox) {
        if let Event::Order { event, .. } = &event {
            self.book(event);
        }
        let before = out.records.len();
        self.trader.tell(&event, &mut out.records, &mut self.commands);
        self.carry(now, out);
        self.count_events(before, out);
    }

    /// Counts the events among the records from a place on, and writes down a digest where one is due.
    fn count_events(&mut self, before: usize, out: &mut Outbox) {
        let is_event = |record: &&JournalRecord| matches!(record, JournalRecord::Event(_));
        let events = self.events + out.records[before..].iter().filter(is_event).count() as u64;
        if events / EVENTS_PER_DIGEST > self.events / EVENTS_PER_DIGEST {
            out.records.push(self.digest_record());
        }
        self.events = events;
    }

    /// Takes what became of an order into our own books.
    pub(super) fn book(&mut self, event: &OrderEvent) {
        self.desk.tell(event);
        self.contingents.on_order(event, &self.desk);
        self.note_end(event);
        if let OrderEvent::Filled(fill) = event {
            let instrument = &self.listings[fill.instrument.index()].instrument;
            self.ledger.fill(fill, instrument.price_f64(fill.price), instrument.qty_f64(fill.qty));
        }
    }

    /// Sends what the kernel wants.
    fn carry(&mut self, now: Ts, out: &mut Outbox) {
        let mut commands = std::mem::take(&mut self.commands);
        for command in commands.drain(..) {
            if let Some(event) = self.send_command(&command, now, out) {
                self.news.push_back(event);
            }
        }
        self.commands = commands;
    }

    /// Tells the kernel what became of orders here, and moves those that wait.
    pub(super) fn tend_orders(&mut self, now: Ts, out: &mut Outbox) {
        let ts = self.kernel_time(now);
        for _ in 0..MOST_ANSWERS {
            if let Some(event) = self.news.pop_front() {
                self.feed(Event::Order { ts, event }, now, out);
                continue;
            }
            match self.contingents.next_move(now, &self.desk, self.trader.kernel().portfolio()) {
                Some(Move::Tell(event)) => self.news.push_back(event),
                Some(Move::Send(id, request)) => self.send_contingent(id, &request, now, out),
                // Where it cannot be asked it is tried again.
                Some(Move::Withdraw(id)) => drop(self.cancel(id, now, out)),
                None => return,
            }
        }
        out.notice(Severity::Warning, "the strategy answers every refusal with another order");
    }

    /// Timers of the strategy that are due.
    pub(super) fn run_timers(&mut self, now: Ts, out: &mut Outbox) {
        let until = self.kernel_time(now);
        let before = out.records.len();
        self.trader.pass_time(until, &mut out.records);
        self.count_events(before, out);
        while let Some((due, id)) = self.trader.next_timer().filter(|(ts, _)| *ts <= until) {
            let ts = due.max(self.kernel().now());
            self.tell(Event::Timer { ts, id }, now, out);
        }
    }

    /// Takes no new exposure for this reason.
    pub(super) fn hold(&mut self, reason: Reason, now: Ts, out: &mut Outbox) {
        if self.reasons.add(reason) {
            out.notice(Severity::Warning, reason.words());
            self.note_reason(reason, out);
            self.pause_or_resume(now, out);
        }
    }

    /// Stops trading for this reason until the operator resumes.
    pub(super) fn halt(&mut self, reason: Reason, why: &str, out: &mut Outbox) {
        if self.reasons.add(reason) {
            out.notice(Severity::Halt, format!("{}: {why}", reason.words()));
            self.note_reason(reason, out);
            self.pause_or_resume(self.kernel().now(), out);
        }
    }

    /// The reason is gone.
    pub(super) fn clear(&mut self, reason: Reason, now: Ts, out: &mut Outbox) {
        if self.reasons.remove(reason) {
            out.notice(Severity::Info, format!("no longer: {}", reason.words()));
            self.note_reason(reason, out);
            self.pause_or_resume(now, out);
        }
    }

    /// A reason has come or gone: a restart has to know of those that outlive it.
    fn note_reason(&self, reason: Reason, out: &mut Outbox) {
        if reason.outlives_restarts() {
            out.observe(Observation::Halted(self.reasons.lasting()));
        }
    }

    /// The kernel knows whether it may take new exposure. Before its first bar it has nothing to be told.
    fn pause_or_resume(&mut self, now: Ts, out: &mut Outbox) {
        let pause = self.state() != RunnerState::Trading;
        if pause == self.paused || (pause && self.kernel().now() == Ts::MIN) {
            return;
        }
        self.paused = pause;
        let control = if pause { Control::Pause } else { Control::Resume };
        self.tell(Event::Control { ts: self.kernel_time(now), control }, now, out);
    }
}

/// Sends a text that the codec has made.
fn send_text(out: &mut Outbox, line: Line, text: &str) {
    let written: Result<(), CodecError> = out.frame(line, |frame| {
        frame.push_str(text);
        Ok(())
    });
    written.expect("a string takes any text");
}
