//! The text of a file with a shared login: JSON.

use std::io;

use meeting_types::{SavedLogin, Timestamp, exposed};
use serde_json::{Map, Value, json};

use super::super::record::{Claimed, Mark, Record, Refused};

/// The form that this release writes. A file in another one counts as absent.
const FORM: u64 = 1;

/// Content of a file.
pub(super) struct Content {
    /// The key of the marks of refused secrets. Only secrets that were refused leave a mark.
    pub(super) salt: [u8; 16],
    pub(super) record: Record,
}

impl Content {
    pub(super) fn new() -> Self {
        Self {
            salt: uuid::Uuid::new_v4().into_bytes(),
            record: Record::default(),
        }
    }

    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let record = &self.record;
        let refusals: Vec<_> = record.refusals.iter().map(refused).collect();
        let mut fields = Map::from_iter([
            ("form".to_owned(), json!(FORM)),
            ("salt".to_owned(), json!(hex(&self.salt))),
            ("last".to_owned(), json!(record.last)),
            ("refusals".to_owned(), json!(refusals)),
        ]);
        if let Some((number, login)) = &record.login {
            let login = exposed::serialize(login, serde_json::value::Serializer)?;
            fields.insert("number".to_owned(), json!(number));
            fields.insert("login".to_owned(), login);
        }
        if let Some(claim) = &record.claim {
            let claim = json!({"number": claim.number, "by": claim.by, "until": claim.until});
            fields.insert("claim".to_owned(), claim);
        }
        Ok(serde_json::to_vec(&fields)?)
    }

    /// Reads a file; `None` when it is torn, garbled, or of another form.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
        if fields.get("form")?.as_u64()? != FORM {
            return None;
        }
        let login = match fields.remove("login") {
            Some(login) => {
                let login: SavedLogin = exposed::deserialize(login).ok()?;
                Some((fields.get("number")?.as_u64()?, login))
            }
            None => None,
        };
        let claim = match fields.get("claim") {
            Some(claim) => Some(Claimed {
                number: claim.get("number")?.as_u64()?,
                by: claim.get("by")?.as_str()?.to_owned(),
                until: time(claim.get("until")?)?,
            }),
            None => None,
        };
        let refusals = fields.get("refusals")?.as_array()?;
        Some(Self {
            salt: bytes_of(fields.get("salt")?)?,
            record: Record {
                last: fields.get("last")?.as_u64()?,
                login,
                claim,
                refusals: refusals.iter().map(read_refused).collect::<Option<_>>()?,
            },
        })
    }
}

fn refused(refused: &Refused) -> Value {
    json!({
        "mark": hex(&refused.mark), "refusal": refused.refusal, "until": refused.until,
    })
}

fn read_refused(value: &Value) -> Option<Refused> {
    let mark: Mark = bytes_of(value.get("mark")?)?;
    Some(Refused {
        mark,
        refusal: serde_json::from_value(value.get("refusal")?.clone()).ok()?,
        until: time(value.get("until")?)?,
    })
}

fn time(value: &Value) -> Option<Timestamp> {
    serde_json::from_value(value.clone()).ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of<const N: usize>(value: &Value) -> Option<[u8; N]> {
    let text = value.as_str().filter(|text| text.len() == 2 * N)?;
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        let digits = text.get(2 * index..2 * index + 2)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}
