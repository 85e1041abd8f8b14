//! The three formats in which values are kept.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

pub(crate) fn cbor<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// Writes `value` in JSON, CBOR and MessagePack and as a tree, and reads it back.
#[track_caller]
pub(crate) fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let from_text: T = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert!(
        from_text == *value,
        "{from_text:?} of {text} is not {value:?}"
    );

    let tree = serde_json::to_value(value).unwrap();
    let from_tree: T = serde_json::from_value(tree).unwrap();
    assert!(
        from_tree == *value,
        "{from_tree:?} of {text} is not {value:?}"
    );

    let bytes = cbor(value);
    let from_cbor: T = ciborium::from_reader(&*bytes).unwrap();
    assert!(from_cbor == *value, "{from_cbor:?} is not {value:?}");

    for bytes in [
        rmp_serde::to_vec(value).unwrap(),
        rmp_serde::to_vec_named(value).unwrap(),
    ] {
        let from_bytes: T = rmp_serde::from_slice(&bytes).unwrap();
        assert!(from_bytes == *value, "{from_bytes:?} is not {value:?}");
    }
}
