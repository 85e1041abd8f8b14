//! What one direction of a connection makes of its bytes. Free of IO.

use std::time::Duration;

use super::{Direction, Fault};

/// What to do next with the bytes of one direction.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Carries these bytes on.
    Write(Vec<u8>),
    /// Lets time pass.
    Pause(Duration),
    /// Closes both sides.
    Close,
    /// Breaks both sides.
    Reset,
    /// Says these bytes to whoever sent what was read, and closes both sides.
    Answer(Vec<u8>),
}

/// One direction of a connection, with the fault that it suffers.
pub(super) struct Line {
    fault: Option<Fault>,
    /// How many exchanges pass before it.
    after: usize,
    /// How many bytes came in since.
    seen: usize,
    silent: bool,
}

impl Line {
    /// The line of a connection with this fault. What concerns the other direction is left out.
    pub(super) fn new(direction: Direction, fault: Option<&Fault>) -> Self {
        let concerned = |fault: &&Fault| match fault {
            Fault::Cut { direction: of, .. }
            | Fault::Reset { direction: of, .. }
            | Fault::Silence { direction: of, .. }
            | Fault::Delay { direction: of, .. }
            | Fault::Dribble { direction: of, .. }
            | Fault::Duplicate { direction: of, .. }
            | Fault::Truncate { direction: of, .. }
            | Fault::Garble { direction: of, .. } => *of == direction,
            Fault::Interim { .. } | Fault::WrongLength { .. } => direction == Direction::ToClient,
            Fault::EarlyAnswer { .. } => direction == Direction::ToServer,
            // The proxy, which has the clock, makes this one.
            Fault::UnaskedAnswer { .. } | Fault::After { .. } => false,
        };
        Self {
            after: fault.map_or(0, Fault::exchanges_before),
            fault: fault.map(Fault::itself).filter(concerned).cloned(),
            seen: 0,
            silent: false,
        }
    }

    /// What to do before any byte has come: a fault at byte 0 of what never comes is due as well.
    pub(super) fn open(&mut self) -> Option<Act> {
        match &self.fault {
            _ if self.after > 0 => None,
            Some(Fault::Cut {
                at: 0,
                direction: Direction::ToServer,
            }) => Some(Act::Close),
            Some(Fault::Reset {
                at: 0,
                direction: Direction::ToServer,
            }) => Some(Act::Reset),
            _ => None,
        }
    }

    /// How many exchanges pass before the fault.
    pub(super) fn after(&self) -> usize {
        self.after
    }

    /// Whether it swallows what comes.
    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    /// What to do with the bytes that were read, in this exchange of the connection, from 0.
    pub(super) fn pass(&mut self, exchange: usize, mut bytes: Vec<u8>) -> Vec<Act> {
        if exchange < self.after {
            return vec![Act::Write(bytes)];
        }
        let start = self.seen;
        self.seen += bytes.len();
        if self.silent {
            return vec![];
        }
        // Where a position lies in these bytes, if it was reached with them.
        let length = bytes.len();
        let reached = |at: usize| at.checked_sub(start).filter(|&index| index < length);
        match self.fault.clone() {
            Some(Fault::Cut { at, .. }) => ending(bytes, reached(at), Act::Close),
            Some(Fault::Reset { at, .. }) => ending(bytes, reached(at), Act::Reset),
            Some(Fault::EarlyAnswer { at, status }) => {
                let answer = format!(
                    "HTTP/1.1 {status} Early\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                );
                ending(bytes, reached(at), Act::Answer(answer.into_bytes()))
            }
            Some(Fault::Silence { at, .. }) => {
                if let Some(index) = reached(at) {
                    self.silent = true;
                    bytes.truncate(index);
                }
                vec![Act::Write(bytes)]
            }
            Some(Fault::Delay { at, by, .. }) => match reached(at) {
                Some(index) => {
                    let late = bytes.split_off(index);
                    vec![Act::Write(bytes), Act::Pause(by), Act::Write(late)]
                }
                None => vec![Act::Write(bytes)],
            },
            Some(Fault::Dribble {
                pause, bytes: most, ..
            }) => {
                let rest = bytes.split_off(most.saturating_sub(start).min(length));
                let drops = bytes.into_iter();
                let mut acts: Vec<Act> = drops
                    .flat_map(|byte| [Act::Write(vec![byte]), Act::Pause(pause)])
                    .collect();
                acts.push(Act::Write(rest));
                acts
            }
            Some(Fault::Duplicate { at, .. }) => {
                if reached(at).is_some() {
                    // In one piece, so that both arrive at once.
                    bytes.extend_from_within(..);
                }
                vec![Act::Write(bytes)]
            }
            Some(Fault::Truncate {
                at,
                length: left_out,
                ..
            }) => {
                let within = |position: usize| position.saturating_sub(start).min(length);
                bytes.drain(within(at)..within(at.saturating_add(left_out)));
                vec![Act::Write(bytes)]
            }
            Some(Fault::Garble {
                at,
                length: garbled,
                bits,
                ..
            }) => {
                let bits = if bits == 0 { u8::MAX } else { bits };
                for (position, byte) in (start..).zip(&mut bytes) {
                    if (at..at.saturating_add(garbled)).contains(&position) {
                        *byte ^= bits;
                    }
                }
                vec![Act::Write(bytes)]
            }
            Some(Fault::Interim { count }) if start == 0 => {
                let mut said = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(count);
                said.append(&mut bytes);
                vec![Act::Write(said)]
            }
            Some(Fault::WrongLength { by }) => {
                if let Some(wrong) = with_wrong_length(&bytes, by) {
                    self.fault = None;
                    bytes = wrong;
                }
                vec![Act::Write(bytes)]
            }
            _ => vec![Act::Write(bytes)],
        }
    }
}

fn ending(mut bytes: Vec<u8>, at: Option<usize>, end: Act) -> Vec<Act> {
    match at {
        Some(index) => {
            bytes.truncate(index);
            vec![Act::Write(bytes), end]
        }
        None => vec![Act::Write(bytes)],
    }
}

/// These bytes with another `content-length`, if they hold one.
fn with_wrong_length(bytes: &[u8], by: i64) -> Option<Vec<u8>> {
    const NAME: &[u8] = b"content-length:";
    let start = bytes
        .windows(NAME.len())
        .position(|window| window.eq_ignore_ascii_case(NAME))?
        + NAME.len();
    let length = bytes[start..].iter().position(|&byte| byte == b'\r')?;
    let (head, rest) = bytes.split_at(start);
    let (value, tail) = rest.split_at(length);
    let value: i64 = std::str::from_utf8(value).ok()?.trim().parse().ok()?;
    let wrong = value.saturating_add(by).max(0);
    Some([head, format!(" {wrong}").as_bytes(), tail].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fault::{FaultPlan, any_fault};

    /// What arrives of pieces, whether the line still carries, and what it says to the sender.
    fn arrives(fault: Option<&Fault>, direction: Direction, pieces: &[&[u8]]) -> (Vec<u8>, bool) {
        let mut line = Line::new(direction, fault);
        let mut arrived = Vec::new();
        for piece in pieces {
            for act in line.pass(0, piece.to_vec()) {
                match act {
                    Act::Write(bytes) => arrived.extend(bytes),
                    Act::Pause(_) => {}
                    Act::Close | Act::Reset | Act::Answer(_) => return (arrived, false),
                }
            }
        }
        (arrived, true)
    }

    #[test]
    fn each_fault_does_what_it_says() {
        use Direction::{ToClient, ToServer};
        let two: [&[u8]; 2] = [b"abcd", b"efgh"];
        let to_client = |fault: Fault| {
            let (bytes, open) = arrives(Some(&fault), ToClient, &two);
            (String::from_utf8_lossy(&bytes).into_owned(), open)
        };
        let direction = ToClient;
        let expected = |text: &str, open| (text.to_owned(), open);
        let cut = Fault::Cut { direction, at: 5 };
        assert_eq!(to_client(cut.clone()), expected("abcde", false));
        let cut_beyond = Fault::Cut { direction, at: 8 };
        assert_eq!(to_client(cut_beyond), expected("abcdefgh", true));
        let reset = Fault::Reset { direction, at: 4 };
        assert_eq!(to_client(reset), expected("abcd", false));
        let silence = Fault::Silence { direction, at: 3 };
        assert_eq!(to_client(silence), expected("abc", true));
        let duplicate = Fault::Duplicate { direction, at: 6 };
        assert_eq!(to_client(duplicate), expected("abcdefghefgh", true));
        let truncate = Fault::Truncate {
            direction,
            at: 3,
            length: 3,
        };
        assert_eq!(to_client(truncate), expected("abcgh", true));
        let garble = Fault::Garble {
            direction,
            at: 3,
            length: 2,
            bits: 0x20,
        };
        assert_eq!(to_client(garble), expected("abcDEfgh", true));
        let late = Fault::Delay {
            direction,
            at: 1,
            by: Duration::ZERO,
        };
        assert_eq!(to_client(late), expected("abcdefgh", true));
        assert_eq!(
            arrives(Some(&cut), ToServer, &two),
            (b"abcdefgh".to_vec(), true),
            "the other direction is left alone"
        );
        let early = Fault::EarlyAnswer { status: 413, at: 2 };
        assert_eq!(
            arrives(Some(&early), ToServer, &two),
            (b"ab".to_vec(), false)
        );
    }

    #[test]
    fn a_length_can_be_wrong() {
        let head: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
        let wrong = Fault::WrongLength { by: -20 };
        let (arrived, _) = arrives(Some(&wrong), Direction::ToClient, &[head, head]);
        let text = String::from_utf8(arrived).unwrap_or_default();
        assert_eq!(text.matches("Content-Length: 0\r\n").count(), 1, "{text}");
        assert_eq!(text.matches("Content-Length: 12\r\n").count(), 1, "{text}");
    }

    #[test]
    fn a_fault_can_wait_for_an_exchange() {
        let direction = Direction::ToClient;
        let later = Fault::After {
            exchanges: 2,
            fault: Box::new(Fault::Cut { direction, at: 1 }),
        };
        let mut line = Line::new(direction, Some(&later));
        for exchange in 0..2 {
            assert_eq!(
                line.pass(exchange, b"ab".to_vec()),
                [Act::Write(b"ab".to_vec())]
            );
        }
        let cut = [Act::Write(b"a".to_vec()), Act::Close];
        assert_eq!(line.pass(2, b"ab".to_vec()), cut);
    }

    proptest! {
        /// Only what says so alters bytes, however they are cut into pieces.
        #[test]
        fn unaltered_bytes_arrive_in_order(
            fault in any_fault(),
            bytes in proptest::collection::vec(any::<u8>(), 0..3000),
            piece in 1..700_usize,
        ) {
            for direction in [Direction::ToServer, Direction::ToClient] {
                let pieces: Vec<&[u8]> = bytes.chunks(piece).collect();
                let (arrived, _) = arrives(Some(&fault), direction, &pieces);
                let interim = matches!(fault.itself(), Fault::Interim { .. });
                if fault.alters() != Some(direction) && !interim {
                    prop_assert!(bytes.starts_with(&arrived));
                }
            }
        }

        #[test]
        fn a_seed_gives_one_plan(seed: u64) {
            prop_assert_eq!(FaultPlan::from_seed(seed), FaultPlan::from_seed(seed));
        }
    }
}
