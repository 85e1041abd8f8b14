//! Reads and writes of a connection that do not wait: for an event channel, on which both sides speak
//! when they like.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
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
        let stream = match self {
            Self::Plain(socket) if is_late => return Now(&mut socket.tcp).read(buffer),
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
                conn.read_tls(&mut Now(&mut sock.tcp))?;
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
            Self::Plain(socket) => {
                return match Now(&mut socket.tcp).write(bytes) {
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
                match conn.write_tls(&mut Now(&mut sock.tcp)) {
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(taken),
                    Err(error) => return Err(error),
                }
            }
            if taken == bytes.len() {
                return Ok(taken);
            }
            taken += conn.writer().write(&bytes[taken..])?;
        }
    }

    /// True when something that was written waits for the socket.
    pub(crate) fn is_unflushed(&self) -> bool {
        matches!(self, Self::Tls(stream) if stream.conn.wants_write())
    }
}

/// The same socket for what neither waits nor fails at a deadline.
struct Now<'a>(&'a mut TcpStream);

impl Now<'_> {
    fn at_once<T>(
        &mut self,
        operation: impl FnOnce(&mut TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        self.0.set_nonblocking(true)?;
        let result = operation(self.0);
        self.0.set_nonblocking(false)?;
        result
    }
}

impl Read for Now<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.at_once(|tcp| tcp.read(buffer))
    }
}

impl Write for Now<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.at_once(|tcp| tcp.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
