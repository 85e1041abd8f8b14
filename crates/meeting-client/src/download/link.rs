//! Links to files, and who may get their tokens.

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header::AUTHORIZATION};
use meeting_types::{Endpoint, models::RecordingFile};

use crate::download_error::DownloadError;

/// The request for a file. Its token goes to the host of the link, over TLS, and nowhere else.
pub(super) fn request(
    file: &RecordingFile,
    endpoint: &Endpoint,
) -> Result<Request<Bytes>, DownloadError> {
    let link = file.url.as_deref().ok_or(DownloadError::NoLink)?;
    let token = file.token.as_ref().ok_or(DownloadError::NoLink)?;
    let uri: Uri = link.trim().parse().map_err(|_| DownloadError::BadLink)?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(DownloadError::BadLink);
    };
    // The rules for the host of an endpoint are right for that of a link: it is read alike by all, and
    // plain text is for the loopback host, or where the caller allowed it by name.
    let origin = format!("{scheme}://{authority}");
    let origin = match (scheme, endpoint.allows_plain()) {
        ("https", _) | (_, false) => origin.parse::<Endpoint>(),
        (_, true) => Endpoint::plain_http(&origin),
    };
    origin.map_err(|error| match error {
        meeting_types::EndpointError::NotHttps => DownloadError::PlainLink,
        _ => DownloadError::BadLink,
    })?;
    let mut value = HeaderValue::try_from(token.expose()).map_err(|_| DownloadError::BadLink)?;
    value.set_sensitive(true);
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = uri;
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(request)
}
