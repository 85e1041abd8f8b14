//! Large files over the blocking transport.

use std::{io::Read, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use meeting_types::{BodyStream, Download, TransportError};
use ureq::BodyReader;

use crate::{UreqTransport, connector::set_patience, transport::failure};

/// Number of bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// The head comes within the time that the request has, and so does each piece of the body.
#[async_trait]
impl Download for UreqTransport {
    async fn open(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Box<dyn BodyStream>>, TransportError> {
        let (response, patience) = self.head(request)?;
        Ok(response.map(|body| {
            let body = Body {
                reader: body.into_reader(),
                patience,
            };
            Box::new(body) as Box<dyn BodyStream>
        }))
    }
}

struct Body {
    reader: BodyReader<'static>,
    patience: Duration,
}

#[async_trait]
impl BodyStream for Body {
    async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        let _patience = set_patience(self.patience);
        let mut piece = vec![0; PIECE];
        let read = self.reader.read(&mut piece);
        let read = read.map_err(|error| failure(error.into(), self.patience))?;
        piece.truncate(read);
        Ok((read > 0).then(|| piece.into()))
    }
}
