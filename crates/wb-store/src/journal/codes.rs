//! The bytes that stand for the values of enumerations. A number once given keeps its meaning for ever.

use wb_core::{CancelReason, Control, Reject, RiskLimit, Side, TimeInForce};

use super::observation::{Line, Severity, Verdict};

/// For each type the function from value to byte and the one back, from one list.
macro_rules! codes {
    ($($(#[$about:meta])* $encode:ident $decode:ident $type:ty { $($code:literal [$($value:tt)+])+ })+) => {$(
        $(#[$about])*
        pub(super) const fn $encode(value: $type) -> u8 {
            match value { $($($value)+ => $code,)+ }
        }

        /// What the byte stands for, if anything.
        pub(super) const fn $decode(code: u8) -> Option<$type> {
            match code { $($code => Some($($value)+),)+ _ => None }
        }
    )+};
}

codes! {
    /// Buy or sell.
    side_code side_of Side { 1 [Side::Buy] 2 [Side::Sell] }

    /// How long an order works.
    tif_code tif_of TimeInForce {
        1 [TimeInForce::Gtc]
        2 [TimeInForce::Ioc]
        3 [TimeInForce::Fok]
        4 [TimeInForce::Day]
    }

    /// What the operator wants.
    control_code control_of Control {
        1 [Control::Pause]
        2 [Control::Resume]
        3 [Control::CancelAll]
        4 [Control::Flatten]
    }

    /// Why an order was refused.
    reject_code reject_of Reject {
        1 [Reject::Paused]
        2 [Reject::ZeroQty]
        3 [Reject::NoPrice]
        4 [Reject::Margin]
        5 [Reject::PostOnly]
        6 [Reject::ReduceOnly]
        7 [Reject::BadPrice]
        8 [Reject::Venue]
        100 [Reject::Risk(RiskLimit::OrderNotional)]
        101 [Reject::Risk(RiskLimit::PositionNotional)]
        102 [Reject::Risk(RiskLimit::Concentration)]
        103 [Reject::Risk(RiskLimit::Leverage)]
        104 [Reject::Risk(RiskLimit::OrderRate)]
        105 [Reject::Risk(RiskLimit::Drawdown)]
    }

    /// Why an order ended unfilled.
    cancel_code cancel_of CancelReason {
        1 [CancelReason::Requested]
        2 [CancelReason::Group]
        3 [CancelReason::TimeInForce]
        4 [CancelReason::Margin]
        5 [CancelReason::Parent]
        6 [CancelReason::Liquidation]
        7 [CancelReason::PostOnly]
    }

    /// What a connection is for.
    line_code line_of Line { 1 [Line::Market] 2 [Line::Trading] }

    /// How a comparison ended.
    verdict_code verdict_of Verdict {
        1 [Verdict::Agreed]
        2 [Verdict::Disturbed]
        3 [Verdict::Differed]
        4 [Verdict::Disagreed]
        5 [Verdict::Unanswered]
    }

    /// How grave a notice is.
    severity_code severity_of Severity { 1 [Severity::Info] 2 [Severity::Warning] 3 [Severity::Halt] }
}
