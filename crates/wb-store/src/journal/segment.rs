//! Segments as files: their names, and where their bytes go.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{IoContext, StoreError, damaged};

const ENDING: &str = ".wbj";

/// Where the bytes of a segment go. What is handed over survives the end of the process; what is synced survives the
/// loss of power.
pub(super) trait Medium: Write + Send {
    fn sync(&mut self) -> io::Result<()>;
}

impl Medium for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Opens the file of a segment for writing at its end, a new one where there is none.
pub(super) type Open = fn(&Path) -> io::Result<Box<dyn Medium>>;

pub(super) fn open_file(path: &Path) -> io::Result<Box<dyn Medium>> {
    Ok(Box::new(File::options().create(true).append(true).open(path)?))
}

pub(super) fn segment_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:06}{ENDING}"))
}

/// How many segments there are.
pub(super) fn count_segments(dir: &Path) -> Result<u32, StoreError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).doing("list", dir)? {
        let name = entry.doing("list", dir)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(ENDING)?.parse::<u32>().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    for (expected, found) in (0..).zip(&numbers) {
        if expected != *found {
            return Err(damaged(&segment_path(dir, expected), "this segment is missing"));
        }
    }
    Ok(numbers.len() as u32)
}
