//! How the service says that a call went wrong, in its many shapes.

use crate::{
    response::parts::without_bom,
    schema::{Field, Kind, from_json, repair, table},
};

/// The keys in which the service says that a call went wrong, in the order in which they count.
#[derive(Default)]
pub(crate) struct Verdict {
    error_code: Option<String>,
    error_msg: Option<String>,
    error_code_camel: Option<String>,
    error_message: Option<String>,
    return_code: Option<String>,
    return_desc: Option<String>,
    code: Option<String>,
    message: Option<String>,
    pub(super) request_id: Option<String>,
}

table! { Verdict {
    error_code = Field::body("error_code", Kind::Text);
    error_msg = Field::body("error_msg", Kind::Text);
    error_code_camel = Field::body("errorCode", Kind::Text);
    error_message = Field::body("errorMsg", Kind::Text).also(&["errorMessage"]);
    return_code = Field::body("returnCode", Kind::Text);
    return_desc = Field::body("returnDesc", Kind::Text).also(&["returnDesc "]);
    code = Field::body("code", Kind::Text);
    message = Field::body("message", Kind::Text);
    request_id = Field::body("request_id", Kind::Text).also(&["requestId"]);
} }

impl Verdict {
    /// Reads the verdict of a refusal, wherever it is.
    pub(super) fn read(body: &[u8]) -> Self {
        mending(body, |body| {
            let mut verdict = Self::read_text(body)?;
            if verdict.code().is_none()
                && let Some(inner) = Self::read_inner(body)
            {
                let request_id = verdict.request_id.take();
                verdict = inner;
                verdict.request_id = verdict.request_id.or(request_id);
            }
            Some(verdict)
        })
    }

    /// Reads the verdict out of the outermost object alone.
    pub(crate) fn read_outermost(body: &[u8]) -> Self {
        mending(body, Self::read_text)
    }

    fn read_text(body: &[u8]) -> Option<Self> {
        from_json(body).ok()
    }

    fn read_inner(body: &[u8]) -> Option<Self> {
        type Entries = serde_json::Map<String, serde_json::Value>;
        // More can be ill-formed in here than in the outermost object, where values are skipped.
        let outer: Entries = serde_json::from_slice(body)
            .or_else(|error| repair(body).map_or(Err(error), |it| serde_json::from_str(&it.text)))
            .ok()?;
        outer
            .values()
            .filter(|value| value.is_object())
            .find_map(|value| {
                let verdict = Self::read_text(value.to_string().as_bytes())?;
                verdict.code().is_some().then_some(verdict)
            })
    }

    fn codes(&self) -> impl Iterator<Item = &str> {
        [
            &self.error_code,
            &self.error_code_camel,
            &self.return_code,
            &self.code,
        ]
        .into_iter()
        .filter_map(|code| code.as_deref().filter(|code| !code.is_empty()))
    }

    /// The code that says most: of several, the first that is not a success.
    pub(super) fn code(&self) -> Option<&str> {
        self.codes()
            .find(|code| is_failure(code))
            .or_else(|| self.codes().next())
    }

    pub(super) fn message(&self) -> &str {
        [
            &self.error_msg,
            &self.error_message,
            &self.return_desc,
            &self.message,
        ]
        .into_iter()
        .find_map(|text| text.as_deref().filter(|text| !text.is_empty()))
        .unwrap_or_default()
    }

    /// Whether a response with a good status is a refusal nonetheless.
    ///
    /// `code` and `message` are such common names that they count only as a pair.
    pub(crate) fn is_refusal(&self) -> bool {
        let refused = |code: &Option<String>| code.as_deref().is_some_and(is_failure);
        refused(&self.error_code)
            || refused(&self.error_code_camel)
            || refused(&self.return_code)
            || (refused(&self.code) && self.message.is_some())
    }
}

/// Reads a body, and once more with its ill-formed places mended when it cannot be read as it is.
/// A body that is not JSON has no verdict in it.
fn mending(body: &[u8], read: impl Fn(&[u8]) -> Option<Verdict>) -> Verdict {
    let body = without_bom(body);
    read(body)
        .or_else(|| read(repair(body).ok()?.text.as_bytes()))
        .unwrap_or_default()
}

fn is_failure(code: &str) -> bool {
    !matches!(code, "200" | "null") && code.chars().any(|c| c != '0')
}
