//! Large files over the async transport.

use std::{io, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use meeting_client::download::DownloadSink;
use meeting_types::{BodyStream, Download, TransportError};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use crate::{
    ReqwestTransport,
    failure::{failure, timed_out},
};

/// The head comes within the time that the request has, and so does each piece of the body.
#[async_trait]
impl Download for ReqwestTransport {
    async fn open(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Box<dyn BodyStream>>, TransportError> {
        let (mut response, patience) = self.head(request).await?;
        let mut head = Response::new(());
        *head.status_mut() = response.status();
        *head.version_mut() = response.version();
        *head.headers_mut() = std::mem::take(response.headers_mut());
        let body = Body { response, patience };
        Ok(head.map(|()| Box::new(body) as Box<dyn BodyStream>))
    }
}

struct Body {
    response: reqwest::Response,
    patience: Duration,
}

#[async_trait]
impl BodyStream for Body {
    async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        let patience = self.patience;
        match timeout(patience, self.response.chunk()).await {
            Ok(piece) => piece.map_err(|error| failure(error, patience)),
            Err(_) => Err(timed_out(patience)),
        }
    }
}

/// Writes a download to a writer of tokio, such as a `tokio::fs::File`.
///
/// A writer cannot be emptied: when the host does not go on where the download stopped, the download
/// ends with an error.
/// [`Client::download_to`](crate::Client::download_to) writes a file that can be emptied.
#[derive(Debug)]
pub struct ToAsyncWriter<W>(W);

impl<W: AsyncWrite + Unpin + Send> ToAsyncWriter<W> {
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
impl<W: AsyncWrite + Unpin + Send> DownloadSink for ToAsyncWriter<W> {
    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.0.write_all(piece).await
    }

    async fn empty(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.0.flush().await
    }
}

/// A file, written on the threads that tokio has for that.
pub(crate) struct ToFile(pub(crate) tokio::fs::File);

#[async_trait]
impl DownloadSink for ToFile {
    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.0.write_all(piece).await
    }

    async fn empty(&mut self) -> io::Result<()> {
        self.0.set_len(0).await?;
        tokio::io::AsyncSeekExt::rewind(&mut self.0).await.map(drop)
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.0.flush().await?;
        self.0.sync_data().await
    }
}
