//! Files that are hashed while they are written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{IoContext, StoreError};
use crate::hash::ContentHash;

/// A file that was written: what it must still hold when it is read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OutputFile {
    /// Its name in the folder.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The hash of its content.
    pub blake3: ContentHash,
}

impl OutputFile {
    /// A file of that name and content.
    pub(crate) fn of(name: &str, content: &[u8]) -> OutputFile {
        let (bytes, blake3) = (content.len() as u64, ContentHash::of(content));
        OutputFile { name: name.to_string(), bytes, blake3 }
    }
}

/// A file being written and hashed in one pass.
pub(crate) struct HashedFile {
    path: PathBuf,
    file: File,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl HashedFile {
    /// A new file; buffered, because writers of text and of Arrow headers write a few bytes at a time.
    pub(crate) fn create(path: &Path) -> Result<BufWriter<HashedFile>, StoreError> {
        let file = File::create_new(path).doing("create", path)?;
        let (path, hasher) = (path.to_path_buf(), blake3::Hasher::new());
        Ok(BufWriter::new(HashedFile { path, file, hasher, bytes: 0 }))
    }

    /// Writes `content` as one file.
    pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<OutputFile, StoreError> {
        let mut writer = HashedFile::create(path)?;
        writer.write_all(content).doing("write", path)?;
        HashedFile::finish(writer)
    }

    /// What was written, once nothing more will be.
    pub(crate) fn finish(writer: BufWriter<HashedFile>) -> Result<OutputFile, StoreError> {
        let path = writer.get_ref().path.clone();
        let done = writer.into_inner().map_err(|e| e.into_error()).doing("write", &path)?;
        let name = path.file_name().expect("it was created by its name").to_string_lossy().into_owned();
        Ok(OutputFile { name, bytes: done.bytes, blake3: ContentHash::from_hasher(&done.hasher) })
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
