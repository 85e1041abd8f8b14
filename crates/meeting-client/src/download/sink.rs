//! Targets of a download.

use std::io::{self, Write};

use async_trait::async_trait;

/// Destination of a download: a file, or any writer.
#[async_trait]
pub trait DownloadSink: Send {
    /// Writes all of a piece behind the ones before.
    ///
    /// # Errors
    ///
    /// The error of the destination, with which the download ends.
    async fn write(&mut self, piece: &[u8]) -> io::Result<()>;

    /// Removes what was written, because the file starts anew. Not called while that is nothing.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] where what was written cannot be taken back, as by a pipe. The
    /// download ends with it.
    async fn empty(&mut self) -> io::Result<()>;

    /// Takes in that the file is complete.
    ///
    /// # Errors
    ///
    /// The error of the destination, with which the download ends.
    async fn finish(&mut self) -> io::Result<()>;
}

/// Writes a download to a writer that blocks, on the thread that drives the download.
///
/// A writer cannot be emptied: when the host does not go on where the download stopped, the download
/// ends with an error.
/// A file of the standard library is a sink by itself, and can be emptied.
#[derive(Debug)]
pub struct ToWriter<W>(W);

impl<W: Write + Send> ToWriter<W> {
    /// A download to this writer.
    pub fn new(writer: W) -> Self {
        Self(writer)
    }

    /// The writer.
    pub fn into_inner(self) -> W {
        self.0
    }
}

#[async_trait]
impl<W: Write + Send> DownloadSink for ToWriter<W> {
    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.0.write_all(piece)
    }

    async fn empty(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes to the file from its beginning, on the thread that drives the download. What was in it goes
/// first.
#[async_trait]
impl DownloadSink for std::fs::File {
    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.write_all(piece)
    }

    async fn empty(&mut self) -> io::Result<()> {
        use std::io::Seek;

        self.set_len(0)?;
        self.rewind()
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

#[async_trait]
impl DownloadSink for Vec<u8> {
    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.extend_from_slice(piece);
        Ok(())
    }

    async fn empty(&mut self) -> io::Result<()> {
        self.clear();
        Ok(())
    }

    async fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}
