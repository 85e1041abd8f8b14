//! UTF-16 and UTF-32 to UTF-8.

use super::{Broken, Flaw, LISTED, Mend, MendKind};

/// Encoding in units of several bytes.
#[derive(Clone, Copy)]
struct Form {
    /// Bytes of a unit: 2 or 4.
    width: usize,
    big_endian: bool,
}

/// The text as UTF-8, when it is in UTF-16 or UTF-32; nothing for all else.
pub(super) fn transcode(body: &[u8]) -> Option<Result<(String, Vec<Mend>), Broken>> {
    let form = form_of(body)?;
    let units = body.chunks_exact(form.width);
    // The first or the last byte of a unit, and nothing after it.
    if units.remainder().iter().any(|byte| *byte != 0) {
        return Some(Err(Broken::new(body, body.len(), Flaw::CutShort)));
    }
    let mut mends = vec![Mend {
        at: 0,
        kind: MendKind::Encoding,
    }];
    let mut text = String::with_capacity(body.len());
    let mut push = |read: Option<char>, kind| {
        if read.is_none() && mends.len() < LISTED {
            mends.push(Mend {
                at: text.len(),
                kind,
            });
        }
        text.push(read.unwrap_or(char::REPLACEMENT_CHARACTER));
    };
    if form.width == 2 {
        let units = units.map(|unit| match form.big_endian {
            true => u16::from_be_bytes([unit[0], unit[1]]),
            false => u16::from_le_bytes([unit[0], unit[1]]),
        });
        for read in char::decode_utf16(units) {
            push(read.ok(), MendKind::HalfPair);
        }
    } else {
        for unit in units {
            let unit = [unit[0], unit[1], unit[2], unit[3]];
            let number = match form.big_endian {
                true => u32::from_be_bytes(unit),
                false => u32::from_le_bytes(unit),
            };
            push(char::from_u32(number), MendKind::Bytes);
        }
    }
    Some(Ok((text, mends)))
}

/// By the byte order mark, else by where the zeros are: the first two characters of an object or a
/// list are ASCII.
fn form_of(body: &[u8]) -> Option<Form> {
    let form = |width, big_endian| Some(Form { width, big_endian });
    match body {
        [0xff, 0xfe, 0, 0, ..] => form(4, false),
        [0, 0, 0xfe, 0xff, ..] => form(4, true),
        [0xff, 0xfe, ..] => form(2, false),
        [0xfe, 0xff, ..] => form(2, true),
        [1..=255, 0, 0, 0, 1..=255, 0, 0, 0, ..] => form(4, false),
        [0, 0, 0, 1..=255, 0, 0, 0, 1..=255, ..] => form(4, true),
        [1..=255, 0, 1..=255, 0, ..] => form(2, false),
        [0, 1..=255, 0, 1..=255, ..] => form(2, true),
        _ => None,
    }
}
