//! Names of columns, as headers write them.

use crate::columns::{Roles, TimeAt};

/// Names of the time of a row, the surest first; small letters and digits only. An unnamed column is the index
/// that pandas writes.
const TIME: [&str; 24] = [
    "ts",
    "timestamp",
    "opentime",
    "datetime",
    "timestamputc",
    "timeutc",
    "dateutc",
    "unix",
    "unixtime",
    "unixtimestamp",
    "epoch",
    "tsevent",
    "starttime",
    "bartime",
    "gmttime",
    "localtime",
    "date",
    "dates",
    "time",
    "day",
    "t",
    "indexlevel0",
    "index",
    "",
];
const OPEN: [&str; 5] = ["open", "o", "openprice", "pxopen", "first"];
const HIGH: [&str; 4] = ["high", "h", "highprice", "pxhigh"];
const LOW: [&str; 4] = ["low", "l", "lowprice", "pxlow"];
const CLOSE: [&str; 6] = ["close", "c", "closeprice", "pxlast", "last", "closelast"];
const VOLUME: [&str; 12] = [
    "volume",
    "vol",
    "v",
    "basevolume",
    "volumebase",
    "volumefrom",
    "tickvolume",
    "tickvol",
    "shares",
    "qty",
    "quantity",
    "size",
];
const ADJ_CLOSE: [&str; 3] = ["adjclose", "adjustedclose", "closeadj"];
const SYMBOL: [&str; 4] = ["symbol", "ticker", "name", "instrument"];

/// A name without case, blanks and marks.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn find(names: &[String], known: &[&str]) -> Option<usize> {
    known.iter().find_map(|word| names.iter().position(|name| name == word))
}

/// The column for `ts`, `symbol`, or a word that has no other names.
pub(crate) fn place_of(names: &[String], word: &str) -> Option<usize> {
    let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
    match word {
        "ts" => find(&names, &TIME),
        "symbol" => find(&names, &SYMBOL),
        other => find(&names, &[other]),
    }
}

/// Whether these are names of columns of bars: at least the four prices.
pub(crate) fn is_header(cells: &[String]) -> bool {
    let names: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    [OPEN.as_slice(), &HIGH, &LOW, &CLOSE].iter().all(|known| find(&names, known).is_some())
}

/// Whether there is a column of adjusted closes.
pub(crate) fn has_adj_close(names: &[String]) -> bool {
    names.iter().any(|name| ADJ_CLOSE.contains(&plain(name).as_str()))
}

/// Finds the columns by their names; `first_row` tells a time of day from a whole time.
///
/// Where there are several volumes, one that names the base of the symbol is in base units: `Volume BTC` of
/// `BTCUSD`. The error names what is missing.
pub(crate) fn roles(names: &[String], first_row: Option<&[String]>, symbol: &str) -> Result<Roles, String> {
    let plain_names: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let need = |known: &[&str]| {
        find(&plain_names, known).ok_or_else(|| {
            format!("no column is named {} or like it; the columns are {}", known[0], names.join(", "))
        })
    };
    let time = match (find(&plain_names, &["date", "day"]), find(&plain_names, &["time"])) {
        (Some(date), Some(time)) if is_time_of_day(first_row, time) => TimeAt::DateAndTime(date, time),
        _ => TimeAt::One(need(&TIME)?),
    };
    let base = plain(symbol);
    let base_volume = plain_names.iter().position(|name| {
        name.strip_prefix("volume").is_some_and(|unit| unit.len() >= 2 && base.starts_with(unit))
    });
    Ok(Roles {
        time,
        open: need(&OPEN)?,
        high: need(&HIGH)?,
        low: need(&LOW)?,
        close: need(&CLOSE)?,
        volume: base_volume.or_else(|| find(&plain_names, &VOLUME)),
        adj_close: find(&plain_names, &ADJ_CLOSE),
        symbol: find(&plain_names, &SYMBOL),
    })
}

fn is_time_of_day(first_row: Option<&[String]>, place: usize) -> bool {
    let Some(cell) = first_row.and_then(|row| row.get(place)) else { return true };
    let cell = cell.trim();
    cell.len() <= 6 && cell.bytes().all(|b| b.is_ascii_digit()) || cell.find(':').is_some_and(|at| at <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, row: &str, symbol: &str, expected: &str) {
        let cells = |text: &str| text.split(',').map(String::from).collect::<Vec<_>>();
        let roles = roles(&cells(header), Some(&cells(row)), symbol);
        let said = roles.map_or_else(|why| why, |roles| roles.to_string());
        assert_eq!(said, expected, "{header}");
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let row = "2015-01-12,1,2,3,4,5,6,X";
        check(
            "Date,High,Low,Open,Close,Volume,Adj Close,Name",
            row,
            "X",
            "ts=0,open=3,high=1,low=2,close=4,volume=5,adj_close=6,symbol=7",
        );
        check(",Open,High,Low,Close,Volume", row, "X", "ts=0,open=1,high=2,low=3,close=4,volume=5");
        check("Dates,PX_OPEN,PX_HIGH,PX_LOW,PX_LAST,PX_SETTLE", row, "X", "ts=0,open=1,high=2,low=3,close=4");
        check(
            "<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>",
            "2006.01.02,09:05:00,1,2,3,4,5",
            "X",
            "date=0,time=1,open=2,high=3,low=4,close=5,volume=6",
        );
    }

    #[test]
    fn the_volume_in_base_units_is_taken_where_there_are_two() {
        let header = "date,symbol,open,high,low,close,volume_btc,volume";
        let row = "2019-10-17 09-AM,BTCUSD,1,2,3,4,5,6";
        check(header, row, "BTCUSD", "ts=0,open=2,high=3,low=4,close=5,volume=6,symbol=1");
        check(
            "Date,Symbol,Open,High,Low,Close,VolumeFrom,VolumeTo",
            row,
            "BTCUSD",
            "ts=0,open=2,high=3,low=4,close=5,volume=6,symbol=1",
        );
    }

    #[test]
    fn a_missing_column_is_named_with_what_there_is() {
        check("a,b,c", "1,2,3", "X", "no column is named ts or like it; the columns are a, b, c");
        check(
            "ts,open,high,low",
            "1,2,3,4",
            "X",
            "no column is named close or like it; the columns are ts, open, high, low",
        );
    }
}
