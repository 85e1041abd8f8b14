//! Files that travel to the service.

use std::fmt;

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};

use crate::{
    schema::{Content, Empty, Format, Kind, Part, Problem, Unfit, Value, WireInput, WireValue},
    serde_struct,
};

/// The longest file name that is sent, in bytes: what file systems hold.
const LONGEST_NAME: usize = 255;

/// A file to upload: its content, and the name and type that the service is told.
///
/// ```
/// use meeting_types::Upload;
///
/// let picture = Upload::new("me.png", "image/png", &b"\x89PNG"[..]);
/// assert_eq!(picture.content.len(), 4);
/// ```
///
/// serde writes its content as Base64, in every format.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Upload {
    /// The name, without folders. At most 255 bytes.
    pub file_name: String,
    /// The media type, such as `image/png`.
    pub content_type: String,
    /// The content.
    pub content: Bytes,
}

impl Upload {
    /// A file with this name, type and content. It is checked when a request is built from it.
    pub fn new(
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: content_type.into(),
            content: content.into(),
        }
    }

    /// Refuses what would break the form around the file.
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        for (part, text) in [
            ("file_name", &self.file_name),
            ("content_type", &self.content_type),
        ] {
            let fail = |problem| Err(Unfit::new(part, problem));
            if text.trim().is_empty() {
                return fail(Problem::Blank);
            }
            if text.chars().any(char::is_control) {
                return fail(Problem::ControlCharacter);
            }
            if text.len() > LONGEST_NAME {
                return fail(Problem::TooLong { max: 255 });
            }
        }
        if !self.content_type.is_ascii() {
            return Err(Unfit::new("content_type", Problem::NotAscii));
        }
        Ok(())
    }
}

/// Prints the length of the content in place of the content.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("bytes", &self.content.len())
            .finish()
    }
}

serde_struct! { Upload {
    file_name: String,
    content_type: String,
    content: Bytes as in_base64,
} }

/// The content as text, so that it has the same form in all formats.
mod in_base64 {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(content: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(content))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        let content = STANDARD.decode(text);
        content
            .map(Bytes::from)
            .map_err(|_| D::Error::custom("the content of a file is no Base64"))
    }
}

impl Value for Upload {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::File(self)
    }

    fn begin(&mut self, part: Part) -> Option<Content<'_>> {
        (part == Part::File).then_some(Content::File(self))
    }

    fn content_mut(&mut self) -> Option<Content<'_>> {
        Some(Content::File(self))
    }
}

impl Empty for Upload {
    const KIND: Kind = Kind::File;

    fn empty() -> Self {
        Self::new("", "", Bytes::new())
    }
}

/// Writes files as the parts of a form. Gives the body and its content type.
pub(crate) fn write_form(parts: &[(&str, &Upload)]) -> (Bytes, String) {
    // What the content's own hash is part of does not occur in the content.
    let mut hash = Sha256::new();
    for (_, upload) in parts {
        hash.update(&upload.content);
    }
    let mut boundary = String::from("meeting-");
    for byte in &hash.finalize()[..16] {
        boundary.push_str(&format!("{byte:02x}"));
    }
    let size: usize = parts
        .iter()
        .map(|(_, upload)| upload.content.len() + 400)
        .sum();
    let mut body = BytesMut::with_capacity(size + 64);
    for (name, upload) in parts {
        let file_name = upload.file_name.replace('"', "%22");
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; \
             filename=\"{file_name}\"\r\nContent-Type: {}\r\n\r\n",
            upload.content_type,
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&upload.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (
        body.freeze(),
        format!("multipart/form-data; boundary={boundary}"),
    )
}

/// Reads the file `name` out of a form.
#[cfg(any(feature = "server", test))]
pub(crate) fn read_form(content_type: &str, body: &Bytes, name: &str) -> Option<Upload> {
    let boundary = content_type
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    if boundary.is_empty() {
        return None;
    }
    let opening = format!("--{boundary}\r\n");
    let between = format!("\r\n--{boundary}");
    let mut start = find(body, opening.as_bytes(), 0)? + opening.len();
    loop {
        let end = find(body, between.as_bytes(), start)?;
        let head_end = find(&body[..end], b"\r\n\r\n", start)?;
        let head = std::str::from_utf8(&body[start..head_end]).ok()?;
        if parameter(head, "name").as_deref() == Some(name) {
            let content_type = head.lines().find_map(|line| {
                let (header, value) = line.split_once(':')?;
                header
                    .eq_ignore_ascii_case("content-type")
                    .then(|| value.trim().to_owned())
            });
            return Some(Upload {
                file_name: parameter(head, "filename")?,
                content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
                content: body.slice(head_end + 4..end),
            });
        }
        start = end + between.len() + 2;
    }
}

/// A quoted parameter of a part's head.
#[cfg(any(feature = "server", test))]
fn parameter(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!("; {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("%22", "\""))
}

#[cfg(any(feature = "server", test))]
fn find(body: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let rest = body.get(from..)?;
    rest.windows(what.len())
        .position(|window| window == what)
        .map(|at| from + at)
}
