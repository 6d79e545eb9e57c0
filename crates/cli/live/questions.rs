//! What the venue is asked over HTTP before the first connection: its rules, its clock, and what the key may do.

use anyhow::Context;
use wb_core::{Instrument, Span, Ts};
use wb_live::shell::{HttpClient, HttpReply, wall_clock};
use wb_live::venues::binance::{BinanceSpot, read_refusal, read_rules, read_usage, rules_path};
use wb_live::venues::{
    Answer, Answered, Decoded, Meaning, Message, RateUse, Request, VenueClock, VenueCodec, VenueError,
    VenueRules,
};

use crate::error::UserError;

/// How long a question may take.
const PATIENCE: Span = Span(10_000_000_000);

/// Asks one venue.
#[derive(Debug)]
pub(super) struct Questions {
    http: HttpClient,
    /// Scheme and host.
    base: String,
    /// What the answers say that is used of the venue's limits.
    pub(super) used: Vec<RateUse>,
}

impl Questions {
    /// Asks the venue at this scheme and host.
    pub(super) fn of(base: &str) -> Questions {
        Questions { http: HttpClient::new(base, PATIENCE), base: base.to_string(), used: Vec::new() }
    }

    /// The venue's rules, in which it must list these instruments as they are.
    pub(super) async fn rules(&mut self, instruments: &[Instrument]) -> Result<VenueRules, UserError> {
        let symbols: Vec<String> = instruments.iter().map(|i| i.symbol.clone()).collect();
        let reply = self.http.get(&rules_path(&symbols)).await;
        let reply: HttpReply = reply.map_err(|error| UserError::venue(error.to_string()))?;
        let answer = reply.answer();
        self.used.extend(read_usage(&answer));
        let at = |what: String| UserError::venue(format!("{}: {what}", self.base));
        if let Some(refusal) = read_refusal(&answer, wall_clock()) {
            let known = hint(&refusal);
            let hint = known.unwrap_or_else(|| format!("does it list {}?", symbols.join(", ")));
            return Err(at(refusal.to_string()).hint(hint));
        }
        let rules = read_rules(answer.body, &symbols)
            .map_err(|error| at(error.to_string()).maybe_hint(error.hint().map(str::to_string)))?;
        for (ours, listed) in instruments.iter().zip(&rules.listings) {
            check_listing(ours, &listed.instrument, listed.trading)?;
        }
        Ok(rules)
    }

    /// Our clock may be off from the venue's by no more than this: requests bear a time, and bars are closed by it.
    pub(super) async fn check_clock(&mut self, codec: &mut BinanceSpot, limit: Span) -> anyhow::Result<()> {
        let sent = wall_clock();
        let Answered::Time(venue) = self.ask(codec, Request::Time, sent).await? else {
            anyhow::bail!("the venue answers otherwise than with its time");
        };
        let mut clock = VenueClock::default();
        clock.measure(sent, venue, wall_clock());
        let (offset, uncertain) =
            (clock.offset().unwrap_or(Span::ZERO), clock.uncertainty().unwrap_or(Span::ZERO));
        if offset.0.abs() - uncertain.0 > limit.0 {
            let side = if offset.0 > 0 { "behind" } else { "ahead of" };
            let off = Span(offset.0.abs()).as_seconds_f64();
            let message = format!("our clock is {off:.1} s {side} the venue's");
            let hint = "set it, best by a time server: `timedatectl set-ntp true`";
            return Err(UserError::venue(message).hint(hint).into());
        }
        Ok(())
    }

    /// A key that may withdraw is not to lie on a machine that trades.
    pub(super) async fn check_key(&mut self, codec: &mut BinanceSpot) -> anyhow::Result<()> {
        let Answered::Rights(rights) = self.ask(codec, Request::Rights, wall_clock()).await? else {
            anyhow::bail!("the venue answers otherwise than with what the key may do");
        };
        if rights.withdraw {
            let hint = "make a key at the venue that may trade and not withdraw";
            return Err(UserError::venue("the key may withdraw").hint(hint).into());
        }
        if !rights.trade {
            return Err(UserError::venue("the key may not trade").into());
        }
        Ok(())
    }

    async fn ask(&mut self, codec: &mut BinanceSpot, request: Request, now: Ts) -> anyhow::Result<Answered> {
        let asked = codec.encode_http(now, &request).with_context(|| format!("asking {}", self.base))?;
        let reply = self.http.ask(&asked).await.map_err(|error| UserError::venue(error.to_string()))?;
        let mut said = Decoded::default();
        codec.decode_http(wall_clock(), &request, &reply.answer(), &mut said)?;
        let mut result = None;
        for message in said.messages {
            match message {
                Message::RateUse(usage) => self.used.push(usage),
                Message::Answer(Answer { result: answered, .. }) => result = Some(answered),
                _ => {}
            }
        }
        let answered = result.context("the venue's answer says nothing")?;
        Ok(answered.map_err(|error| UserError::venue(error.to_string()).maybe_hint(hint(&error)))?)
    }
}

/// What would help.
fn hint(refusal: &VenueError) -> Option<String> {
    match refusal.meaning {
        Meaning::TooMany(Some(until)) | Meaning::Banned(Some(until)) => {
            Some(format!("begin again after {until}: whoever asks before is shut out for longer"))
        }
        Meaning::TooMany(None) | Meaning::Banned(None) | Meaning::Later | Meaning::Unknown => {
            Some("begin again in some minutes".to_string())
        }
        Meaning::Key => Some("is it the key of this venue?".to_string()),
        Meaning::Clock => Some("set this machine's clock".to_string()),
        Meaning::Request | Meaning::Refused(_) | Meaning::NoSuchOrder => None,
    }
}

/// Whether the venue's steps are those that the run was made with.
fn check_listing(ours: &Instrument, listed: &Instrument, trading: bool) -> Result<(), UserError> {
    if !trading {
        return Err(UserError::venue(format!("the venue does not trade {} now", listed.symbol)));
    }
    for (what, run, venue) in [("tick", ours.tick, listed.tick), ("lot", ours.lot, listed.lot)] {
        if run != venue {
            let message =
                format!("the {what} of {} is {venue} at the venue, {run} in the run", listed.symbol);
            let hint = "import the series with the venue's tick and lot, run and deploy again";
            return Err(UserError::venue(message).hint(hint));
        }
    }
    Ok(())
}
