//! Opens files as they are: plain, gz, zip or zst, told apart by their first bytes.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::IngestError;

/// A stream of rows: a file, or one entry of an archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Source {
    path: PathBuf,
    /// The entry of the archive.
    entry: Option<String>,
    packing: Packing,
    bytes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
    Zip,
}

impl Source {
    /// Finds out how the file is packed. `archive.zip#entry.csv` names an entry; an archive of one entry needs
    /// no name.
    pub(crate) fn open(path: &Path) -> Result<Source, IngestError> {
        let (file_path, wanted) = split_entry(path);
        let mut magic = [0; 4];
        let mut file = File::open(&file_path).map_err(IngestError::io(&file_path))?;
        let bytes = file.metadata().map_err(IngestError::io(&file_path))?.len();
        let mut n = 0;
        while n < magic.len() {
            match file.read(&mut magic[n..]).map_err(IngestError::io(&file_path))? {
                0 => break,
                read => n += read,
            }
        }
        let packing = match magic {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd] => Packing::Zstd,
            [b'P', b'K', 3 | 5, 4 | 6] => Packing::Zip,
            _ => Packing::Plain,
        };
        let entry = match packing {
            Packing::Zip => Some(find_entry(&file_path, wanted.as_deref())?),
            _ => None,
        };
        Ok(Source { path: file_path, entry, packing, bytes })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The name without folders of what is read: of the entry where it is an archive.
    pub(crate) fn file_name(&self) -> String {
        let name = self.entry.as_deref().map_or(self.path.as_path(), Path::new);
        name.file_name().unwrap_or(name.as_os_str()).to_string_lossy().into_owned()
    }

    /// The name of the file without folders.
    pub(crate) fn archive_name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    /// The size as stored.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// For messages: the path, and `#entry` where the archive has another name.
    pub(crate) fn display(&self) -> String {
        match &self.entry {
            Some(entry) => format!("{}#{entry}", self.path.display()),
            None => self.path.display().to_string(),
        }
    }

    /// Whether the file is read as it lies on the disk.
    pub(crate) fn is_plain(&self) -> bool {
        self.packing == Packing::Plain
    }

    /// Gives the unpacked bytes to `use_it`; counts in `done` the bytes read from the disk.
    pub(crate) fn read<T>(
        &self,
        done: &AtomicU64,
        use_it: impl FnOnce(&mut dyn Read) -> Result<T, IngestError>,
    ) -> Result<T, IngestError> {
        let file = File::open(&self.path).map_err(IngestError::io(&self.path))?;
        let counted = Counted { file, done };
        match self.packing {
            Packing::Plain => use_it(&mut { counted }),
            Packing::Gzip => use_it(&mut flate2::bufread::MultiGzDecoder::new(BufReader::new(counted))),
            Packing::Zstd => {
                let mut reader =
                    zstd::stream::read::Decoder::new(counted).map_err(IngestError::io(&self.path))?;
                use_it(&mut reader)
            }
            Packing::Zip => {
                let mut archive = zip::ZipArchive::new(BufReader::new(counted)).map_err(self.damaged())?;
                let name = self.entry.as_deref().expect("a zip source has an entry");
                use_it(&mut archive.by_name(name).map_err(self.damaged())?)
            }
        }
    }

    fn damaged(&self) -> impl FnOnce(zip::result::ZipError) -> IngestError {
        damaged_zip(&self.path)
    }
}

fn damaged_zip(path: &Path) -> impl FnOnce(zip::result::ZipError) -> IngestError {
    let path = path.to_path_buf();
    move |error| IngestError::layout(&path, format!("not a readable zip: {error}"), "fetch the file again")
}

/// Splits `archive.zip#entry` where no file has the whole name.
fn split_entry(path: &Path) -> (PathBuf, Option<String>) {
    let text = path.to_string_lossy();
    match text.rsplit_once('#') {
        Some((archive, entry)) if !path.exists() => (PathBuf::from(archive), Some(entry.to_string())),
        _ => (path.to_path_buf(), None),
    }
}

fn find_entry(path: &Path, wanted: Option<&str>) -> Result<String, IngestError> {
    let file = File::open(path).map_err(IngestError::io(path))?;
    let archive = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged_zip(path))?;
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(|name| name.into_owned()))
        .collect::<Result<_, _>>()
        .map_err(damaged_zip(path))?;
    let entries: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !name.ends_with('/') && !name.starts_with("__MACOSX"))
        .collect();
    let listed = || {
        let first = entries.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        if entries.len() > 5 { format!("{first} and {} more", entries.len() - 5) } else { first }
    };
    match (wanted, entries.as_slice()) {
        (Some(wanted), names) if names.contains(&wanted) => Ok(wanted.to_string()),
        (Some(wanted), _) => {
            Err(IngestError::layout(path, format!("no entry {wanted:?}"), format!("it has {}", listed())))
        }
        (None, [only]) => Ok((*only).to_string()),
        (None, []) => Err(IngestError::layout(path, "the archive is empty", "fetch the file again")),
        (None, several) => Err(IngestError::layout(
            path,
            format!("the archive holds {} files", several.len()),
            format!("name one as {}#ENTRY; it has {}", path.display(), listed()),
        )),
    }
}

/// Counts the bytes that are read.
struct Counted<'a> {
    file: File,
    done: &'a AtomicU64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.done.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn contents(path: &Path) -> Result<String, IngestError> {
        let source = Source::open(path)?;
        source.read(&AtomicU64::new(0), |reader| {
            let mut text = String::new();
            reader.read_to_string(&mut text).map_err(IngestError::io(path))?;
            Ok(text)
        })
    }

    fn zip(path: &Path, entries: &[&str]) {
        let mut writer = zip::ZipWriter::new(File::create(path).expect("a file"));
        for name in entries {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, options).expect("an entry");
            writer.write_all(name.as_bytes()).expect("its bytes");
        }
        writer.finish().expect("a zip");
    }

    #[test]
    fn every_packing_gives_the_same_text_whatever_the_file_is_called() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("plain"), "a,b\n").expect("a file");
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(b"a,b\n").expect("bytes");
        std::fs::write(path("gz"), gz.finish().expect("gz")).expect("a file");
        std::fs::write(path("zst"), zstd::encode_all(b"a,b\n".as_slice(), 1).expect("zst")).expect("a file");
        for name in ["plain", "gz", "zst"] {
            assert_eq!(contents(&path(name)).expect(name), "a,b\n", "{name}");
        }
        zip(&path("one.zip"), &["only.csv"]);
        assert_eq!(contents(&path("one.zip")).expect("zip"), "only.csv");
    }

    #[test]
    fn an_archive_of_several_files_wants_a_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("es.zip");
        zip(&path, &["201312.csv", "201403.csv"]);
        let error = contents(&path).expect_err("which one?");
        assert!(error.to_string().ends_with("the archive holds 2 files"), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("201312.csv, 201403.csv")), "{error:?}");
        let named = folder.path().join("es.zip#201403.csv");
        assert_eq!(contents(&named).expect("the entry"), "201403.csv");
        let missing = folder.path().join("es.zip#201501.csv");
        assert!(contents(&missing).expect_err("no such").to_string().contains("no entry \"201501.csv\""));
    }

    #[test]
    fn a_torn_file_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("torn.gz");
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all("1,2,3\n".repeat(1000).as_bytes()).expect("bytes");
        let whole = gz.finish().expect("gz");
        std::fs::write(&path, &whole[..whole.len() / 2]).expect("a file");
        assert!(contents(&path).expect_err("torn").to_string().contains("torn.gz"));
        assert!(contents(&folder.path().join("absent.csv")).is_err());
    }
}
