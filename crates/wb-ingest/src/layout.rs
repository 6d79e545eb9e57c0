//! Decides how one file is read: its format, columns, times and direction.

use wb_core::{Interval, Span, Ts, UtcOffsets};

use crate::IngestError;
use crate::columns::{Roles, TimeAt};
use crate::decompress::Source;
use crate::formats::{Facts, recognise};
use crate::head::{Head, Physical, SAMPLE_ROWS};
use crate::header;
use crate::moments::BarTimes;
use crate::order::{self, OrderFinding};
use crate::raw::Reading;
use crate::request::{ImportRequest, Prices, Stamp};
use crate::shape::number;
use crate::spacing;
use crate::timestamps::{Moment, TimeFormat};
use crate::zone::utc_offsets;

/// How one file is read.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) source: Source,
    pub(crate) physical: Physical,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) facts: Facts,
    pub(crate) reading: Reading,
    /// Turns times into ends of bars; carries the zone.
    pub(crate) times: BarTimes,
    /// The name of the zone.
    pub(crate) zone_name: String,
    /// Prices are divided by this.
    pub(crate) price_divisor: f64,
    /// Whether the newest row comes first.
    pub(crate) newest_first: bool,
    /// Ends of the bars of the first rows, oldest first.
    pub(crate) sample: Vec<Ts>,
    /// What was taken from the data rather than said by anyone.
    pub(crate) notes: Vec<String>,
}

impl Layout {
    /// Looks at the beginning of the file and decides.
    pub(crate) fn of(source: Source, request: &ImportRequest) -> Result<Layout, IngestError> {
        let head = Head::read(&source)?;
        let facts = recognise(request.format, &source, &head)?;
        let mut notes = Vec::new();
        let roles = roles(&source, &head, &facts, request)?;
        let zone_name = request.zone.as_deref().or(facts.zone).unwrap_or("UTC").to_string();
        let stamp = request.stamp.unwrap_or(Stamp::Open);
        let times = BarTimes::new(request.interval, stamp, utc_offsets(&zone_name)?);
        let adjusted = request.prices != Prices::Raw && facts.format != "lean";
        let mut reading =
            Reading { roles, time: TimeFormat::Epoch, symbol: request.symbol.clone(), adjusted };
        let rows = wanted_rows(&source, &head, &reading)?;
        reading.time = time_format(&source, &head, &facts, &rows, &reading, &times)?;
        let mut layout = Layout {
            price_divisor: price_divisor(&source, &facts, request)?,
            physical: head.physical.clone(),
            names: head.names.clone(),
            source,
            facts,
            reading,
            times,
            zone_name,
            newest_first: false,
            sample: Vec::new(),
            notes: Vec::new(),
        };
        let local = layout.look_at_times(&head, &rows, &mut notes);
        spacing::check(layout.source.path(), request.interval, &layout.sample)?;
        layout.look_at_order(&head, &rows, request, &mut notes)?;
        layout.note_assumptions(request, local, &mut notes);
        layout.notes = notes;
        Ok(layout)
    }

    /// The columns in words.
    pub(crate) fn columns(&self) -> String {
        self.reading.roles.describe(self.names.as_deref())
    }

    /// How times are read, in words.
    pub(crate) fn describe_times(&self) -> String {
        let stamp = match self.times.stamp {
            Stamp::Open => "open",
            Stamp::Close => "close",
        };
        format!("{}, {}, {stamp} of the bar", self.reading.time.describe(), self.zone_name)
    }

    /// Learns the direction of the rows, and the ends of their bars; whether times carry no zone.
    fn look_at_times(&mut self, head: &Head, rows: &[usize], notes: &mut Vec<String>) -> bool {
        let moments = moments(head, rows, &self.reading, self.reading.time);
        self.times.session_dates = are_session_dates(&moments, &self.times);
        if self.times.session_dates {
            notes.push("midnights in UTC are read as dates of sessions".to_string());
        }
        let ends = ends(&moments, &self.times);
        let back = ends.windows(2).filter(|pair| pair[1] < pair[0]).count();
        let forward = ends.windows(2).filter(|pair| pair[1] > pair[0]).count();
        self.newest_first = back > forward;
        self.sample = if self.newest_first {
            let reversed: Vec<Moment> = moments.iter().rev().copied().collect();
            notes.push("order: descending; the rows are taken from the last to the first".to_string());
            self::ends(&reversed, &self.times)
        } else {
            ends
        };
        moments.iter().any(|moment| matches!(moment, Moment::Local(_)))
    }

    /// Holds the order of columns without names against the data.
    fn look_at_order(
        &mut self,
        head: &Head,
        rows: &[usize],
        request: &ImportRequest,
        notes: &mut Vec<String>,
    ) -> Result<(), IngestError> {
        let vouched = self.facts.roles.is_some() || request.columns.is_some() || head.names.is_some();
        if vouched {
            return Ok(());
        }
        let roles = &self.reading.roles;
        let price =
            |row: usize, place| number(head.cell(row, place), head.decimal_comma()).unwrap_or(f64::NAN);
        let mut prices: Vec<[f64; 4]> =
            rows.iter().map(|row| roles.prices().map(|place| price(*row, place))).collect();
        if self.newest_first {
            prices.reverse();
        }
        let refuse = |what: String, hint: String| Err(IngestError::layout(self.source.path(), what, hint));
        match order::judge(&prices) {
            OrderFinding::Usual => {
                notes.push(
                    "no header: the order open, high, low, close is the only one that fits".to_string(),
                );
            }
            OrderFinding::Undecided => {
                notes.push(
                    "no header: open, high, low, close assumed, the first rows fit other orders too"
                        .to_string(),
                );
            }
            OrderFinding::Other(places) => {
                let [open, high, low, close] = places.map(|place| roles.prices()[place]);
                let fitting = Roles { open, high, low, close, ..roles.clone() };
                return refuse(
                    "no header, and the columns are not open, high, low, close: highs and lows do not enclose \
                     the other prices"
                        .to_string(),
                    format!("another order does fit: --columns {fitting}"),
                );
            }
            OrderFinding::None { failures, rows } if failures * 2 > rows => {
                return refuse(
                    format!(
                        "no header, and no order of columns fits: {failures} of {rows} rows have prices outside low to high"
                    ),
                    "name the columns with --columns, for example ts=0,open=1,high=2,low=3,close=4,volume=5"
                        .to_string(),
                );
            }
            OrderFinding::None { .. } => {
                notes.push(
                    "no header: open, high, low, close assumed; it fits most rows, no order fits all"
                        .to_string(),
                );
            }
        }
        Ok(())
    }

    fn note_assumptions(&self, request: &ImportRequest, local: bool, notes: &mut Vec<String>) {
        let intraday = !matches!(request.interval, Interval::Days(_));
        if request.stamp.is_none() && !self.facts.stamps_open && intraday {
            notes.push(
                "times are taken as the open of the bar; if they are its close, say --stamp close"
                    .to_string(),
            );
        }
        if self.reading.roles.volume.is_none() {
            notes.push("there is no volume; it is zero".to_string());
        }
        if request.zone.is_none() && self.facts.zone.is_none() && local && intraday {
            notes.push("times carry no zone: UTC assumed; name another with --tz".to_string());
        }
    }
}

fn roles(source: &Source, head: &Head, facts: &Facts, request: &ImportRequest) -> Result<Roles, IngestError> {
    let hint =
        "say which column is what: --columns ts=0,open=1,high=2,low=3,close=4,volume=5 (places or names)";
    let refuse = |what: String| IngestError::layout(source.path(), what, hint);
    if let Some(map) = &request.columns {
        return map.roles(head.names.as_deref(), head.width()).map_err(refuse);
    }
    if let Some(roles) = &facts.roles {
        return Ok(roles.clone());
    }
    if let Some(names) = &head.names {
        return header::roles(names, head.rows.first().map(Vec::as_slice), &request.symbol).map_err(refuse);
    }
    let clock = |cell: &str| cell.len() <= 8 && cell.find(':').is_some_and(|at| at <= 2);
    match head.rows.first() {
        Some(row) if row.len() >= 6 && clock(row[1].trim()) => Ok(Roles {
            time: TimeAt::DateAndTime(0, 1),
            volume: (row.len() > 6).then_some(6),
            ..Roles::ordered([2, 3, 4, 5], 0)
        }),
        Some(row) if row.len() >= 5 => Ok(Roles::in_order(row.len())),
        _ => Err(refuse("no rows of at least a time and four prices".to_string())),
    }
}

/// The first rows that are of the wanted symbol: all, where the file does not name symbols.
fn wanted_rows(source: &Source, head: &Head, reading: &Reading) -> Result<Vec<usize>, IngestError> {
    let all: Vec<usize> = (0..head.rows.len()).collect();
    let Some(place) = reading.roles.symbol else { return Ok(all) };
    let wanted: Vec<usize> =
        all.iter().copied().filter(|row| reading.is_wanted(head.cell(*row, place))).collect();
    // A short file was seen whole: what is not in it will not come.
    if wanted.is_empty() && !all.is_empty() && all.len() < SAMPLE_ROWS / 2 {
        let mut others: Vec<&str> = all.iter().map(|row| head.cell(*row, place)).collect();
        others.sort_unstable();
        others.dedup();
        let listed = others.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let what = format!("no row is of {:?}; the first are of {listed}", reading.symbol);
        let hint = "give --symbol as the file writes it, or --columns without a symbol to take every row";
        return Err(IngestError::layout(source.path(), what, hint));
    }
    Ok(wanted)
}

fn price_divisor(source: &Source, facts: &Facts, request: &ImportRequest) -> Result<f64, IngestError> {
    match (request.price_divisor, facts.price_divisor) {
        (Some(divisor), _) if divisor > 0.0 && divisor.is_finite() => Ok(divisor),
        (Some(divisor), _) => Err(IngestError::Request {
            what: format!("prices cannot be divided by {divisor}"),
            hint: "give a positive number, such as 10000".to_string(),
        }),
        (None, Some(divisor)) => Ok(divisor),
        (None, None) if facts.format == "lean" => Err(IngestError::layout(
            source.path(),
            "a Lean file outside Lean's folders: whether prices are in hundredths of a cent is not known",
            "say --price-divisor 10000 for shares, 1 for anything else",
        )),
        (None, None) => Ok(1.0),
    }
}

fn time_format(
    source: &Source,
    head: &Head,
    facts: &Facts,
    rows: &[usize],
    reading: &Reading,
    times: &BarTimes,
) -> Result<TimeFormat, IngestError> {
    if let Some(format) = facts.time {
        return Ok(format);
    }
    // Without a row of the symbol in sight, the others show how times are written.
    let everything: Vec<usize> = (0..head.rows.len()).collect();
    let rows = if rows.is_empty() { &everything } else { rows };
    let texts: Vec<String> =
        rows.iter().map(|row| reading.time_text(|place| head.cell(*row, place))).collect();
    let candidates = TimeFormat::candidates(texts.iter().map(String::as_str));
    let fits = |format: &TimeFormat| {
        let spacing =
            spacing::commonest(times.interval, &ends(&moments(head, rows, reading, *format), times));
        spacing.is_some_and(|spacing| spacing.step == times.interval.span())
    };
    let refuse = |what: String, hint: &str| Err(IngestError::layout(source.path(), what, hint));
    let first = texts.first().map_or("", String::as_str);
    match candidates.as_slice() {
        [format] => Ok(*format),
        _ if texts.is_empty() => Ok(TimeFormat::Epoch),
        [] => refuse(
            format!("the time {first:?} is not understood"),
            "times are counts since the epoch or dates like 2023-08-01 12:30, 20230801 1230, 8/1/2023 12:30 PM, \
             1-Aug-23; name their column with --columns",
        ),
        // Read the wrong way round, days become months, and bars stand months apart.
        several => match several.iter().filter(|format| fits(format)).collect::<Vec<_>>().as_slice() {
            [format] => Ok(**format),
            _ => refuse(
                format!("{first:?} can be month/day or day/month, and no row tells which"),
                "write dates as 2023-08-01",
            ),
        },
    }
}

fn moments(head: &Head, rows: &[usize], reading: &Reading, format: TimeFormat) -> Vec<Moment> {
    rows.iter().map(|row| format.parse(&reading.time_text(|place| head.cell(*row, place)))).collect()
}

/// The ends that can be told, in the order of the rows.
fn ends(moments: &[Moment], times: &BarTimes) -> Vec<Ts> {
    let mut times = times.clone();
    moments.iter().filter_map(|moment| times.end(*moment).ok()).collect()
}

/// Whether days of a zone that is not UTC are all stamped at midnight UTC: such files mean the date.
fn are_session_dates(moments: &[Moment], times: &BarTimes) -> bool {
    let midnight = |moment: &Moment| matches!(moment, Moment::Instant(ns) if ns.rem_euclid(Span::DAY.0) == 0);
    let days = matches!(times.interval, Interval::Days(_));
    days && times.zone != UtcOffsets::default() && !moments.is_empty() && moments.iter().all(midnight)
}
