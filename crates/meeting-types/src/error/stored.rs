//! serde for refusals, which login stores remember.

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::ServiceError;
use crate::operations;

/// Writes operation, status, code, message and request id, in this order. A wait that was asked for is
/// not written: it is over when the refusal is read.
impl Serialize for ServiceError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (operation, status) = (self.operation(), self.status().as_u16());
        let (code, message, request_id) = (self.code(), self.message(), self.request_id());
        (operation, status, code, message, request_id).serialize(serializer)
    }
}

type Parts = (String, u16, String, String, Option<String>);

/// An operation that is not one of this crate reads as none.
impl<'de> Deserialize<'de> for ServiceError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (operation, status, code, message, request_id) = Parts::deserialize(deserializer)?;
        let status = StatusCode::from_u16(status).map_err(D::Error::custom)?;
        let known = operations::ALL.iter().find(|info| info.name == operation);
        let operation = known.map_or("", |info| info.name);
        Ok(Self::new(status, code, message).of(operation, request_id))
    }
}
