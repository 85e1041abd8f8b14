//! Takes a form apart, strictly.

use anyhow::{Context, Result, bail};

/// A part of a form.
pub(crate) struct Part {
    pub(crate) name: String,
    /// What there is to compare: what it is, and what it says.
    pub(crate) facts: Vec<(String, String)>,
}

/// The parts between the boundaries.
pub(crate) fn parts(body: &[u8], boundary: &str) -> Result<Vec<Part>> {
    // Behind a line break, like all other boundaries.
    let body = [b"\r\n", body].concat();
    let delimiter = format!("\r\n--{boundary}");
    let mut pieces = split(&body, delimiter.as_bytes()).into_iter();
    if pieces.next() != Some(&[][..]) {
        bail!("the form does not begin with its boundary");
    }
    let mut parts = Vec::new();
    for piece in pieces {
        if piece.starts_with(b"--") {
            return Ok(parts);
        }
        let piece = piece
            .strip_prefix(b"\r\n")
            .context("a boundary is followed by something")?;
        parts.push(part(piece)?);
    }
    bail!("the form has no end");
}

fn part(piece: &[u8]) -> Result<Part> {
    let mut halves = split(piece, b"\r\n\r\n").into_iter();
    let head = halves.next().unwrap_or_default();
    let content = &piece[(head.len() + 4).min(piece.len())..];
    let head = std::str::from_utf8(head).context("the head of a part is not UTF-8")?;
    let (mut name, mut facts) = (None, Vec::new());
    for line in head.lines() {
        let (header, value) = line
            .split_once(": ")
            .context("the head of a part is garbled")?;
        let header = header.to_ascii_lowercase();
        if header != "content-disposition" {
            facts.push((header, value.to_owned()));
            continue;
        }
        let mut parameters = value.split("; ");
        facts.push((
            "disposition".to_owned(),
            parameters.next().unwrap_or_default().to_owned(),
        ));
        // A `; ` inside a name makes a parameter without a name here, for both SDKs alike.
        for parameter in parameters {
            match parameter.split_once('=') {
                Some(("name", value)) => name = Some(value.trim_matches('"').to_owned()),
                Some((other, value)) => facts.push((other.to_owned(), value.to_owned())),
                None => facts.push(("filename, continued".to_owned(), parameter.to_owned())),
            }
        }
    }
    facts.push(("content".to_owned(), content.escape_ascii().to_string()));
    Ok(Part {
        name: name.context("a part has no name")?,
        facts,
    })
}

fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    while at + by.len() <= bytes.len() {
        if bytes[at..].starts_with(by) {
            pieces.push(&bytes[start..at]);
            at += by.len();
            start = at;
        } else {
            at += 1;
        }
    }
    pieces.push(&bytes[start..]);
    pieces
}
