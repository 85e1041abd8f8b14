//! Secrets that a request carried, and their removal from what came back.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use zeroize::Zeroizing;

use super::ServiceError;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// The shortest text that is taken for a secret: a shorter one is found in any sentence.
const SHORTEST: usize = 4;

/// Words in the names of values that are secrets.
const NAMES: [&str; 9] = [
    "password",
    "passwd",
    "pwd",
    "token",
    "secret",
    "signature",
    "authorization",
    "random",
    "key",
];

/// Secrets that one request carried: tokens, passwords, signatures.
///
/// A gateway may answer with the request in its text. [`mask`](Self::mask) takes the secrets out
/// of such a refusal before anybody shows it.
///
/// ```
/// use meeting_types::{
///     AccessToken, CarriedSecrets, Endpoint, Operation, ServiceError, http::StatusCode,
///     operations::SearchMeetings,
/// };
///
/// let token = AccessToken::new("cnr0123456789");
/// let request = SearchMeetings::new().to_request(&Endpoint::china(), &token)?;
/// let carried = CarriedSecrets::of(&request);
/// let refusal = ServiceError::new(StatusCode::BAD_REQUEST, "400", "got cnr0123456789");
/// assert_eq!(carried.mask(refusal).message(), "got ***");
/// # Ok::<(), meeting_types::RequestError>(())
/// ```
#[derive(Clone, Default)]
pub struct CarriedSecrets(Vec<Zeroizing<String>>);

impl CarriedSecrets {
    /// Collects the secrets of a request: sensitive headers, and what has the name of a secret in
    /// its query and its JSON body.
    #[must_use]
    pub fn of(request: &http::Request<Bytes>) -> Self {
        let mut found = Self::default();
        for value in request
            .headers()
            .values()
            .filter(|value| value.is_sensitive())
        {
            let text = String::from_utf8_lossy(value.as_bytes());
            found.add_header(&text);
        }
        for (name, value) in query(request.uri().query().unwrap_or_default()) {
            if is_secret(name) {
                found.add(value);
                found.add(&percent_encoding::percent_decode_str(value).decode_utf8_lossy());
            }
        }
        if let Ok(body) = serde_json::from_slice(request.body()) {
            found.add_json("", &body);
        }
        // What holds another one goes first.
        found.0.sort_by_key(|text| std::cmp::Reverse(text.len()));
        found.0.dedup();
        found
    }

    fn add(&mut self, text: &str) {
        if text.chars().count() >= SHORTEST {
            self.0.push(Zeroizing::new(text.to_owned()));
        }
    }

    /// The whole value, each of its parts, and what is in Base64.
    fn add_header(&mut self, text: &str) {
        self.add(text);
        for word in text.split([' ', ',', ';', '"']) {
            // A scheme such as `Basic` is no secret, nor is the name of a part.
            let (_, value) = word
                .split_once('=')
                .filter(|(_, value)| !value.trim_matches('=').is_empty())
                .unwrap_or(("", word));
            if value.len() < 8 {
                continue;
            }
            self.add(value);
            let decoded = STANDARD.decode(value).ok();
            if let Some(text) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
                let (_, password) = text.split_once(':').unwrap_or(("", &text));
                self.add(password);
                self.add(&text);
            }
        }
    }

    fn add_json(&mut self, name: &str, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) if is_secret(name) => self.add(text),
            serde_json::Value::Array(items) => {
                items.iter().for_each(|item| self.add_json(name, item));
            }
            serde_json::Value::Object(entries) => {
                entries
                    .iter()
                    .for_each(|(name, value)| self.add_json(name, value));
            }
            _ => {}
        }
    }

    /// The refusal without them.
    #[must_use]
    pub fn mask(&self, refusal: ServiceError) -> ServiceError {
        refusal.map_texts(|text| self.mask_text(text))
    }

    fn mask_text(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| {
            if text.contains(secret.as_str()) {
                text.replace(secret.as_str(), MASK)
            } else {
                text
            }
        })
    }
}

/// Tells how many there are, and no more.
impl std::fmt::Debug for CarriedSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CarriedSecrets({})", self.0.len())
    }
}

fn query(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&').filter_map(|pair| pair.split_once('='))
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.iter().any(|word| name.contains(word))
}
