//! `catalog.toml`: which partitions there are, and what must be in them.
//!
//! One table per series, one line per partition. We read the TOML that we write and no other.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use wb_core::Ts;

use crate::audit::Verdict;
use crate::{CatalogError, SeriesKey};

/// The version of the layout of folders and files.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// The manifest's name in the catalog.
pub(crate) const FILE_NAME: &str = "catalog.toml";

/// What the catalog knows of a partition without opening it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// Number of bars.
    pub(crate) rows: u64,
    /// End of the first bar.
    pub(crate) first: Ts,
    /// End of the last bar.
    pub(crate) last: Ts,
    /// Size of the file.
    pub(crate) bytes: u64,
    /// BLAKE3 of the file.
    pub(crate) blake3: blake3::Hash,
    /// BLAKE3 of its rows alone; see [`crate::fingerprint`].
    pub(crate) content: blake3::Hash,
    /// The worst judgement on the imports whose rows are in it.
    pub(crate) verdict: Verdict,
}

/// The partitions of a series by name, in time order.
pub(crate) type Partitions = BTreeMap<String, Entry>;

/// All there is in a catalog.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) series: BTreeMap<SeriesKey, Partitions>,
}

impl Manifest {
    /// Reads the manifest of the catalog in this folder. Where there is none the catalog must be empty.
    pub(crate) fn read(root: &Path) -> Result<Manifest, CatalogError> {
        let path = root.join(FILE_NAME);
        match std::fs::read_to_string(&path) {
            Ok(text) => Manifest::parse(&text, &path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if root.join("kind=bar").exists() {
                    return Err(CatalogError::damaged(&path, "it is missing, but there are partitions"));
                }
                Ok(Manifest::default())
            }
            Err(error) => Err(CatalogError::io("read", &path)(error)),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Manifest, CatalogError> {
        let mut manifest = Manifest::default();
        let mut version = None;
        let mut current: Option<&mut Partitions> = None;
        for (number, line) in text.lines().enumerate() {
            let bad =
                || CatalogError::damaged(path, format!("line {} is not understood: {line}", number + 1));
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(found) = line.strip_prefix("schema = ") {
                check_version(found, path)?;
                version = Some(found);
            } else if let Some(folder) = line.strip_prefix("[\"").and_then(|rest| rest.strip_suffix("\"]")) {
                let key = SeriesKey::from_folder(folder).ok_or_else(bad)?;
                current = Some(manifest.series.entry(key).or_default());
            } else {
                let (name, entry) = parse_entry(line).ok_or_else(bad)?;
                current.as_deref_mut().ok_or_else(bad)?.insert(name, entry);
            }
        }
        if let Some((key, _)) = manifest.series.iter().find(|(_, partitions)| partitions.is_empty()) {
            return Err(CatalogError::damaged(path, format!("{key} has no partition")));
        }
        version.map(|_| manifest).ok_or_else(|| check_version("none", path).expect_err("none is no version"))
    }

    /// The error that there is no such series, with what there is instead.
    pub(crate) fn unknown(&self, root: &Path, key: &SeriesKey) -> CatalogError {
        let same_name = self.series.keys().filter(|other| other.name() == key.name());
        let intervals: Vec<String> = same_name.map(|other| other.interval().to_string()).collect();
        let names: Vec<String> = self.series.keys().take(5).map(SeriesKey::to_string).collect();
        let hint = match (intervals.is_empty(), self.series.len()) {
            (false, _) => format!("it has that instrument at {}", intervals.join(", ")),
            (true, 0) => "it is empty: import data first".to_string(),
            (true, n) if n <= names.len() => format!("it has {}", names.join(", ")),
            (true, n) => format!("it has {} series, among them {}", n, names.join(", ")),
        };
        CatalogError::UnknownSeries { root: root.to_path_buf(), series: key.to_string(), hint }
    }

    /// The text of `catalog.toml`.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "# Written by the workbench; editing it makes partitions unreadable.\n\
             # first, last: ends of the first and last bar. blake3: of the file. content: of its rows.\n\
             schema = {SCHEMA_VERSION}\n"
        );
        for (key, partitions) in &self.series {
            let mut line = |args: std::fmt::Arguments<'_>| {
                text.write_fmt(args).expect("writing to a string cannot fail");
            };
            line(format_args!("\n[\"{}\"]\n", key.folder()));
            for (name, entry) in partitions {
                let Entry { rows, first, last, bytes, blake3, content, verdict } = entry;
                line(format_args!(
                    "\"{name}\" = {{ rows = {rows}, first = {first}, last = {last}, bytes = {bytes}, \
                     blake3 = \"{blake3}\", content = \"{content}\", audit = \"{}\" }}\n",
                    verdict.name()
                ));
            }
        }
        text
    }
}

/// Refuses every version but ours.
pub(crate) fn check_version(found: &str, path: &Path) -> Result<(), CatalogError> {
    if found == SCHEMA_VERSION.to_string() {
        return Ok(());
    }
    let (path, found) = (path.to_path_buf(), found.to_string());
    Err(CatalogError::SchemaVersion { path, found, expected: SCHEMA_VERSION })
}

/// The path of a partition's file.
pub(crate) fn partition_path(root: &Path, key: &SeriesKey, name: &str) -> PathBuf {
    root.join(key.folder()).join(format!("{name}.parquet"))
}

fn parse_entry(line: &str) -> Option<(String, Entry)> {
    let (name, fields) = line.split_once(" = { ")?;
    let name = name.strip_prefix('"')?.strip_suffix('"')?;
    // The name becomes part of a path.
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let mut fields = fields.strip_suffix(" }")?.split(", ");
    let mut field =
        |key: &str| Some(fields.next()?.strip_prefix(key)?.strip_prefix(" = ")?.trim_matches('"'));
    let entry = Entry {
        rows: field("rows")?.parse().ok()?,
        first: Ts::parse(field("first")?)?,
        last: Ts::parse(field("last")?)?,
        bytes: field("bytes")?.parse().ok()?,
        blake3: blake3::Hash::from_hex(field("blake3")?).ok()?,
        content: blake3::Hash::from_hex(field("content")?).ok()?,
        verdict: Verdict::parse(field("audit")?)?,
    };
    (fields.next().is_none()).then(|| (name.to_string(), entry))
}
