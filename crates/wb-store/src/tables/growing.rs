//! A table that grows while what it tells of goes on, and is whole again after its writer was killed.
//!
//! An Arrow IPC file is a magic number, then the messages of an IPC stream, then a footer. Batches are appended and
//! handed to the system one by one, so what a killed writer leaves is a stream whose last message may be torn, and
//! the batches before it are as good as ever. Who opens the table again is first given those batches, one by one, and
//! each is copied to a new file beside; where they end, the new file takes the place of the old one and grows on. It
//! then has the very bytes of a file that was written without a break.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::ipc::MetadataVersion;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use arrow::record_batch::RecordBatch;

use crate::error::{IoContext, StoreError, damaged};
use crate::output::{HashedFile, OutputFile};

/// Bytes on which messages are aligned; so many also stand before the first of them.
const ALIGNMENT: usize = 64;
/// The ending of the file that will take the place of the one that is continued.
const BESIDE: &str = "new";

/// The stored batches of a table, whether its file is whole or not.
pub(crate) struct StoredBatches {
    /// Absent where not even the schema is whole.
    stream: Option<StreamReader<BufReader<File>>>,
}

impl StoredBatches {
    /// Of the file at `path`; none where there is no such file.
    pub(crate) fn open(path: &Path) -> Result<StoredBatches, StoreError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(StoredBatches { stream: None }),
            Err(e) => return Err(e).doing("open", path),
        };
        file.seek(SeekFrom::Start(ALIGNMENT as u64)).doing("read", path)?;
        Ok(StoredBatches { stream: StreamReader::try_new(BufReader::new(file), None).ok() })
    }

    /// The schema, if it is whole.
    pub(crate) fn schema(&self) -> Option<Arc<Schema>> {
        self.stream.as_ref().map(StreamReader::schema)
    }
}

/// What cannot be read is torn, and so is what follows it.
impl Iterator for StoredBatches {
    type Item = RecordBatch;

    fn next(&mut self) -> Option<RecordBatch> {
        let batch = self.stream.as_mut()?.next().and_then(Result::ok);
        if batch.is_none() {
            self.stream = None;
        }
        batch
    }
}

/// A table being written, that of an earlier writer continued if there is one.
pub(crate) struct GrowingTable {
    path: PathBuf,
    /// Absent once all of them have been copied.
    stored: Option<StoredBatches>,
    writer: FileWriter<BufWriter<HashedFile>>,
}

impl GrowingTable {
    /// Opens the table at `path`, which has this schema or does not exist.
    ///
    /// # Errors
    /// Where the table that is there has another schema, or the disk refuses.
    pub(crate) fn open(path: &Path, schema: &Schema) -> Result<GrowingTable, StoreError> {
        let stored = StoredBatches::open(path)?;
        if stored.schema().is_some_and(|found| *found != *schema) {
            return Err(damaged(path, "its columns are not those of this sweep"));
        }
        let beside = beside(path);
        match fs::remove_file(&beside) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e).doing("remove", &beside),
            _ => {}
        }
        let options =
            IpcWriteOptions::try_new(ALIGNMENT, false, MetadataVersion::V5).expect("64 is an alignment");
        let writer = FileWriter::try_new_with_options(HashedFile::create(&beside)?, schema, options)
            .map_err(refused(path))?;
        Ok(GrowingTable { path: path.to_path_buf(), stored: Some(stored), writer })
    }

    /// The next batch of the earlier writer that is whole. What is to stay must be appended again.
    pub(crate) fn next_stored(&mut self) -> Option<RecordBatch> {
        self.stored.as_mut()?.next()
    }

    /// Ends the reading of what an earlier writer left: what was appended so far is the table now.
    pub(crate) fn settle(&mut self) -> Result<(), StoreError> {
        if self.stored.take().is_some() {
            self.flush()?;
            fs::rename(beside(&self.path), &self.path).doing("replace", &self.path)?;
        }
        Ok(())
    }

    /// Appends a batch. Once the table is settled, the batch survives the end of this process.
    pub(crate) fn append(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        self.writer.write(batch).map_err(refused(&self.path))?;
        if self.stored.is_none() { self.flush() } else { Ok(()) }
    }

    /// Writes the footer, with which the file is whole.
    pub(crate) fn finish(mut self) -> Result<OutputFile, StoreError> {
        self.settle()?;
        let name = self.path.file_name().expect("it was opened by its name").to_string_lossy().into_owned();
        let writer = self.writer.into_inner().map_err(refused(&self.path))?;
        Ok(OutputFile { name, ..HashedFile::finish(writer)? })
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.writer.get_mut().flush().doing("write", &self.path)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".");
    name.push(BESIDE);
    PathBuf::from(name)
}

fn refused(path: &Path) -> impl FnOnce(ArrowError) -> StoreError {
    let path = path.to_path_buf();
    |source| StoreError::Encode { path, source }
}

#[cfg(test)]
mod tests;
