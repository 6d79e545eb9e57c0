//! A reader of Prometheus' text format, strict where a scraper is not: it also asks for what the naming rules say.

use std::collections::{BTreeMap, BTreeSet};

/// Samples by name and labels, both as they are meant: `name{label=value,…}` without escapes.
pub(super) type Samples = BTreeMap<String, f64>;

/// Reads a page.
///
/// # Panics
/// If it is none, or a family has no help, no type, two places, or a sample of another name.
pub(super) fn read(text: &str) -> Samples {
    assert!(text.ends_with('\n'), "the last line ends");
    let mut samples = Samples::new();
    let mut families = BTreeSet::new();
    let (mut family, mut kind) = (String::new(), String::new());
    let mut help = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            help = rest.split_once(' ').expect("a help").0.to_string();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, of) = rest.split_once(' ').expect("a type");
            assert_eq!(name, help, "a type follows its help");
            assert!(families.insert(name.to_string()), "{name} has one place");
            assert!(["counter", "gauge", "summary"].contains(&of), "{of}");
            assert_eq!(of == "counter", name.ends_with("_total"), "{name} is a {of}");
            (family, kind) = (name.to_string(), of.to_string());
        } else {
            let (name, labels, value) = sample(line);
            assert!(is_name(&name), "{name}");
            let suffix = name.strip_prefix(&family).unwrap_or_else(|| panic!("{name} is of {family}"));
            let quantile = labels.iter().any(|(name, _)| name == "quantile");
            match kind.as_str() {
                "summary" => assert_eq!(quantile, suffix.is_empty(), "{line}"),
                _ => assert!(suffix.is_empty() && !quantile, "{line}"),
            }
            assert!(["", "_sum", "_count"].contains(&suffix), "{line}");
            let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let key = if labels.is_empty() { name } else { format!("{name}{{{}}}", labels.join(",")) };
            assert!(samples.insert(key, value).is_none(), "{line} comes twice");
        }
    }
    samples
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`.
fn is_name(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.chars().all(good) && text.chars().next().is_some_and(|c| !c.is_ascii_digit())
}

type Labels = Vec<(String, String)>;

fn sample(line: &str) -> (String, Labels, f64) {
    let end = line.find(['{', ' ']).expect("a name ends");
    let mut labels = Labels::new();
    let mut rest = &line[end..];
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (name, after) = rest.split_once("=\"").expect("a label");
            assert!(is_name(name), "{name}");
            let (value, after) = quoted(after);
            labels.push((name.to_string(), value));
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ').expect("a space").parse().expect("a number");
    (line[..end].to_string(), labels, value)
}

/// What stands before the closing quote, and what follows it.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return (value, &text[place + 1..]),
            '\\' => value.push(match characters.next().expect("an escape ends").1 {
                'n' => '\n',
                escaped @ ('\\' | '"') => escaped,
                other => panic!("\\{other} is no escape"),
            }),
            other => value.push(other),
        }
    }
    panic!("no quote ends {text}");
}

/// The example of the format's documentation, so far as it is of these kinds.
#[test]
fn it_reads_what_the_format_says() {
    let page = "# HELP http_requests_total The total number of HTTP requests.\n\
        # TYPE http_requests_total counter\n\
        http_requests_total{method=\"post\",code=\"200\"} 1027\n\
        http_requests_total{method=\"post\",code=\"400\"} 3\n\
        # HELP msdos_file_access_time_seconds Escaping in label values:\n\
        # TYPE msdos_file_access_time_seconds gauge\n\
        msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot find file:\\n\\\"FILE.TXT\\\"\"} 1.458255915e9\n\
        # HELP rpc_duration_seconds A summary of the RPC duration in seconds.\n\
        # TYPE rpc_duration_seconds summary\n\
        rpc_duration_seconds{quantile=\"0.99\"} 76656\n\
        rpc_duration_seconds_sum 1.7560473e+07\n\
        rpc_duration_seconds_count 2693\n";
    let samples = read(page);
    let key = "msdos_file_access_time_seconds{path=C:\\DIR\\FILE.TXT,error=Cannot find file:\n\"FILE.TXT\"}";
    assert_eq!(samples[key].to_bits(), 1_458_255_915f64.to_bits());
    assert_eq!(samples["http_requests_total{method=post,code=400}"].to_bits(), 3f64.to_bits());
    assert_eq!(samples["rpc_duration_seconds_sum"].to_bits(), 17_560_473f64.to_bits());
    assert_eq!(samples.len(), 6);
}
