//! The buffers of a connection, as ureq wants to see them.

use ureq::unversioned::transport::Buffers;

/// Number of bytes that are read at once.
const READ: usize = 16 * 1024;
/// Number of bytes of a request that are written at once.
const WRITE: usize = 64 * 1024;
/// ureq copies bodies of chunks through this.
const SCRATCH: usize = 10 * 1024;

/// Buffers that grow with what a response brings, since a head has to be in there whole.
#[derive(Default)]
pub(crate) struct ExchangeBuffers {
    input: Vec<u8>,
    consumed: usize,
    /// Room for input behind what has come, for the time between asking for it and filling it.
    spare: Vec<u8>,
    output: Vec<u8>,
    progress: bool,
}

impl ExchangeBuffers {
    /// Buffer to which input is appended.
    pub(crate) fn input_end(&mut self) -> &mut Vec<u8> {
        if self.consumed == self.input.len() {
            self.input.clear();
            self.consumed = 0;
        }
        &mut self.input
    }

    /// Bytes to be sent.
    pub(crate) fn to_send(&self, amount: usize) -> &[u8] {
        &self.output[..amount]
    }

    /// Room to read into.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        self.spare.resize(READ, 0);
        &mut self.spare
    }

    /// Moves what was read into the room to the input.
    pub(crate) fn appended(&mut self, amount: usize) {
        if self.consumed == self.input.len() {
            self.input.clear();
            self.consumed = 0;
        }
        self.input.extend_from_slice(&self.spare[..amount]);
    }
}

impl Buffers for ExchangeBuffers {
    fn output(&mut self) -> &mut [u8] {
        self.output.resize(WRITE, 0);
        &mut self.output
    }

    fn input(&self) -> &[u8] {
        &self.input[self.consumed..]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.room()
    }

    fn input_appended(&mut self, amount: usize) {
        self.appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.consumed += amount;
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.spare.resize(READ.max(SCRATCH), 0);
        self.output.resize(WRITE, 0);
        (&mut self.spare, &mut self.output)
    }

    fn can_use_input(&self) -> bool {
        self.progress && !self.input().is_empty()
    }
}
