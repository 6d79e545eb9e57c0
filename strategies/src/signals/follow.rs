//! Targets of several instruments, followed together when all bars of a close are in.

use wb_kernel::prelude::*;

/// Follows the targets of several instruments.
pub(super) struct Follow {
    pub(super) members: Vec<Member>,
    /// Multiplies every target.
    pub(super) weight: f64,
}

/// One of them.
pub(super) struct Member {
    pub(super) instrument: InstrumentId,
    pub(super) bars: Series,
    pub(super) target: LateFeature,
    /// The share of equity that it was last meant to be.
    pub(super) held: f64,
    /// Its last bar that was looked at.
    pub(super) seen: Ts,
}

impl Member {
    /// The new share of equity, if it has a new bar and another target.
    fn change(&mut self, weight: f64, ctx: &Context<'_>) -> Option<f64> {
        let (closed, _) = ctx.last_bar(self.bars).filter(|(closed, _)| *closed > self.seen)?;
        self.seen = closed;
        let target = ctx.late(self.target)? * weight;
        (target.to_bits() != self.held.to_bits()).then_some(target)
    }
}

impl Strategy for Follow {
    fn on_bars_closed(&mut self, ctx: &mut Context<'_>) {
        let weight = self.weight;
        let changes =
            self.members.iter_mut().filter_map(|member| Some((member.change(weight, ctx)?, member)));
        let mut changes: Vec<(f64, &mut Member)> = changes.collect();
        // What frees cash comes first, so that it pays for the rest.
        changes.sort_by_key(|(target, member)| target.abs() >= member.held.abs());
        for (target, member) in changes {
            member.held = target;
            ctx.target_percent(member.instrument, target);
        }
    }
}
