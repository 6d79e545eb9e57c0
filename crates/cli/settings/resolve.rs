//! Settings to what is run: every value checked, nothing optional left that has a default.

mod params;

use std::path::Path;

use wb_core::{CivilDate, Interval, ParamSet, Ts, UtcOffsets};
use wb_kernel::{Execution, Patience, RiskLimits, Role, StrategyEntry};
use wb_sim::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};

pub(crate) use self::params::read_param;
use self::params::resolve_params;
use super::layers::Settings;
use crate::error::UserError;
use crate::suggest::did_you_mean;

/// A run as asked for. What it still lacks is known only once the catalog has been read: where the series begins
/// and ends, its time zone and its fingerprint.
#[derive(Clone, Debug)]
pub(crate) struct RunRequest {
    /// The line of the strategy in the table.
    pub(crate) strategy: &'static StrategyEntry,
    /// Every parameter of it.
    pub(crate) params: ParamSet,
    /// Role to instruments.
    pub(crate) roles: Vec<(String, Vec<String>)>,
    /// Length of the bars.
    pub(crate) interval: Interval,
    /// Where to begin; absent for the first bar.
    pub(crate) from: Option<When>,
    /// Where to end; absent for the last bar.
    pub(crate) to: Option<When>,
    /// What to compare with.
    pub(crate) benchmark: Option<String>,
    /// The models that the strategy may use, by name or `name@version`.
    pub(crate) models: Vec<String>,
    /// The simulated venue and account.
    pub(crate) simulation: SimConfig,
    /// Risk limits.
    pub(crate) risk: RiskLimits,
    /// How the way to a target becomes orders.
    pub(crate) execution: Execution,
}

/// A day of the instrument's calendar, or an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum When {
    /// A whole day.
    Date(CivilDate),
    /// An instant.
    At(Ts),
}

impl When {
    /// The first instant of it.
    pub(crate) fn begin(self, zone: &UtcOffsets) -> Ts {
        match self {
            When::Date(date) => zone.start_of(date),
            When::At(ts) => ts,
        }
    }

    /// The first instant after it: a day named as the last one is part of the run.
    pub(crate) fn end(self, zone: &UtcOffsets) -> Ts {
        match self {
            When::Date(date) => zone.start_of(CivilDate::from_days_since_epoch(date.days_since_epoch() + 1)),
            When::At(ts) => ts,
        }
    }
}

/// What is run with these settings, by a strategy of `table`. `spec` is the spec's name, for errors about what it
/// lacks; files that parameters name are looked for from `root` on.
///
/// # Errors
/// If something needed is absent, or values do not go together.
pub(crate) fn resolve_run(
    settings: &Settings,
    table: &'static [StrategyEntry],
    spec: &str,
    root: &Path,
) -> Result<RunRequest, UserError> {
    let strategy = find_strategy(settings, table, spec)?;
    let request = RunRequest {
        strategy,
        params: resolve_params(settings, strategy, root)?,
        roles: resolve_roles(settings, strategy, spec)?,
        interval: settings
            .interval("data.interval")
            .ok_or_else(|| absent(spec, "data.interval", "interval = \"1d\" under [data]"))?,
        from: settings.when("data.from"),
        to: settings.when("data.to"),
        benchmark: settings.text("data.benchmark").map(str::to_string),
        models: settings.texts("models").unwrap_or_default().to_vec(),
        simulation: resolve_simulation(settings)?,
        risk: resolve_risk(settings),
        execution: resolve_execution(settings),
    };
    let utc = UtcOffsets::default();
    if let (Some(from), Some(to)) = (request.from, request.to)
        && from.begin(&utc) >= to.end(&utc)
    {
        let written = |path| settings.get(path).expect("present").written.clone();
        return Err(UserError::usage(format!(
            "{}: data.from = {} is not before data.to = {}",
            settings.get("data.from").expect("present").source,
            written("data.from"),
            written("data.to")
        )));
    }
    Ok(request)
}

/// The strategy of that name.
///
/// # Errors
/// If there is none.
pub(crate) fn strategy_named(
    table: &'static [StrategyEntry],
    name: &str,
) -> Result<&'static StrategyEntry, UserError> {
    table.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let names = table.iter().map(|entry| entry.name);
        let hint = did_you_mean(name, names.clone())
            .unwrap_or_else(|| format!("there are {}", names.collect::<Vec<_>>().join(", ")));
        UserError::usage(format!("no strategy `{name}`")).hint(hint)
    })
}

fn absent(spec: &str, key: &str, example: &str) -> UserError {
    UserError::usage(format!("{spec}: `{key}` is missing")).hint(format!("add a line such as {example}"))
}

fn find_strategy(
    settings: &Settings,
    table: &'static [StrategyEntry],
    spec: &str,
) -> Result<&'static StrategyEntry, UserError> {
    let name =
        settings.text("strategy").ok_or_else(|| absent(spec, "strategy", "strategy = \"sma-cross\""))?;
    let source = &settings.get("strategy").expect("it has a text").source;
    strategy_named(table, name)
        .map_err(|error| UserError { message: format!("{source}: {}", error.message), ..error })
}

type Roles = Vec<(String, Vec<String>)>;

fn resolve_roles(settings: &Settings, strategy: &StrategyEntry, spec: &str) -> Result<Roles, UserError> {
    let example = strategy.roles.iter().map(example_role).collect::<Vec<_>>().join(", ");
    let example = format!("instruments = {{ {example} }} under [data]");
    let roles =
        settings.roles("data.instruments").ok_or_else(|| absent(spec, "data.instruments", &example))?;
    let source = &settings.get("data.instruments").expect("it has roles").source;
    let at = |message: String| UserError::usage(format!("{source}: {message}"));
    let mut seen: Vec<&str> = Vec::new();
    for (name, instruments) in roles {
        let declared = strategy.roles.iter().find(|role| role.name == name);
        if declared.is_none() && strategy.more_roles.is_none() {
            let hint = did_you_mean(name, strategy.roles.iter().map(|role| role.name)).unwrap_or(example);
            return Err(at(format!("{} has no role `{name}`", strategy.name)).hint(hint));
        }
        if !declared.is_some_and(|role| role.many) && instruments.len() > 1 {
            return Err(at(format!("the role `{name}` takes one instrument, not {}", instruments.len())));
        }
        for instrument in instruments {
            if seen.contains(&instrument.as_str()) {
                return Err(at(format!("{instrument} stands twice among the instruments")));
            }
            seen.push(instrument);
        }
    }
    if let Some(role) = strategy.roles.iter().find(|role| !roles.iter().any(|(name, _)| name == role.name)) {
        let message =
            format!("{} needs an instrument for the role `{}`: {}", strategy.name, role.name, role.doc);
        return Err(at(message).hint(example));
    }
    Ok(roles.to_vec())
}

fn example_role(role: &Role) -> String {
    if role.many {
        format!("{} = [\"venue:A\", \"venue:B\"]", role.name)
    } else {
        format!("{} = \"venue:SYMBOL\"", role.name)
    }
}

/// The simulated venue and the account.
///
/// # Errors
/// If values do not go together.
pub(crate) fn resolve_simulation(settings: &Settings) -> Result<SimConfig, UserError> {
    let number = |path: &str| settings.number(path).expect("the table has a default");
    let span = |path: &str| settings.span(path).expect("the table has a default");
    let leverage = number("account.leverage");
    // A quarter of what was put up, as is common for margin accounts.
    let maintenance_margin =
        settings.number("account.maintenance_margin").unwrap_or(0.25 / leverage.max(1.0));
    if maintenance_margin * leverage > 1.0 {
        let entry = settings.get("account.maintenance_margin").expect("the default is below 1/leverage");
        return Err(UserError::usage(format!(
            "{}: account.maintenance_margin = {maintenance_margin}: must be at most {} at a leverage of \
             {leverage}, or positions are closed as soon as they are opened",
            entry.source,
            1.0 / leverage
        )));
    }
    Ok(SimConfig {
        fill: match settings.text("simulation.fill") {
            Some("this-close") => FillModel::ThisClose,
            _ => FillModel::NextOpen,
        },
        fees: FeeModel {
            taker_bps: number("simulation.fees.taker_bps"),
            maker_bps: number("simulation.fees.maker_bps"),
            per_unit: number("simulation.fees.per_unit"),
            per_order: number("simulation.fees.per_order"),
            minimum: number("simulation.fees.minimum"),
        },
        slippage: SlippageModel {
            bps: number("simulation.slippage.bps"),
            half_spread: number("simulation.slippage.half_spread"),
            impact_bps: number("simulation.slippage.impact_bps"),
        },
        latency: LatencyModel {
            feed: span("simulation.latency.feed"),
            order: span("simulation.latency.order"),
            report: span("simulation.latency.report"),
        },
        max_participation: settings.number("simulation.max_participation"),
        borrow_bps: number("simulation.borrow_bps"),
        cash: number("account.cash"),
        leverage,
        maintenance_margin,
    })
}

fn resolve_execution(settings: &Settings) -> Execution {
    let number = |path: &str| settings.number(path).expect("the table has a default");
    match settings.text("execution.order") {
        Some("limit") => Execution::Limit(Patience {
            offset_bps: number("execution.offset_bps"),
            // Checked to be a whole number of 32 bits.
            cross_after: number("execution.cross_after") as u32,
        }),
        _ => Execution::Market,
    }
}

fn resolve_risk(settings: &Settings) -> RiskLimits {
    RiskLimits {
        max_order_notional: settings.number("risk.max_order_notional"),
        max_position_notional: settings.number("risk.max_position_notional"),
        max_concentration: settings.number("risk.max_concentration"),
        max_leverage: settings.number("risk.max_leverage"),
        // Checked to be a whole number of 32 bits.
        max_orders_per_minute: settings.number("risk.max_orders_per_minute").map(|x| x as u32),
        max_drawdown: settings.number("risk.max_drawdown"),
    }
}

#[cfg(test)]
mod tests;
