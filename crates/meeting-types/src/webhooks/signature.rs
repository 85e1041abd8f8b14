//! The signature over a notification.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::WebhookKey;

/// HMAC-SHA256 with `key` over `parts`, one after the other without anything between them.
fn mac(key: &WebhookKey, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    // HMAC takes keys of any length, so this is never nothing.
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// The signature over `parts` in lower-case hexadecimal, as the service writes it.
pub(super) fn sign(key: &WebhookKey, parts: &[&[u8]]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let Some(mac) = mac(key, parts) else {
        return String::new();
    };
    let tag = mac.finalize().into_bytes();
    tag.iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Whether `signature` is the one over `parts`, in a time that does not depend on how much of it is
/// right.
pub(super) fn fits(key: &WebhookKey, parts: &[&[u8]], signature: &[u8; 32]) -> bool {
    mac(key, parts).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

/// The 32 bytes of a signature in hexadecimal, in either case.
pub(super) fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    let hex: &[u8; 64] = hex.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(hex: u8) -> Option<u8> {
    let value = char::from(hex).to_digit(16)?;
    u8::try_from(value).ok()
}
