//! Reads and writes of a connection that do not wait: for an event channel, on which both sides speak
//! when they like.

use std::{
    io::{self, Read, Write},
    time::Instant,
};

use rustls::StreamOwned;

use super::Stream;

impl Stream {
    /// Reads what is there, or waits for it until `deadline`. Nothing by then is `TimedOut` or
    /// `WouldBlock`. What could not be written yet does not keep it from reading.
    pub(crate) fn read_until(
        &mut self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> io::Result<usize> {
        self.set_deadline(deadline);
        let is_late = deadline.is_some_and(|deadline| deadline <= Instant::now());
        if matches!(self, Self::Plain(_)) && is_late {
            return Now(self).read(buffer);
        }
        let stream = match self {
            Self::Plain(socket) => return socket.read(buffer),
            Self::Tls(stream) => stream,
        };
        let StreamOwned { conn, sock } = &mut **stream;
        loop {
            match conn.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            if is_late {
                conn.read_tls(&mut Now(sock))?;
            } else {
                conn.read_tls(sock)?;
            }
            conn.process_new_packets()
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
    }

    /// Writes as much as the socket takes without waiting; nothing of `bytes` may be among it.
    pub(crate) fn write_now(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let stream = match self {
            plain @ Self::Plain(_) => {
                return match Now(plain).write(bytes) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
                    written => written,
                };
            }
            Self::Tls(stream) => stream,
        };
        let StreamOwned { conn, sock } = &mut **stream;
        let mut taken = 0;
        loop {
            while conn.wants_write() {
                match conn.write_tls(&mut Now(sock)) {
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(taken),
                    Err(error) => return Err(error),
                }
            }
            // What a proxy's own TLS could not write yet goes first.
            if matches!(sock, Self::Tls(_)) {
                sock.write_now(&[])?;
            }
            if taken == bytes.len() {
                return Ok(taken);
            }
            taken += conn.writer().write(&bytes[taken..])?;
        }
    }

    /// True when something that was written waits for the socket.
    pub(crate) fn is_unflushed(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.conn.wants_write() || stream.sock.is_unflushed(),
        }
    }
}

/// A stream for what neither waits nor fails at a deadline.
struct Now<'a>(&'a mut Stream);

impl Now<'_> {
    fn at_once<T>(
        &mut self,
        operation: impl FnOnce(&mut Stream) -> io::Result<T>,
    ) -> io::Result<T> {
        self.0.socket().set_at_once(true)?;
        let result = operation(self.0);
        self.0.socket().set_at_once(false)?;
        result
    }
}

impl Read for Now<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.at_once(|stream| stream.read(buffer))
    }
}

impl Write for Now<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.at_once(|stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
