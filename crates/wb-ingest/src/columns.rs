//! Which column of a file is what.

use std::fmt;

use crate::IngestError;

/// What a column can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Ts,
    Date,
    Time,
    Open,
    High,
    Low,
    Close,
    Volume,
    AdjClose,
    Symbol,
}

impl Role {
    const ALL: [(&'static str, Role); 10] = [
        ("ts", Role::Ts),
        ("date", Role::Date),
        ("time", Role::Time),
        ("open", Role::Open),
        ("high", Role::High),
        ("low", Role::Low),
        ("close", Role::Close),
        ("volume", Role::Volume),
        ("adj_close", Role::AdjClose),
        ("symbol", Role::Symbol),
    ];

    fn name(self) -> &'static str {
        Role::ALL.iter().find(|(_, role)| *role == self).expect("every role is in the table").0
    }
}

/// A column, by place or by name.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Pick {
    Place(usize),
    Name(String),
}

/// Which column is what, as a user says it: `ts=0,open=1,close=2,high=3,low=4,volume=5`, or with names of the
/// header: `ts=Date,open=First`.
///
/// The words are `ts` (or `date` and `time`, where they are two columns), `open`, `high`, `low`, `close`, and
/// where the file has them `volume`, `adj_close` and `symbol`. Places count from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnMap {
    picks: Vec<(Role, Pick)>,
}

impl ColumnMap {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`IngestError::Request`] for an unknown or repeated word, or where one that every bar needs is missing.
    pub fn parse(text: &str) -> Result<ColumnMap, IngestError> {
        let bad = |what: String| IngestError::Request {
            what: format!("bad column map {text:?}: {what}"),
            hint:
                "write it like ts=0,open=1,high=2,low=3,close=4,volume=5, with places from 0 or names of the \
                   header"
                    .to_string(),
        };
        let mut picks: Vec<(Role, Pick)> = Vec::new();
        for part in text.split(',') {
            let (word, column) =
                part.split_once('=').ok_or_else(|| bad(format!("{part:?} is not word=column")))?;
            let (word, column) = (word.trim(), column.trim());
            let role = Role::ALL.iter().find(|(name, _)| *name == word).map(|(_, role)| *role);
            let role = role.ok_or_else(|| bad(format!("unknown word {word:?}")))?;
            if picks.iter().any(|(known, _)| *known == role) {
                return Err(bad(format!("{word:?} is given twice")));
            }
            let pick = column.parse().map_or_else(|_| Pick::Name(column.to_string()), Pick::Place);
            picks.push((role, pick));
        }
        let has = |role| picks.iter().any(|(known, _)| *known == role);
        for role in [Role::Open, Role::High, Role::Low, Role::Close] {
            if !has(role) {
                return Err(bad(format!("{:?} is missing", role.name())));
            }
        }
        if has(Role::Ts) == has(Role::Date) || has(Role::Time) && has(Role::Ts) {
            return Err(bad("it needs \"ts\", or \"date\" with or without \"time\"".to_string()));
        }
        Ok(ColumnMap { picks })
    }

    /// The roles in a file with these names (or none) and so many columns; or what does not fit.
    pub(crate) fn roles(&self, names: Option<&[String]>, width: usize) -> Result<Roles, String> {
        let find = |role: Role| -> Result<Option<usize>, String> {
            let Some((_, pick)) = self.picks.iter().find(|(known, _)| *known == role) else {
                return Ok(None);
            };
            let place = match pick {
                Pick::Place(place) => Some(*place).filter(|place| *place < width),
                Pick::Name(name) => names.and_then(|names| names.iter().position(|known| known == name)),
            };
            place.map(Some).ok_or_else(|| match pick {
                Pick::Place(place) => format!("there is no column {place}, the file has {width}"),
                Pick::Name(name) => format!("there is no column named {name:?}"),
            })
        };
        let need = |role| find(role)?.ok_or_else(|| format!("no column is {}", role.name()));
        let time = match (find(Role::Ts)?, find(Role::Time)?) {
            (Some(ts), _) => TimeAt::One(ts),
            (None, Some(time)) => TimeAt::DateAndTime(need(Role::Date)?, time),
            (None, None) => TimeAt::One(need(Role::Date)?),
        };
        Ok(Roles {
            time,
            open: need(Role::Open)?,
            high: need(Role::High)?,
            low: need(Role::Low)?,
            close: need(Role::Close)?,
            volume: find(Role::Volume)?,
            adj_close: find(Role::AdjClose)?,
            symbol: find(Role::Symbol)?,
        })
    }
}

/// Where the time of a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TimeAt {
    One(usize),
    DateAndTime(usize, usize),
}

/// The places of the columns that are used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Roles {
    pub(crate) time: TimeAt,
    pub(crate) open: usize,
    pub(crate) high: usize,
    pub(crate) low: usize,
    pub(crate) close: usize,
    pub(crate) volume: Option<usize>,
    pub(crate) adj_close: Option<usize>,
    pub(crate) symbol: Option<usize>,
}

impl Roles {
    /// Columns in the order time, open, high, low, close and, where there is a sixth, volume.
    pub(crate) fn in_order(width: usize) -> Roles {
        Roles::ordered([1, 2, 3, 4], width)
    }

    /// The time first, the prices open, high, low and close at these places, and the volume sixth.
    pub(crate) fn ordered([open, high, low, close]: [usize; 4], width: usize) -> Roles {
        let volume = (width > 5).then_some(5);
        Roles { time: TimeAt::One(0), open, high, low, close, volume, adj_close: None, symbol: None }
    }

    /// Open, high, low, close.
    pub(crate) fn prices(&self) -> [usize; 4] {
        [self.open, self.high, self.low, self.close]
    }

    /// Every role that has a column.
    fn pairs(&self) -> Vec<(Role, usize)> {
        let mut pairs = match self.time {
            TimeAt::One(ts) => vec![(Role::Ts, ts)],
            TimeAt::DateAndTime(date, time) => vec![(Role::Date, date), (Role::Time, time)],
        };
        let prices = [Role::Open, Role::High, Role::Low, Role::Close];
        pairs.extend(prices.into_iter().zip(self.prices()));
        let optional =
            [(Role::Volume, self.volume), (Role::AdjClose, self.adj_close), (Role::Symbol, self.symbol)];
        pairs.extend(optional.into_iter().filter_map(|(role, place)| Some((role, place?))));
        pairs
    }

    /// In words: `ts=date open=Open …`, or with places where there are no names.
    pub(crate) fn describe(&self, names: Option<&[String]>) -> String {
        let column = |place: usize| match names {
            Some(names) if names[place].is_empty() => format!("{place} (unnamed)"),
            Some(names) => names[place].clone(),
            None => place.to_string(),
        };
        let words: Vec<String> = self
            .pairs()
            .into_iter()
            .map(|(role, place)| format!("{}={}", role.name(), column(place)))
            .collect();
        words.join(" ")
    }
}

/// The text that [`ColumnMap::parse`] reads, with places.
impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(None).replace(' ', ","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(map: &str, names: Option<&[&str]>, expected: Result<&str, &str>) {
        let names: Option<Vec<String>> = names.map(|names| names.iter().map(|n| n.to_string()).collect());
        let width = names.as_ref().map_or(6, Vec::len);
        let roles = ColumnMap::parse(map).expect(map).roles(names.as_deref(), width);
        assert_eq!(roles.map(|roles| roles.to_string()), expected.map(String::from).map_err(String::from));
    }

    #[test]
    fn a_map_names_columns_by_place_or_by_header() {
        let trap = "ts=0,open=1,close=2,high=3,low=4,volume=5";
        check(trap, None, Ok("ts=0,open=1,high=3,low=4,close=2,volume=5"));
        let names = ["Day", "At", "First", "Top", "Bottom", "Last"];
        let map = "date=Day,time=At,open=First,high=Top,low=Bottom,close=Last";
        check(map, Some(&names), Ok("date=0,time=1,open=2,high=3,low=4,close=5"));
        check(map, None, Err("there is no column named \"At\""));
        check("ts=0,open=1,high=2,low=3,close=9", None, Err("there is no column 9, the file has 6"));
    }

    #[test]
    fn a_map_that_cannot_make_a_bar_is_refused() {
        for (map, why) in [
            ("ts=0,open=1,high=2,low=3", "\"close\" is missing"),
            ("open=1,high=2,low=3,close=4", "it needs \"ts\""),
            ("ts=0,ts=1,open=1,high=2,low=3,close=4", "\"ts\" is given twice"),
            ("ts=0,opne=1", "unknown word \"opne\""),
            ("ts", "\"ts\" is not word=column"),
        ] {
            let error = ColumnMap::parse(map).expect_err(map).to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
