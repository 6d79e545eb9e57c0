//! `workbench data audit`: what is wrong, missing or odd in a series.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wb_catalog::{Audit, Catalog, Severity, Verdict};
use wb_core::Interval;

use super::{parse_interval, series};
use crate::error::Exit;
use crate::figures::grouped;
use crate::output::{self, Align, Format, Table};

/// Arguments of `workbench data audit`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench data audit sample:SP500           what the imports found
  workbench data audit sample:SP500 --again   look at the stored bars and check every file's hash

Exits with 1 where bars are impossible.")]
pub(crate) struct AuditArgs {
    /// The series: venue:SYMBOL
    series: String,
    /// Which interval, where there are several
    #[arg(long, value_parser = parse_interval)]
    interval: Option<Interval>,
    /// Audit the stored bars now, and verify the files against their hashes
    #[arg(long)]
    again: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Prints audits.
///
/// # Errors
/// If the series is not there, or a file is damaged.
pub(super) fn run(args: &AuditArgs, catalog: &Catalog) -> anyhow::Result<ExitCode> {
    let info = series(catalog, &args.series, args.interval)?;
    let audits: Vec<(String, Audit)> = if args.again {
        catalog.verify(&info.key)?;
        vec![("stored bars".to_string(), catalog.audit(&info.key)?)]
    } else {
        let imports = catalog.imports(&info.key)?.into_iter();
        imports.map(|import| (import.files.join(", "), import.audit)).collect()
    };
    match args.format {
        Format::Json => {
            let rows = audits.iter().map(|(source, audit)| audit_json(source, audit));
            output::json(&rows.collect());
        }
        Format::Table => {
            for (source, audit) in &audits {
                output::heading(&format!("{}: {source}", info.key));
                print_audit(audit);
            }
        }
    }
    let failed = audits.iter().any(|(_, audit)| audit.verdict() == Verdict::Failed);
    Ok(if failed { ExitCode::from(Exit::No.code()) } else { ExitCode::SUCCESS })
}

/// Prints what was found.
pub(super) fn print_audit(audit: &Audit) {
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    about.row(["verdict".to_string(), audit.verdict().name().to_string()]);
    about.row(["rows".to_string(), grouped(audit.rows as f64, 0)]);
    if audit.bad_rows > 0 {
        let dropped = grouped(audit.dropped_rows as f64, 0);
        about.row([
            "bad rows".to_string(),
            format!("{}, {dropped} dropped", grouped(audit.bad_rows as f64, 0)),
        ]);
    }
    about.row(["times".to_string(), audit.sessions.clone()]);
    about.row(["missing bars".to_string(), grouped(audit.missing_bars as f64, 0)]);
    if let Some(place) = audit.largest_move {
        about.row(["largest move".to_string(), format!("{:+.2} % at {}", 100.0 * place.value, place.ts)]);
    }
    output::table(&about);
    if audit.issues.is_empty() {
        return;
    }
    output::line("");
    let headings =
        [("found", Align::Left), ("", Align::Left), ("count", Align::Right), ("first", Align::Left)];
    let mut table = Table::new(headings);
    for issue in &audit.issues {
        let severity = if issue.kind.severity() == Severity::Error { "error" } else { "warning" };
        let first = issue
            .places
            .first()
            .map_or_else(String::new, |place| format!("row {}, {}: {}", place.row, place.ts, place.value));
        table.row([
            issue.kind.name().to_string(),
            severity.to_string(),
            grouped(issue.count as f64, 0),
            first,
        ]);
    }
    output::table(&table);
}

fn audit_json(source: &str, audit: &Audit) -> Value {
    let issue = |issue: &wb_catalog::Issue| {
        let place = |place: &wb_catalog::Place| json!({ "row": place.row, "ts": place.ts.to_string(), "value": place.value });
        let places: Vec<Value> = issue.places.iter().map(place).collect();
        json!({ "kind": issue.kind.name(), "count": issue.count, "places": places })
    };
    json!({
        "source": source,
        "verdict": audit.verdict().name(),
        "rows": audit.rows,
        "bad_rows": audit.bad_rows,
        "dropped_rows": audit.dropped_rows,
        "missing_bars": audit.missing_bars,
        "sessions": audit.sessions,
        "issues": audit.issues.iter().map(issue).collect::<Vec<Value>>(),
    })
}
